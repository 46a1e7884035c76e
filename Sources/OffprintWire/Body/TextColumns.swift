/// How many columns of a terminal text takes up.
package enum TextColumns {
  /// The columns of a text: the sum over its characters.
  package static func width(of text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + width(of: $1) }
  }

  /// 2 for wide characters of East Asia and for emoji, 0 for marks without a character to stand on, else 1.
  ///
  /// After Unicode Standard Annex 11 (East Asian Width), by blocks; a terminal may see single characters otherwise.
  package static func width(of character: Character) -> Int {
    if character.isASCII { return 1 }
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if isWide(first.value) || first.properties.isEmojiPresentation { return 2 }
    if scalars.contains("\u{FE0F}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return 1
    }
  }

  /// Whether a line may end between two characters that no space parts, the first of which is wide.
  static func canBreak(before next: Character) -> Bool {
    !"、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″%!),.:;?]}ぁぃぅぇぉっゃゅょァィゥェォッャュョ".contains(next)
  }

  static func isWide(_ scalar: UInt32) -> Bool {
    guard scalar >= 0x1100 else { return false }
    return wide.contains { $0.contains(scalar) }
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD,
  ]
}
