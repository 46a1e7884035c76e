import OffprintProcesses
import OffprintWire

/// A signed-in device, as bytes of requests.
///
/// `@unchecked Sendable`: one thread at a time uses it, the one that made it or the one it was handed to.
final class BenchDevice: @unchecked Sendable {
  private let port: UInt16
  private let token: String
  private let replica = FixedHex.text(UInt64.random(in: .min ... .max), digits: 16)
  private var pushes = 0
  private var connection: BenchConnection?

  init(port: UInt16, token: String) {
    self.port = port
    self.token = token
  }

  /// The bytes of a reading request.
  func get(_ target: String, gzip: Bool = true) -> [UInt8] {
    let coding = gzip ? "Accept-Encoding: gzip\r\n" : ""
    return Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\(coding)Authorization: Bearer \(token)\r\n\r\n".utf8)
  }

  /// Sends a request over the connection that is kept.
  func send(_ request: [UInt8]) throws -> BenchConnection.Answer {
    let connection = try self.connection ?? BenchConnection(port: port)
    self.connection = connection
    let answer = try connection.exchange(request)
    guard answer.status == 200 else {
      throw RealWorld.Failure(
        text: "the server answered \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
    }
    return answer
  }

  /// Lets go of a connection whose server is gone.
  func reconnect() { connection = nil }

  /// The cursor at the head.
  func headCursor() throws -> String {
    var cursor: String?
    while true {
      let since = cursor.map { "&since=\($0)" } ?? ""
      guard case .end(let end)? = try lines(try send(get("/v1/changes?limit=1000\(since)", gzip: false))).last else {
        throw RealWorld.Failure(text: "a page without an end")
      }
      cursor = end.cursor
      guard end.more else { return end.cursor }
    }
  }

  /// Pushes records, each given as its type, id, and values; answers the new cursor.
  func push(_ records: [BenchRecord], cursor: String, milliseconds: Int64) throws -> String {
    pushes += 1
    let stamp =
      "\(FixedHex.text(UInt64(milliseconds), digits: 12))-\(FixedHex.text(UInt64(pushes), digits: 8))-\(replica)"
    let texts = records.map { record in
      let names = record.values.map { "\"\($0.name)\"" }.joined(separator: ",")
      let values = record.values.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",")
      return
        "{\"type\":\"\(record.type)\",\"id\":\"\(record.id)\",\"stamp\":\"\(stamp)\",\"new\":[\(names)],\"values\":{\(values)}}"
    }
    let nonce = FixedHex.text(UInt64.random(in: .min ... .max), digits: 16)
    let body =
      "{\"cursor\":\"\(cursor)\",\"replica\":\"\(replica)\",\"n\":\(pushes),\"nonce\":\"\(nonce)\",\"limit\":1,\"records\":["
      + texts.joined(separator: ",") + "]}"
    let head =
      "POST /v1/sync HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n"
    let answer = try send(Array((head + body).utf8))
    for line in try lines(answer) {
      if case .result(let result) = line, case .refused(let refusal) = result.outcome {
        throw RealWorld.Failure(text: "a record was refused: \(refusal.slug)")
      }
    }
    guard case .end(let end)? = try lines(answer).last else { throw RealWorld.Failure(text: "a push without an end") }
    return end.cursor
  }

  private func lines(_ answer: BenchConnection.Answer) throws -> [SyncAnswerLine] {
    try answer.body.split(separator: 0x0A).map { try SyncAnswerLine(parsing: Array($0)) }
  }
}
