import OffprintCommands
import OffprintCrypto
import OffprintProcesses
import OffprintSQLite

/// What devices that wait cost the server.
extension Bench {
  func polls() throws {
    let devices = try arguments.integer("devices", in: 2...18_000) ?? 10_000
    let server = try BenchServer(starts: false)
    var tokens: [String] = []
    let connection = try Connection(path: server.database, role: .writer(create: false))
    try connection.transaction {
      for number in 0..<((devices + 1) / 2) {
        let token = SHA256.hash(Array("device \(number)".utf8))
        tokens.append(Hex.encode(token))
        try connection.run(
          "INSERT INTO device (account, id, name, token, created) SELECT min(row), ?, ?, ?, 0 FROM account",
          [.blob(Array(token.prefix(16))), .text("device \(number)"), .blob(SHA256.hash(token))])
      }
    }
    connection.close()
    try server.start()
    let device = BenchDevice(port: server.port, token: tokens[0])
    let cursor = try device.headCursor()
    let before = ProcessFigures.residentBytes(of: server.processID)
    let requests = tokens.flatMap { token in
      ["/v1/changes?since=\(cursor)&wait=55", "/v1/events"].map {
        "GET \($0) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n"
      }
    }
    let crowd = Crowd(port: server.port)
    for first in stride(from: 0, to: devices, by: 500) {
      let group = first..<min(first + 500, devices)
      try crowd.join(requests[group])
      let streams = group.filter { $0 % 2 == 1 }
      guard crowd.wait(seconds: 60, for: streams, { $0.contains("{\"head\":0}") }) == streams.count else {
        throw CommandFailure(.failed, code: "polls", "the server did not take \(devices) waiting devices")
      }
    }
    let bytes = ProcessFigures.residentBytes(of: server.processID) - before
    let now = wallMilliseconds()
    let took = try elapsed {
      _ = try device.push([.article(1, saved: now)], cursor: cursor, milliseconds: now)
      let told = crowd.wait(seconds: 120, for: 0..<devices) { $0.contains("{\"head\":1}") || $0.contains("a-story") }
      guard told == devices else {
        throw CommandFailure(.failed, code: "polls", "only \(told) of \(devices) were told of a change")
      }
    }
    let megabytes = Double(bytes) / 1_048_576
    try report(
      "\(devices) devices wait: \(rounded(megabytes, places: 0)) MiB, \(rounded(Double(bytes) / Double(devices) / 1_024, places: 1))"
        + " KiB each; all told of a change after \(rounded(took)) s",
      [
        ("bench", "polls"), ("devices", .number(devices)), ("bytes", .number(bytes)),
        ("toldAfterSeconds", .decimal(took)),
      ])
  }
}
