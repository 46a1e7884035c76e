import OffprintGzip
import OffprintHTTP
import OffprintWire

/// What a handler answers, before the headers common to all answers are laid on.
package struct Answer: Sendable {
  /// The status.
  package var status: Int
  /// The content type; nil where there is no body.
  package var contentType: String?
  /// The body, plain unless `headers` say otherwise.
  package var body: [UInt8]
  /// Headers of this answer alone.
  package var headers: HTTPHeaders = [:]
  /// Whether gzip may be laid on. Never where a body holds a secret beside text of an attacker's choice (BREACH).
  package var mayCompress = true
  /// Set if nothing is new and the request would rather wait for it.
  package var wait: Wait?

  /// What a long poll waits for.
  package struct Wait: Sendable {
    /// The account whose log is to move.
    package var account: RecordID
    /// The device that waits.
    package var device: RecordID
    /// The signal's state before the log was read: whatever came later counts as new.
    package var generation: UInt64
    /// How long; of a stream of events, until the next sign of life.
    package var milliseconds: Int64
    /// Whether the answer stays open and tells every move, instead of ending with the first.
    package var isStream = false
  }

  /// Bodies from this size on are compressed where the request admits it.
  package static let compressedBytesMin = 256

  /// An answer without a body.
  package init(status: Int) {
    self.status = status
    contentType = nil
    body = []
  }

  /// An answer with a body.
  package init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// A JSON document.
  package static func json(_ value: JSONValue, status: Int = 200) -> Answer {
    Answer(status: status, contentType: "application/json", body: value.canonicalBytes)
  }

  /// Lines of JSON.
  package static func lines(_ writer: JSONWriter) -> Answer {
    Answer(contentType: "application/x-ndjson", body: writer.bytes)
  }

  /// Lines of JSON, partly compressed already, in the form that the request admits.
  /// - Throws: ``StoreError/damaged(_:)``, ``GzipError/outOfMemory``.
  package static func lines(_ body: consuming StitchedBody, for request: HTTPRequest) throws -> Answer {
    let isGzip =
      body.size >= compressedBytesMin && AcceptEncoding.admitsGzip(request.headers.all("Accept-Encoding"))
    var answer = Answer(
      contentType: "application/x-ndjson", body: try isGzip ? body.gzip() : body.plain())
    if isGzip { answer.headers["Content-Encoding"] = "gzip" }
    answer.headers["Vary"] = "Accept-Encoding"
    answer.mayCompress = false
    return answer
  }

  /// A problem document.
  package static func problem(_ problem: Problem, requestID: String) -> Answer {
    var answer = Answer(
      status: problem.slug.status, contentType: "application/problem+json",
      body: problem.json(requestID: requestID).canonicalBytes)
    if let seconds = problem.retryAfterSeconds { answer.headers["Retry-After"] = String(seconds) }
    switch problem.slug {
    case .unauthorized, .deviceRevoked: answer.headers["WWW-Authenticate"] = "Bearer"
    case .unsupportedEncoding: answer.headers["Accept-Encoding"] = "gzip"
    default: break
    }
    return answer
  }

  /// The whole answer, compressed if `admitsGzip`.
  package consuming func response(
    requestID: String, account: RecordID?, now: Int64, admitsGzip: Bool
  ) -> HTTPResponse {
    var headers = self.headers
    if let contentType { headers["Content-Type"] = contentType }
    if mayCompress, contentType != nil {
      headers["Vary"] = "Accept-Encoding"
      if admitsGzip, body.count >= Self.compressedBytesMin,
        let smaller = try? Gzip.deflate(body, level: Deflater.fastLevel)
      {
        body = smaller
        headers["Content-Encoding"] = "gzip"
      }
    }
    if headers["Cache-Control"] == nil { headers["Cache-Control"] = "no-store" }
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Offprint-Time"] = String(now)
    headers["Offprint-Request"] = requestID
    if let account { headers["Offprint-Account"] = account.description }
    return HTTPResponse(status: status, headers: headers, body: body)
  }
}
