import Foundation

/// The form tags are written in.
enum TagText {
  /// Normalisation form C without surrounding white space, so that one tag typed on two keyboards is one register.
  ///
  /// Only writers normalise: tables differ between Unicode versions, so a server that did would refuse good records.
  static func normalised(_ tag: String) -> String {
    tag.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
