import OffprintProcesses
import Testing

/// Many pushes at once (row 54).
@Suite(.daemon(), .serialized) struct ConcurrentPushTests {
  /// Twenty pushes of one device that all write two records, in the order of `order`.
  private func push(_ daemon: HostileDaemon, token: String, cursor: String, order: [Int], base: UInt64) async throws {
    try await withThrowingTaskGroup(of: [String].self) { group in
      for index in order {
        let replica = daemon.newReplica()
        let stamp = RawPush.stamp(milliseconds: base + UInt64(index), "00000000000000aa")
        let records = ["00000000000000000000000000000054", "00000000000000000000000000000055"].map {
          RawPush.record(#""tag:\#(index)":true,"title":"\#(index)""#, id: $0, stamp: stamp)
        }
        let body = RawPush(daemon, replica: replica, cursor: cursor, index % 2 == 0 ? records : records.reversed()).body
        group.addTask { try HostileDaemon.outcomes(try await daemon.send(.json("/v1/sync", token: token, body))) }
      }
      for try await outcomes in group { #expect(outcomes == ["stored", "stored"]) }
    }
  }

  /// Records without what depends on the order: the number in the log.
  private func states(_ daemon: HostileDaemon, _ token: String) async throws -> [String] {
    try await daemon.dump(token).map { line in line.replacing(/"number":[0-9]+,?/, with: "") }.sorted()
  }

  @Test func `54: twenty pushes at once are all merged, and any order gives the same`() async throws {
    let daemon = try theDaemon()
    let base = UInt64(TestClock.milliseconds) - 100_000
    let head = try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben))
    guard case .end(let end)? = try head.lines.last else { return }
    try await push(daemon, token: daemon.ana, cursor: daemon.cursor, order: Array(0..<20), base: base)
    try await push(daemon, token: daemon.ben, cursor: end.cursor, order: Array((0..<20).reversed()), base: base)
    let ana = try await states(daemon, daemon.ana)
    #expect(ana.count == 2 && ana.allSatisfy { line in (0..<20).allSatisfy { line.contains("tag:\($0)\"") } })
    #expect(ana.allSatisfy { $0.contains(#""title":"19""#) })
    #expect(try await states(daemon, daemon.ben) == ana)
    try await daemon.expectGood()
  }
}
