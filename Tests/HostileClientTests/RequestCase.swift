import OffprintProcesses
import OffprintWire
import Testing

/// One bad request and the answer it gets.
struct RequestCase: Sendable, CustomTestStringConvertible {
  /// The number in the catalogue of bad inputs, with a few words.
  var testDescription: String
  /// What is sent.
  var bytes: @Sendable (HostileDaemon) -> [UInt8]
  /// The statuses that are right; several where the HTTP library answers before our code is asked.
  var statuses: Set<Int>
  /// The slug; nil where the library's own answer has none.
  var slug: String?
  /// Whether the connection is closed.
  var closes: Bool
  /// Headers of the answer, names lower-case.
  var headers: [String: String] = [:]

  init(
    _ row: Int, _ name: String, _ statuses: Set<Int>, _ slug: String?, closes: Bool = false,
    headers: [String: String] = [:], _ bytes: @escaping @Sendable (HostileDaemon) -> [UInt8]
  ) {
    testDescription = "\(row): \(name)"
    self.statuses = statuses
    self.slug = slug
    self.closes = closes
    self.headers = headers
    self.bytes = bytes
  }

  /// A case of one request.
  static func request(
    _ row: Int, _ name: String, _ status: Int, _ slug: String?, closes: Bool = false, headers: [String: String] = [:],
    _ request: @escaping @Sendable (HostileDaemon) -> RawRequest
  ) -> RequestCase {
    RequestCase(row, name, [status], slug, closes: closes, headers: headers) { request($0).bytes }
  }

  /// A case of one text, sent as it is.
  static func text(
    _ row: Int, _ name: String, _ statuses: Set<Int>, _ slug: String?, closes: Bool = true, _ text: String
  ) -> RequestCase {
    RequestCase(row, name, statuses, slug, closes: closes) { _ in Array(text.utf8) }
  }

  /// Sends it and holds the answer against what is right; then the next good request succeeds.
  func check(_ daemon: HostileDaemon) async throws {
    let client = try RawClient(port: daemon.port)
    let sent = bytes(daemon)
    // A server that refuses early may close before all was sent.
    try? await client.send(sent)
    let answer = try await client.answer(toHead: sent.starts(with: Array("HEAD ".utf8)))
    #expect(statuses.contains(answer.status), "\(answer.status) \(answer.text.prefix(300))")
    if let slug { #expect(answer.slug == slug, "\(answer.text.prefix(300))") }
    for (name, value) in headers { #expect(answer.headers[name] == value) }
    if answer.slug != "-" { try answer.expectPlainProblem(daemon) }
    if closes {
      #expect(try await client.isClosed(droppingRest: true))
    } else {
      let next = try await client.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(next.status == 200, "the connection is kept")
    }
    try await daemon.expectGood()
  }
}

extension RawClient.Answer {
  /// A problem document says what it is to say (ERR-1), and nothing of the inside.
  func expectPlainProblem(_ daemon: HostileDaemon) throws {
    let json = try JSONValue(parsing: body)
    #expect(json["type"]?.string == "urn:offprint:problem:\(slug)" && json["status"]?.integer == Int64(status))
    #expect(json["title"]?.string?.isEmpty == false && json["detail"]?.string?.isEmpty == false)
    #expect(json["retryable"]?.bool == Problem.Slug(rawValue: slug)?.isRetryable)
    #expect(json["request"]?.string == headers["offprint-request"])
    for word in ["SELECT", "sqlite", "SQLite", ".swift", "Error", daemon.folder, daemon.ana, HostileDaemon.title] {
      #expect(!text.contains(word), "\(text)")
    }
  }
}

/// The daemon of the running suite.
func theDaemon() throws -> HostileDaemon { try #require(HostileDaemon.current) }
