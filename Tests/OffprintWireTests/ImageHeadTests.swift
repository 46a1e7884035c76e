import OffprintWire
import Testing

/// What bytes are told to be, whatever a site calls them.
@Suite struct ImageHeadTests {
  static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 2, 0x80, 0, 0, 1, 0xE0]
  static let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xFF, 0xC4, 0, 3, 0, 0xFF, 0xC2, 0, 17, 8, 1, 0xE0, 2, 0x80]
  static let gif: [UInt8] = Array("GIF89a".utf8) + [0x80, 2, 0xE0, 1]
  static let webp: [UInt8] =
    Array("RIFF----WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0]
  static let lossless: [UInt8] = Array("RIFF----WEBPVP8L".utf8) + [0, 0, 0, 0, 0x2F, 0x7F, 0xC2, 0x77, 0]
  static let lossy: [UInt8] =
    Array("RIFF----WEBPVP8 ".utf8) + [0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0x80, 2, 0xE0, 1]

  @Test(arguments: [
    (png, ImageHead.Format.png), (jpeg, .jpeg), (gif, .gif), (webp, .webp), (lossless, .webp), (lossy, .webp),
  ])
  func `an image is told by its first bytes, with its size`(bytes: [UInt8], format: ImageHead.Format) throws {
    let image = try #require(ImageHead(bytes))
    #expect(image.format == format)
    #expect(image.size?.width == 640 && image.size?.height == 480)
    // Cut anywhere it is no image, or one of the same format.
    for count in bytes.indices { #expect(ImageHead(Array(bytes[..<count])).map { $0.format == format } ?? true) }
  }

  @Test(arguments: [
    "<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "%PDF-1.7", "", "GIF88a", "RIFF----WAVE", "BM",
    "\0\0\u{1}\0",
  ])
  func `what readers do not show as an image is none`(text: String) { #expect(ImageHead(Array(text.utf8)) == nil) }

  @Test func `an AVIF is known, without its size`() throws {
    let image = try #require(ImageHead([0, 0, 0, 28] + Array("ftypavif".utf8)))
    #expect(image.format == .avif && image.size == nil)
  }
}
