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
    switch try coding(of: request, sentBytesMax: sentBytesMax) {
    case .identity:
      try requireAtMost(bytesMax, request.body)
      return request.body
    case .gzip:
      do throws(GzipError) {
        return try Gzip.inflate(request.body, members: .several, outputBytesMax: bytesMax)
      } catch {
        throw problem(for: error)
      }
    }
  }

  /// The same piece by piece; only what was sent is in memory as a whole.
  /// - Throws: what ``bytes(of:sentBytesMax:bytesMax:)`` throws, and whatever `body` throws.
  package static func forEachPiece(
    of request: HTTPRequest, sentBytesMax: Int, bytesMax: Int, pieceBytes: Int,
    _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    switch try coding(of: request, sentBytesMax: sentBytesMax) {
    case .identity:
      try requireAtMost(bytesMax, request.body)
      for start in stride(from: 0, to: request.body.count, by: max(1, pieceBytes)) {
        try body(request.body[start..<min(start + pieceBytes, request.body.count)])
      }
    case .gzip:
      do {
        let inflater = try Inflater(.gzip, members: .several, outputBytesMax: bytesMax)
        inflater.feed(request.body)
        while let piece = try inflater.next() { try body(piece[...]) }
        try inflater.finish()
      } catch let error as GzipError {
        throw problem(for: error)
      }
    }
  }

  private enum Coding {
    case identity
    case gzip
  }

  private static func coding(of request: HTTPRequest, sentBytesMax: Int) throws(Problem) -> Coding {
    try requireAtMost(sentBytesMax, request.body)
    let codings = request.headers.all("Content-Encoding")
    switch codings.joined(separator: ",").filter({ $0 != " " && $0 != "\t" }).lowercased() {
    case "", "identity": return .identity
    case "gzip", "x-gzip": return .gzip
    default: throw Problem(.unsupportedEncoding, "a body is sent plain or with one layer of gzip")
    }
  }

  private static func requireAtMost(_ bytesMax: Int, _ body: [UInt8]) throws(Problem) {
    guard body.count > bytesMax else { return }
    throw Problem(.tooLarge, "the body is too large", members: [JSONValue.Member("limit", .integer(Int64(bytesMax)))])
  }

  private static func problem(for error: GzipError) -> Problem {
    switch error {
    case .outputLimit(let limit):
      Problem(
        .inflateLimit, "the body is too large once inflated",
        members: [JSONValue.Member("limit", .integer(Int64(limit)))])
    case .outOfMemory: Problem(.busy, "no memory to inflate the body", retryAfterSeconds: 1)
    default: Problem(.badEncoding, "the body is not an intact gzip stream")
    }
  }
}
