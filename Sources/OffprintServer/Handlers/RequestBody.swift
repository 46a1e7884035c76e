import OffprintGzip
import OffprintHTTP
import OffprintWire

/// The body of a request, its coding undone within a limit.
package enum RequestBody {
  /// The body of a request whose content is JSON.
  /// - Throws: ``Problem``: `unsupported-media-type`, `unsupported-encoding`, `bad-encoding`, `too-large`, `inflate-limit`.
  package static func json(of request: HTTPRequest, sentBytesMax: Int, bytesMax: Int) throws(Problem) -> [UInt8] {
    let type = request.headers["Content-Type"]?.split(separator: ";", maxSplits: 1).first ?? ""
    guard type.filter({ $0 != " " && $0 != "\t" }).lowercased() == "application/json" else {
      throw Problem(.unsupportedMediaType, "the body is to be application/json")
    }
    return try bytes(of: request, sentBytesMax: sentBytesMax, bytesMax: bytesMax)
  }

  /// The body, whatever its type.
  /// - Parameters:
  ///   - sentBytesMax: the most bytes as sent.
  ///   - bytesMax: the most bytes once inflated; inflating stops there.
  /// - Throws: ``Problem``: `unsupported-encoding`, `bad-encoding`, `too-large`, `inflate-limit`.
  package static func bytes(of request: HTTPRequest, sentBytesMax: Int, bytesMax: Int) throws(Problem) -> [UInt8] {
    guard request.body.count <= sentBytesMax else {
      throw Problem(
        .tooLarge, "the body is too large", members: [JSONValue.Member("limit", .integer(Int64(sentBytesMax)))])
    }
    let codings = request.headers.all("Content-Encoding")
    let coding = codings.joined(separator: ",").filter { $0 != " " && $0 != "\t" }.lowercased()
    switch coding {
    case "", "identity":
      guard request.body.count <= bytesMax else {
        throw Problem(
          .tooLarge, "the body is too large", members: [JSONValue.Member("limit", .integer(Int64(bytesMax)))])
      }
      return request.body
    case "gzip", "x-gzip": return try inflate(request.body, bytesMax: bytesMax)
    default: throw Problem(.unsupportedEncoding, "a body is sent plain or with one layer of gzip")
    }
  }

  private static func inflate(_ body: [UInt8], bytesMax: Int) throws(Problem) -> [UInt8] {
    do throws(GzipError) {
      return try Gzip.inflate(body, members: .several, outputBytesMax: bytesMax)
    } catch {
      switch error {
      case .outputLimit(let limit):
        throw Problem(
          .inflateLimit, "the body is too large once inflated",
          members: [JSONValue.Member("limit", .integer(Int64(limit)))])
      case .outOfMemory: throw Problem(.busy, "no memory to inflate the body", retryAfterSeconds: 1)
      default: throw Problem(.badEncoding, "the body is not an intact gzip stream")
      }
    }
  }
}
