import OffprintCommands
import OffprintProcesses

/// What a pull of one change costs, and does not cost more in a longer log.
extension Bench {
  private static let rounds = 2_000

  func pulls() throws {
    let lengths = try (arguments.value("lengths") ?? "1000,100000").split(separator: ",").map { text in
      guard let length = Int(text), (1...100_000_000).contains(length) else {
        throw UsageError("'--lengths' are numbers with commas between, not '\(text)'.")
      }
      return length
    }
    let server = try BenchServer()
    let device = try server.signIn()
    var filled = 0
    var first: Double?
    for length in lengths.sorted() {
      say("filling \(length) records in")
      let head = try device.fill(length - filled, from: filled)
      filled = length
      _ = try device.push([.article(length + 1_000_000_000, saved: 0)], cursor: head, milliseconds: wallMilliseconds())
      let request = device.get("/v1/changes?limit=100&since=\(head)")
      let before = ProcessFigures.processorSeconds(of: server.processID)
      let took = try elapsed { for _ in 0..<Self.rounds { _ = try device.send(request) } }
      let used = (ProcessFigures.processorSeconds(of: server.processID) - before) / Double(Self.rounds) * 1e6
      let ratio = used / (first ?? used)
      if first == nil { first = used }
      let latency = took / Double(Self.rounds) * 1e6
      try report(
        "a pull of one change of \(length) records: \(rounded(used, places: 0)) µs of processor time,"
          + " \(rounded(latency, places: 0)) µs in all: ratio to the shortest log \(rounded(ratio))",
        [
          ("bench", "pulls"), ("records", .number(length)), ("processorMicroseconds", .decimal(used)),
          ("microseconds", .decimal(latency)), ("ratio", .decimal(ratio)),
        ])
    }
  }
}

extension BenchDevice {
  /// Pushes so many articles, numbered from there on, and answers the cursor at the head.
  func fill(_ count: Int, from start: Int = 0) throws -> String {
    var cursor = try headCursor()
    var number = start
    while number < start + count {
      let end = min(number + 500, start + count)
      let now = wallMilliseconds()
      cursor = try push((number..<end).map { .article($0, saved: now) }, cursor: cursor, milliseconds: now)
      number = end
    }
    return try headCursor()
  }
}
