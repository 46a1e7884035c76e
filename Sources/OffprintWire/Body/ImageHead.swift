/// What the first bytes of an image say of it (Protocol, CONT-13): its kind, and how large it is in pixels where its head tells.
public struct ImageHead: Sendable, Hashable {
  /// A format that readers show. SVG is not among them: it is a program.
  public enum Format: String, Sendable, CaseIterable {
    case png, jpeg, gif, webp, avif
  }

  /// The format.
  public let format: Format
  /// Width and height in pixels; nil where they are not found.
  public let size: Size?

  /// Pixels.
  public struct Size: Sendable, Hashable {
    /// To the side.
    public var width: Int
    /// Down.
    public var height: Int
  }

  /// Pixels of the largest image that is worth decoding: more are a bomb.
  public static let pixelsMax = 100_000_000

  /// What these bytes are; nil if they are no image that readers show.
  public init?(_ bytes: [UInt8]) {
    let head = Reading(bytes)
    if head.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
      (format, size) = (.png, head.has(Array("IHDR".utf8), at: 12) ? head.size(head.big32(16), head.big32(20)) : nil)
    } else if head.has([0xFF, 0xD8, 0xFF], at: 0) {
      (format, size) = (.jpeg, head.jpegSize())
    } else if head.has(Array("GIF87a".utf8), at: 0) || head.has(Array("GIF89a".utf8), at: 0) {
      (format, size) = (.gif, head.size(head.little16(6), head.little16(8)))
    } else if head.has(Array("RIFF".utf8), at: 0), head.has(Array("WEBP".utf8), at: 8) {
      (format, size) = (.webp, head.webpSize())
    } else if head.has(Array("ftypavif".utf8), at: 4) || head.has(Array("ftypavis".utf8), at: 4) {
      (format, size) = (.avif, nil)
    } else {
      return nil
    }
  }

  /// Reads numbers out of bytes that may end anywhere.
  private struct Reading {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func has(_ mark: [UInt8], at place: Int) -> Bool { bytes.dropFirst(place).starts(with: mark) }

    private func byte(_ place: Int) -> Int? { bytes.indices.contains(place) ? Int(bytes[place]) : nil }

    func big16(_ place: Int) -> Int? {
      guard let high = byte(place), let low = byte(place + 1) else { return nil }
      return high << 8 | low
    }

    func big32(_ place: Int) -> Int? {
      guard let high = big16(place), let low = big16(place + 2) else { return nil }
      return high << 16 | low
    }

    func little16(_ place: Int) -> Int? {
      guard let low = byte(place), let high = byte(place + 1) else { return nil }
      return high << 8 | low
    }

    private func little24(_ place: Int) -> Int? {
      guard let low = little16(place), let high = byte(place + 2) else { return nil }
      return high << 16 | low
    }

    func size(_ width: Int?, _ height: Int?) -> Size? {
      guard let width, let height, width > 0, height > 0 else { return nil }
      return Size(width: width, height: height)
    }

    /// From segment to segment up to the first frame (ITU-T T.81, B.2.2).
    func jpegSize() -> Size? {
      var place = 2
      while let mark = big16(place), mark >> 8 == 0xFF {
        let kind = mark & 0xFF
        if kind == 0xFF {
          place += 1
          continue
        }
        let isFrame = (0xC0...0xCF).contains(kind) && ![0xC4, 0xC8, 0xCC].contains(kind)
        if isFrame { return size(big16(place + 7), big16(place + 5)) }
        guard kind != 0xD9, kind != 0xDA, let length = big16(place + 2), length >= 2 else { return nil }
        place += 2 + length
      }
      return nil
    }

    /// The three kinds of WebP (RFC 9649, 2.5 to 2.7).
    func webpSize() -> Size? {
      if has(Array("VP8X".utf8), at: 12) {
        return size(little24(24).map { $0 + 1 }, little24(27).map { $0 + 1 })
      }
      if has(Array("VP8L".utf8), at: 12), let low = little16(21), let high = little16(23) {
        let bits = high << 16 | low
        return size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
      }
      if has(Array("VP8 ".utf8), at: 12), has([0x9D, 0x01, 0x2A], at: 23) {
        return size(little16(26).map { $0 & 0x3FFF }, little16(28).map { $0 & 0x3FFF })
      }
      return nil
    }
  }
}
