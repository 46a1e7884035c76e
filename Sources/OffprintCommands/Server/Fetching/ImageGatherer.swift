import OffprintCrypto
import OffprintFetch
import OffprintWire

/// Fetches the images of a body and has it name them by their hash (Protocol, CONT-13).
struct ImageGatherer {
  /// What came of it.
  struct Gathered {
    var body: [UInt8]
    /// The images that the body names by their hash, each once, in the order in which it does.
    var images: [[UInt8]] = []
    /// Bytes that were fetched.
    var bytes = 0
  }

  let fetcher: Fetcher
  let ticks: @Sendable () -> Int64

  /// Bytes of one image.
  private static let imageBytesMax = 8 << 20
  /// Bytes of all images of an article.
  private static let bytesMax = 32 << 20
  /// Images asked for, those that are none included.
  private static let requestsMax = 96
  /// How long all of them may take, in milliseconds.
  private static let milliseconds: Int64 = 60_000

  /// Fetches what the body names by http or https. What cannot be fetched, is no image or is too much keeps its address.
  /// - Returns: nil if the program ends.
  func gather(_ body: [UInt8]) -> Gathered? {
    var gathered = Gathered(body: body)
    var sources: [String: String] = [:]
    var seen: Set<[UInt8]> = []
    let deadline = ticks() + Self.milliseconds
    for source in BodyImages.sources(in: body).filter({ BodyImages.hash(inSource: $0) == nil }).prefix(Self.requestsMax)
    {
      let left = Self.bytesMax - gathered.bytes
      guard gathered.images.count < Limits.imagesMax, left > 0, ticks() < deadline else { break }
      let image: [UInt8]
      do throws(FetchError) {
        image = try fetcher.fetch(.image(source, bytesMax: min(left, Self.imageBytesMax))).body
      } catch {
        if error == .stopped { return nil }
        continue
      }
      gathered.bytes += image.count
      guard Self.isShown(image) else { continue }
      let hash = SHA256.hash(image)
      if seen.insert(hash).inserted { gathered.images.append(image) }
      sources[source] = BodyImages.source(ofHash: Hex.encode(hash))
    }
    gathered.body = BodyImages.replacingSources(in: body) { sources[$0] }
    return gathered
  }

  /// Whether readers show these bytes: an image of a known format, which says of itself that it is not too large to decode.
  private static func isShown(_ bytes: [UInt8]) -> Bool {
    guard let head = ImageHead(bytes) else { return false }
    guard let size = head.size else { return true }
    let (pixels, isOverflow) = size.width.multipliedReportingOverflow(by: size.height)
    return !isOverflow && pixels <= ImageHead.pixelsMax
  }
}
