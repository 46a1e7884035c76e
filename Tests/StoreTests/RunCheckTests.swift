import OffprintGzip
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// A check of the data holds sealed runs against the records one by one.
@Suite struct RunCheckTests {
  /// A log of eight records, the third of them dead, sealed as one run.
  private func world() throws -> (server: TestServer, account: RecordID, run: SealedRun) {
    let server = try TestServer()
    var device = try server.signIn()
    try device.push(
      (1...UInt64(8)).map { low -> Record in
        var record = device.article(low, title: "No. \(low)")
        if low == 3 { record.registers[.life] = Register(stamp: device.stamp(server.now), value: Record.dead) }
        return record
      })
    var builder = RunBuilder()
    try server.store.read { reader in
      try reader.forEachRecord(of: device.account, after: 0, deadAfter: 0) { stored in
        builder.append(stored)
        return true
      }
    }
    return (server, device.account, try #require(try builder.sealed()))
  }

  private func findings(_ server: TestServer, _ account: RecordID, _ run: SealedRun) throws -> [CheckReport.Finding] {
    try server.store.write { transaction in
      try transaction.replaceRuns(of: account, from: 1, through: 8, with: [run])
    }
    var sealed = 0
    try server.store.read { reader in
      try reader.forEachRun(of: account, after: 0) { _ in
        sealed += 1
        return true
      }
    }
    #expect(sealed == 1, "the run is one that pages would be made of")
    return try StoreFiles(folder: server.folder.file("data")).check { _ in }.findings
  }

  @Test func `a run that says what its records say is sound`() throws {
    let (server, account, run) = try world()
    #expect(run.dead == 3...3 && run.live?.count == 7)
    #expect(try findings(server, account, run).isEmpty)
  }

  @Test(arguments: ["all", "live", "live count", "no live", "dead numbers"])
  func `a run is damage that says other than its records, in all its lines or in those of the live ones`(what: String)
    throws
  {
    let (server, account, run) = try world()
    func changed(_ lines: SealedRun.Lines) throws -> SealedRun.Lines {
      let text = String(decoding: try lines.fragment.inflated(outputBytesMax: 1 << 20), as: UTF8.self)
      return SealedRun.Lines(
        count: lines.count,
        fragment: try Fragment(deflating: Array(text.replacing("\"No. 7\"", with: "\"No. 9\"").utf8)))
    }
    let live = try #require(run.live)
    let lying =
      switch what {
      case "all": SealedRun(numbers: run.numbers, all: try changed(run.all), live: live, dead: run.dead)
      case "live": SealedRun(numbers: run.numbers, all: run.all, live: try changed(live), dead: run.dead)
      case "live count":
        SealedRun(
          numbers: run.numbers, all: run.all, live: SealedRun.Lines(count: 6, fragment: live.fragment), dead: run.dead)
      case "no live": SealedRun(numbers: run.numbers, all: run.all, live: nil, dead: nil)
      default: SealedRun(numbers: run.numbers, all: run.all, live: live, dead: 3...4)
      }
    let found = try findings(server, account, lying)
    #expect(found.count == 1 && found.first?.isDamage == true && found.first?.kind == .log, "\(found)")
    try server.store.mend()
    #expect(try server.store.read { try $0.looseRun(of: account, after: 0)?.numbers } == run.numbers, "it is made anew")
    #expect(try StoreFiles(folder: server.folder.file("data")).check { _ in }.findings.isEmpty)
  }

  @Test func `mending leaves a run alone that says what its records say`() throws {
    let (server, account, run) = try world()
    #expect(try findings(server, account, run).isEmpty)
    try server.store.mend()
    #expect(try server.store.read { try $0.looseRun(of: account, after: 0) } == nil)
  }
}
