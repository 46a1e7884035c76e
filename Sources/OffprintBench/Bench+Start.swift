import OffprintCommands
import OffprintProcesses

/// How soon a killed server answers again.
extension Bench {
  private static let rounds = 9

  func start() throws {
    let articles = try arguments.integer("articles", in: 1...10_000_000) ?? 100_000
    let server = try BenchServer()
    say("filling \(articles) articles in")
    let device = try server.signIn()
    var cursor = try device.fill(articles)
    var times: [Double] = []
    for round in 0..<Self.rounds {
      let now = wallMilliseconds()
      // Something to recover, and no clean end.
      let record = BenchRecord.article(articles + 1 + round, saved: now)
      cursor = try device.push([record], cursor: cursor, milliseconds: now)
      server.kill()
      let request = device.get("/v1/changes?limit=1&since=\(cursor)")
      times.append(
        try elapsed {
          try server.start()
          let answer = try BenchConnection(port: server.port).exchange(request)
          guard answer.status == 200 else { throw RealWorld.Failure(text: "status \(answer.status)") }
        })
      device.reconnect()
    }
    times.sort()
    let (median, longest) = (times[times.count / 2], times[times.count - 1])
    try report(
      "from the start of a killed server with \(articles) articles to its first answer: median \(rounded(median * 1_000, places: 0))"
        + " ms, longest of \(times.count) \(rounded(longest * 1_000, places: 0)) ms",
      [
        ("bench", "start"), ("articles", .number(articles)), ("medianSeconds", .decimal(median)),
        ("longestSeconds", .decimal(longest)),
      ])
  }
}
