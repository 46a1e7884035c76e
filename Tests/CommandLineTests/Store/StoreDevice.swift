import Foundation
import OffprintProcesses
import OffprintWire

/// A signed-in device over one connection that is made anew whenever the server went away.
final class StoreDevice {
  let port: UInt16
  let token: String
  private var client: RawClient?

  init(port: UInt16, user: String = "ana") async throws {
    self.port = port
    let body = #"{"user":"\#(user)","password":"\#(RealWorld.password.dropLast())","device":"raw"}"#
    let answer = try await RawClient(port: port).exchange(
      "POST /v1/devices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    guard let token = try JSONValue(parsing: answer.body)["token"]?.string else {
      throw RealWorld.Failure(text: "no sign-in: \(answer.status)")
    }
    self.token = token
  }

  /// Sends one request. What the connection throws says nothing about what became of it.
  func send(
    _ method: String, _ target: String, headers: [String] = [], body: [UInt8] = []
  ) async throws -> RawClient.Answer {
    let client = try self.client ?? RawClient(port: port)
    self.client = nil
    var head = ["\(method) \(target) HTTP/1.1", "Host: a", "Authorization: Bearer \(token)"] + headers
    if method == "POST" || method == "PUT" { head.append("Content-Length: \(body.count)") }
    if method == "POST" { head.append("Content-Type: application/json") }
    try await client.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    let answer = try await client.answer()
    self.client = client
    return answer
  }

  /// A page, plain.
  func page(since cursor: String?, limit: Int = 500) async throws -> [SyncAnswerLine] {
    let answer = try await send("GET", "/v1/changes?limit=\(limit)" + (cursor.map { "&since=\($0)" } ?? ""))
    guard answer.status == 200 else { throw RealWorld.Failure(text: "\(answer.status) \(answer.text)") }
    return try Self.lines(answer)
  }

  static func lines(_ answer: RawClient.Answer) throws -> [SyncAnswerLine] {
    try answer.body.split(separator: 0x0A).map { try SyncAnswerLine(parsing: Array($0)) }
  }
}
