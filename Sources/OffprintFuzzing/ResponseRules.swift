import Offprint
import OffprintGzip
import OffprintHTTP
import OffprintWire

/// What every answer of the server must be, whatever was asked.
enum ResponseRules {
  private static let good: Set<Int> = [200, 201, 204, 206, 304]

  /// Checks an answer.
  /// - Throws: ``BrokenPromise``.
  static func check(_ response: HTTPResponse, to request: HTTPRequest) throws {
    let name = "\(request.method) \(request.path): \(response.status)"
    try checkHeaders(response, name)
    var body = response.body
    if response.headers["Content-Encoding"] == "gzip" {
      guard let plain = try? Gzip.inflate(body, outputBytesMax: 1 << 26) else {
        throw BrokenPromise("\(name) broken gzip")
      }
      body = plain
    }
    let type = response.headers["Content-Type"]
    if response.status == 204 || response.status == 304 {
      return try hold(body.isEmpty && type == nil, "\(name) has a body")
    }
    guard good.contains(response.status) else { return try checkProblem(body, type, response.status, name) }
    switch type {
    case "application/json": try hold(isCanonical(body), "\(name) is no canonical JSON: \(shown(body))")
    case "application/x-ndjson": try checkLines(body, name)
    case "application/x-offprint-contents":
      try hold(ContentsFrame(body).isWhole, "\(name) is no batch: \(shown(body))")
    case "application/octet-stream", "text/plain; version=0.0.4": break
    default: throw BrokenPromise("\(name) has the type \(type ?? "none")")
    }
  }

  private static func checkHeaders(_ response: HTTPResponse, _ name: String) throws {
    for field in response.headers.fields {
      let isPlain = (field.name + field.value).utf8.allSatisfy { (0x20..<0x7F).contains($0) }
      try hold(isPlain && field.value.utf8.count <= 1_024, "\(name) has a header of bad form: \(field)")
    }
    for needed in ["Offprint-Time", "Offprint-Request", "Cache-Control"] {
      try hold(response.headers.all(needed).count == 1, "\(name) lacks \(needed), or has it twice")
    }
    try hold(response.headers["X-Content-Type-Options"] == "nosniff", "\(name) may be sniffed")
  }

  private static func checkProblem(_ body: [UInt8], _ type: String?, _ status: Int, _ name: String) throws {
    try hold(type == "application/problem+json" && isCanonical(body), "\(name) is no problem: \(shown(body))")
    guard let problem = Problem(parsing: body) else { throw BrokenPromise("\(name) has no known slug: \(shown(body))") }
    try hold(problem.slug.status == status, "\(name) does not go with \(problem.slug.rawValue)")
    try hold(problem.slug != .internalError, "\(name): something went wrong inside")
  }

  private static func checkLines(_ body: [UInt8], _ name: String) throws {
    try hold(body.last == 0x0A, "\(name) ends within a line")
    let lines = body.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    for line in lines {
      let isLast = line == lines.last
      let isEnd = (try? JSONValue(parsing: line))?["end"] != nil
      try hold(isEnd == isLast, "\(name) has its end elsewhere than at the end")
      // The end of a bucket is no end of a page.
      if isEnd { continue }
      guard let read = try? SyncAnswerLine(parsing: line) else {
        throw BrokenPromise("\(name) has a line no client can read: \(shown(line))")
      }
      if case .unreadable(let reason) = read {
        throw BrokenPromise("\(name) has a line with \(reason): \(shown(line))")
      }
    }
  }

  private static func isCanonical(_ body: [UInt8]) -> Bool {
    (try? JSONValue(parsing: body))?.canonicalBytes == body
  }
}
