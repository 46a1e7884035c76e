import Foundation
import OffprintProcesses
import OffprintLocks

/// A server that speaks the protocol well enough to be believed, but for one lie.
final class LyingServer: Sendable {
  /// A request as it came.
  struct Request: Sendable {
    var method: String
    var target: String
    var head: String
    var body: [UInt8]
    /// How many requests for this path came before.
    var earlier: Int

    var path: Substring { target.prefix { $0 != "?" } }
  }

  /// What is answered; `raw` writes to the connection by itself.
  enum Reply: Sendable {
    case answer(status: Int, type: String, headers: [String: String], body: [UInt8])
    case raw(@Sendable (RawServer.Client) -> Void)

    static func json(_ text: String, status: Int = 200, _ headers: [String: String] = [:]) -> Reply {
      .answer(status: status, type: "application/json", headers: headers, body: Array(text.utf8))
    }

    static func page(_ text: String, _ headers: [String: String] = [:]) -> Reply {
      .answer(status: 200, type: "application/x-ndjson", headers: headers, body: Array(text.utf8))
    }

    static func problem(_ status: Int, _ slug: String, detail: String = "No.", members: String = "") -> Reply {
      let body =
        #"{"type":"urn:offprint:problem:\#(slug)","title":"No","status":\#(status),"detail":"\#(detail)","retryable":false\#(members)}"#
      return .answer(status: status, type: "application/problem+json", headers: [:], body: Array(body.utf8))
    }
  }

  static let account = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
  static let serverID = "3f1c0e5a9b7d4c2e8a6f0b1d2c3e4f50"
  static let token = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"

  private let requests = Mutex<[Request]>([])
  private let lie: @Sendable (Request) -> Reply?
  private let server = Mutex<RawServer?>(nil)

  /// - Parameter lie: asked first; nil is answered as an honest server with an empty account would.
  init(_ lie: @escaping @Sendable (Request) -> Reply?) { self.lie = lie }

  /// Starts listening.
  func start() {
    let raw = RawServer { [weak self] client in
      while let request = self?.read(client), self?.answer(request, client) == true {}
    }
    server.withLock { $0 = raw }
  }

  /// Where it listens.
  var url: String { "http://127.0.0.1:\(server.withLock { $0?.port ?? 0 })" }

  /// All that came.
  var seen: [Request] { requests.withLock { $0 } }

  private func read(_ client: RawServer.Client) -> Request? {
    let head = client.readHead()
    let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
    guard words.count >= 2 else { return nil }
    let length = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
    let body = client.read(length ?? 0)
    return requests.withLock { requests in
      var request = Request(
        method: String(words[0]), target: String(words[1]), head: head, body: body, earlier: 0)
      request.earlier = requests.filter { $0.path == request.path }.count
      requests.append(request)
      return request
    }
  }

  /// False when the connection is over.
  private func answer(_ request: Request, _ client: RawServer.Client) -> Bool {
    switch lie(request) ?? Self.honest(request) {
    case .raw(let write):
      write(client)
      return false
    case .answer(let status, let type, let headers, let body):
      var all = Self.common
      all["Content-Type"] = type
      all["Content-Length"] = String(body.count)
      all.merge(headers) { $1 }
      let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
      return client.send(Array("HTTP/1.1 \(status) X\r\n\(lines)\r\n".utf8) + body)
    }
  }

  /// The headers of every answer, for those who write their own.
  static var common: [String: String] {
    [
      "Offprint-Time": String(Int64(Date().timeIntervalSince1970 * 1_000)), "Offprint-Request": "00a1b2c3d4e5f607",
      "Offprint-Account": account,
    ]
  }

  /// The head of an answer whose body is written by hand.
  static func head(type: String = "application/x-ndjson", _ headers: String) -> String {
    "HTTP/1.1 200 OK\r\n" + common.map { "\($0.key): \($0.value)\r\n" }.joined() + "Content-Type: \(type)\r\n"
      + headers + "\r\n"
  }

  /// The end of a page at the head of an account that holds nothing.
  static let empty = #"{"end":{"cursor":"c0","number":0,"more":false,"count":0,"digest":"0000000000000000"}}"# + "\n"

  private static func honest(_ request: Request) -> Reply {
    switch (request.method, request.path) {
    case ("POST", "/v1/devices"):
      .json(
        #"{"account":"\#(account)","device":"9f8e7d6c5b4a39281706f5e4d3c2b1a0","name":"d","server":"\#(serverID)","token":"\#(token)"}"#,
        status: 201)
    case ("GET", "/v1/info"):
      .json(
        #"{"server":"\#(serverID)","software":"x","version":"1","protocols":[1],"time":1,"retentionDays":180,"limits":{}}"#
      )
    case ("POST", "/v1/contents/missing"): .json(#"{"missing":[]}"#)
    case ("GET", "/v1/changes"): .page(empty)
    // Takes nothing: a push is answered without a result.
    case ("POST", "/v1/sync"): .page(empty)
    case ("DELETE", _): .answer(status: 204, type: "", headers: ["Content-Length": ""], body: [])
    default: .problem(404, "not-found")
    }
  }
}
