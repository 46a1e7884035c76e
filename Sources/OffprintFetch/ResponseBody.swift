import OffprintGzip

/// A body on its way in, inflated as it comes, and never more of it than is admitted.
struct ResponseBody {
  private(set) var bytes: [UInt8] = []
  private var sentBytes = 0
  private let inflater: Inflater?
  private let bytesMax: Int
  private let policy: FetchPolicy

  /// A body of an answer with that head.
  /// - Throws: `unsupportedEncoding`, `tooLarge` if the head says so.
  init(_ head: ResponseHead, bytesMax: Int, policy: FetchPolicy) throws(FetchError) {
    self.bytesMax = bytesMax
    self.policy = policy
    if let text = head.headers["Content-Length"], let length = Int(text), length > bytesMax {
      throw .tooLarge(bytesMax: bytesMax)
    }
    let codings = head.headers.all("Content-Encoding").joined(separator: ",").lowercased()
      .split(whereSeparator: { $0 == "," || $0 == " " }).filter { $0 != "identity" }
    switch codings {
    case []: inflater = nil
    case ["gzip"], ["x-gzip"]:
      do throws(GzipError) {
        // Servers lay files end to end, and gzip reads them so.
        inflater = try Inflater(.gzip, members: .several, outputBytesMax: bytesMax)
      } catch { throw Self.failure(of: error, bytesMax: bytesMax) }
    default: throw .unsupportedEncoding
    }
  }

  /// Takes what came.
  /// - Throws: `tooLarge`, `inflateLimit`, `badAnswer`.
  mutating func append(_ piece: [UInt8]) throws(FetchError) {
    sentBytes += piece.count
    guard sentBytes <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
    guard let inflater else {
      bytes.append(contentsOf: piece)
      return
    }
    do throws(GzipError) {
      inflater.feed(piece)
      while let output = try inflater.next() {
        bytes.append(contentsOf: output)
        if bytes.count > max(policy.ratioFreeBytes, sentBytes * policy.ratioMax) { break }
      }
    } catch { throw Self.failure(of: error, bytesMax: bytesMax) }
    guard bytes.count <= max(policy.ratioFreeBytes, sentBytes * policy.ratioMax) else { throw .inflateLimit }
  }

  /// The whole.
  /// - Throws: `badAnswer` if some of it is missing.
  consuming func finish() throws(FetchError) -> [UInt8] {
    if let inflater, sentBytes > 0 {
      do throws(GzipError) { try inflater.finish() } catch { throw Self.failure(of: error, bytesMax: bytesMax) }
    }
    return bytes
  }

  private static func failure(of error: GzipError, bytesMax: Int) -> FetchError {
    switch error {
    case .outputLimit: .tooLarge(bytesMax: bytesMax)
    case .outOfMemory: .failed(Int(Int8.max))
    default: .badAnswer
    }
  }
}
