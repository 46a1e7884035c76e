import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire

/// Another device of the same account, which writes to the server what a sweep's script says; a repeat writes nothing more.
struct OtherDevice {
  private var token: String?
  private var n: Int64 = 0
  private var done: Set<Int> = []
  private let replica = ReplicaID(bits: 0xABCD)

  /// Pushes an article for each of these numbers, unless that was done at this step.
  mutating func push(_ numbers: [Int], step: Int, to server: SweepServer) throws {
    guard !numbers.isEmpty, !done.contains(step) else { return }
    if token == nil {
      let signedIn = try server.running().core.accounts.signIn(
        user: "ana", password: SweepServer.password, deviceName: "other")
      token = signedIn?.token.text
    }
    let cursor = try TestDevice.read(ask(server, "GET", "/v1/changes", [])).end.cursor
    let stamp = Stamp(milliseconds: UInt64(server.now - 1_000), counter: 0, replica: replica)
    let register = { (value: JSONValue) in Register(stamp: stamp, value: CanonicalValue(value)) }
    let records = numbers.map { number in
      Record(
        key: RecordKey(.article, RecordID(high: 0x07E, low: UInt64(number))),
        registers: RegisterMap([
          .init(.life, register(.string("live"))), .init(.url, register(.string("https://example.net/\(number)"))),
          .init(.saved, register(.integer(server.now))), .init(.title, register(.string("theirs \(number)"))),
        ]))
    }
    n += 1
    let body = SyncRequest.encode(
      cursor: cursor, limit: nil, replica: replica, n: n, nonce: FixedHex.text(UInt64(n), digits: 16),
      records: records.map { PushedRecord(record: $0, new: $0.registers.names, again: false) })
    _ = try TestDevice.read(ask(server, "POST", "/v1/sync", body))
    done.insert(step)
  }

  private func ask(_ server: SweepServer, _ method: String, _ path: String, _ body: [UInt8]) throws -> HTTPResponse {
    var headers: HTTPHeaders = ["Authorization": "Bearer \(token ?? "")", "Accept-Encoding": "gzip"]
    if !body.isEmpty { headers["Content-Type"] = "application/json" }
    return try server.answer(
      HTTPRequest(method: method, path: path, query: nil, headers: headers, body: body, peer: "192.0.2.1"))
  }
}
