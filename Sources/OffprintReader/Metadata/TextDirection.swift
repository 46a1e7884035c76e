/// The direction in which a text runs.
public enum TextDirection: String, Sendable, Hashable {
  case leftToRight = "ltr"
  case rightToLeft = "rtl"

  /// What an attribute `dir` says; nil for `auto` and for what is none.
  init?(attribute: String) {
    self.init(rawValue: attribute.lowercased())
  }

  /// Right to left for a language that is written so; nil for others, of which the page says no more than that.
  ///
  /// - Parameter language: A tag of BCP 47. A script in it counts before the language.
  init?(language: String) {
    let parts = language.lowercased().split(separator: "-")
    let script = parts.dropFirst().first { $0.utf8.count == 4 && $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } }
    let isRightToLeft =
      script.map { Self.rightToLeftScripts.contains(String($0)) }
      ?? parts.first.map { Self.rightToLeftLanguages.contains(String($0)) } ?? false
    if !isRightToLeft { return nil }
    self = .rightToLeft
  }

  /// ISO 15924.
  private static let rightToLeftScripts: Set<String> = [
    "adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa",
  ]
  /// ISO 639: those whose usual script is one of these.
  private static let rightToLeftLanguages: Set<String> = [
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
  ]
}
