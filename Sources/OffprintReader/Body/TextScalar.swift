/// What becomes of one scalar of a page's text.
enum TextScalar {
  /// ASCII white space.
  case space
  /// A scalar to be written, and whether it leaves a mark on the page (or is one of the blank ones).
  case written(Unicode.Scalar, isVisible: Bool)
  /// A scalar that has no place in a text.
  case dropped

  /// Sorts a scalar.
  ///
  /// Control characters of the second range are taken as what they nearly always were meant for: bytes of windows-1252.
  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20: self = .space
    case 0x21...0x7E: self = .written(scalar, isVisible: true)
    case 0...0x1F, 0x7F, 0xFEFF, 0xFFFE, 0xFFFF: self = .dropped
    case 0x80...0x9F:
      self = Windows1252.scalar(UInt8(scalar.value)).map { .written($0, isVisible: true) } ?? .dropped
    // Letters and marks of the common scripts, asked for most often.
    case 0xA1...0xAC, 0xAE...0x24F, 0x391...0x3FF, 0x410...0x451, 0x5D0...0x5EA, 0x621...0x64A, 0x2010...0x2027,
      0x3001...0x3029, 0x3041...0x3096, 0x30A1...0x30FE, 0x4E00...0x9FFF, 0xAC00...0xD7A3:
      self = .written(scalar, isVisible: true)
    default:
      let properties = scalar.properties
      self = .written(scalar, isVisible: !properties.isWhitespace && properties.generalCategory != .format)
    }
  }

  /// Whether it is ASCII that stays as it is: most texts.
  private static func isFolded(_ text: String.UTF8View) -> Bool {
    var isAfterSpace = true
    for byte in text {
      switch byte {
      case 0x21...0x7E: isAfterSpace = false
      case 0x20 where !isAfterSpace: isAfterSpace = true
      default: return false
      }
    }
    return !isAfterSpace
  }

  /// A text for an attribute or a field: folded, trimmed, unusable scalars gone, cut to so many bytes at a scalar's end.
  static func folded(_ text: String, bytesMax: Int = .max, scalarsMax: Int = .max) -> String {
    if isFolded(text.utf8), text.utf8.count <= min(bytesMax, scalarsMax) { return text }
    var folded = String.UnicodeScalarView()
    var bytes = 0
    var scalars = 0
    var owesSpace = false
    for scalar in text.unicodeScalars {
      switch TextScalar(scalar) {
      case .space: owesSpace = scalars > 0
      case .dropped: continue
      case .written(let scalar, _):
        let length = UTF8.width(scalar) + (owesSpace ? 1 : 0)
        let count = owesSpace ? 2 : 1
        guard bytes + length <= bytesMax, scalars + count <= scalarsMax else { return String(folded) }
        if owesSpace { folded.append(" ") }
        folded.append(scalar)
        bytes += length
        scalars += count
        owesSpace = false
      }
    }
    return String(folded)
  }
}
