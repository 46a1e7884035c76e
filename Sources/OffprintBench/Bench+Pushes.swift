import OffprintCommands
import OffprintProcesses
import OffprintSQLite
import OffprintTesting
import OffprintLocks

/// Durable pushes beside bare commits.
extension Bench {
  func pushes() throws {
    let seconds = try seconds()
    let server = try BenchServer()
    for devices in [1, 8, 64] {
      let ours = try pushRate(server, devices: devices, seconds: seconds)
      let bare = try commitRate(group: devices, seconds: min(3, seconds))
      try report(
        "durable pushes a second of \(devices) devices: \(rounded(ours, places: 0)), rows of a bare loop in groups of \(devices):"
          + " \(rounded(bare, places: 0)): ratio \(rounded(ours / bare, places: 3))",
        [
          ("bench", "pushes"), ("devices", .number(devices)), ("pushesPerSecond", .decimal(ours)),
          ("bareRowsPerSecond", .decimal(bare)), ("ratio", .decimal(ours / bare)),
        ])
    }
  }

  private func pushRate(_ server: BenchServer, devices count: Int, seconds: Double) throws -> Double {
    let article = BenchRecord.article(0, saved: wallMilliseconds()).id
    say("signing \(count) devices in")
    let devices = try (0..<count).map { _ in try server.signIn() }
    let cursors = try devices.map { try $0.headCursor() }
    let counts = try concurrently(count) { index in
      var cursor = cursors[index]
      var count = 0
      let end = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < end {
        let now = wallMilliseconds()
        cursor = try devices[index].push([.bookmark(of: article, saved: now)], cursor: cursor, milliseconds: now)
        count += 1
      }
      return count
    }
    return Double(counts.reduce(0, +)) / seconds
  }

  /// Rows that one connection stores in transactions of so many, each synced.
  private func commitRate(group: Int, seconds: Double) throws -> Double {
    let folder = try TemporaryFolder()
    let connection = try Connection(path: folder.file("bare.sqlite"), role: .writer(create: true))
    defer { connection.close() }
    try connection.run("CREATE TABLE row (id BLOB PRIMARY KEY, number INTEGER, state BLOB) STRICT", [])
    let state = [UInt8](repeating: 0x61, count: 300)
    var number: Int64 = 0
    let end = ContinuousClock.now + .seconds(seconds)
    let took = try elapsed {
      while ContinuousClock.now < end {
        try connection.transaction {
          for _ in 0..<group {
            number += 1
            let id = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
            try connection.run("INSERT INTO row VALUES (?, ?, ?)", [.blob(id), .integer(number), .blob(state)])
          }
        }
      }
    }
    return Double(number) / took
  }
}
