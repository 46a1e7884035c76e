import OffprintCrypto
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Rows of the log whose type or id cannot be read any more, or is another one now.
@Suite struct UnreadableKeyTests {
  private static let damages = [
    "UPDATE record SET type = 'No Type' WHERE number = 2", "UPDATE record SET type = '' WHERE number = 2",
    "UPDATE record SET type = CAST(x'61FF' AS TEXT) WHERE number = 2", "UPDATE record SET id = x'00' WHERE number = 2",
    "UPDATE record SET id = x'' WHERE number = 2",
    "UPDATE record SET id = x'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF' WHERE number = 2",
    "UPDATE record SET type = 'articlf' WHERE number = 2",
  ]

  private func damaged(_ sql: String) throws -> (server: TestServer, device: TestDevice) {
    let server = try TestServer()
    var device = try server.signIn()
    try device.push((1...UInt64(4)).map { device.article($0, title: "No. \($0)") })
    let connection = try Connection(path: server.folder.file("data/offprintd.sqlite"), role: .writer(create: false))
    defer { connection.close() }
    try connection.run("PRAGMA ignore_check_constraints=ON", [])
    try connection.run(sql, [])
    return (server, device)
  }

  @Test(arguments: damages)
  func `a row without a key stops no reader, is left out of the digest, and comes back from who has it`(sql: String)
    throws
  {
    var (server, device) = try damaged(sql)
    for _ in 0..<2 {
      let read = try device.pullAll()
      #expect(read.records.map(\.number) == [1, 3, 4])
      #expect(device.send("GET", "/v1/digest").status == 200)
    }
    #expect(try device.pullAll().end.digest?.count == 3, "whoever met it has it set aside")
    for bucket in 0..<256 { #expect(device.send("GET", "/v1/digest", query: "bucket=\(bucket)").status == 200) }
    let again = device.article(2, title: "No. 2")
    try device.push([again])
    let healed = try device.pullAll()
    #expect(Set(healed.records.map(\.record.key.id.low)) == [1, 2, 3, 4])
    var digest = Digest()
    for record in healed.records { digest.add(record.record.stateHash) }
    #expect(healed.end.digest == digest)
    let report = try StoreFiles(folder: server.folder.file("data")).check { _ in }
    #expect(Set(report.findings.filter(\.isDamage).map(\.kind)).isSubset(of: [.record]), "\(report.findings)")
  }

  @Test(arguments: damages)
  func `a check names a row without a key and goes on to the end`(sql: String) throws {
    let (server, device) = try damaged(sql)
    let text = Array("<p>a</p>".utf8)
    #expect(device.send("PUT", "/v1/contents/\(Hex.encode(SHA256.hash(text)))", body: text).status == 204)
    let report = try StoreFiles(folder: server.folder.file("data")).check { _ in }
    let found = report.findings.filter(\.isDamage)
    #expect(found.count == 1 && found.first?.kind == .record, "\(found)")
    #expect(report.records == 4 && report.liveRecords == 3 && report.contents == 1)
  }

  @Test func `a tombstone without a key goes with the others`() throws {
    let server = try TestServer()
    var device = try server.signIn()
    let records = (1...UInt64(3)).map { low -> Record in
      var record = device.article(low, title: "t")
      record.registers[.life] = Register(stamp: device.stamp(server.now), value: Record.dead)
      return record
    }
    try device.push(records)
    let connection = try Connection(path: server.folder.file("data/offprintd.sqlite"), role: .writer(create: false))
    try connection.run("UPDATE record SET type = 'No Type' WHERE number = 2", [])
    connection.close()
    let purge = Purge(now: server.now + 10 * 86_400_000, retentionMilliseconds: 86_400_000)
    let outcome = try server.store.write { try purge.runBatch(after: 0, of: device.account, in: $0) }
    #expect(outcome.removed == 3)
    let report = try StoreFiles(folder: server.folder.file("data")).check { _ in }
    #expect(report.findings.isEmpty && report.records == 0, "\(report.findings)")
  }

  @Test(arguments: damages.filter { !$0.contains("FFFFFFFF") && !$0.contains("articlf") })
  func `a row without a key goes once it has been set aside for as long as tombstones are kept`(sql: String) throws {
    let (server, device) = try damaged(sql)
    func findings() throws -> [CheckReport.Finding] {
      try StoreFiles(folder: server.folder.file("data")).check { _ in }.findings.filter(\.isDamage)
    }
    func purge(days: Int64) throws -> Int {
      let purge = Purge(now: server.now + days * 86_400_000, retentionMilliseconds: 30 * 86_400_000)
      return try server.store.write { try purge.runBatch(after: 0, of: device.account, in: $0) }.removed
    }
    #expect(try device.pullAll().records.count == 3)
    // Its last change is long ago, which says nothing of when it was set aside: that is noted by the first purge that sees it.
    #expect(try purge(days: 1_000) == 0)
    #expect(try purge(days: 1_029) == 0)
    #expect(try findings().count == 1)
    #expect(try purge(days: 1_030) == 1)
    #expect(try findings().isEmpty)
    let read = try device.pullAll()
    #expect(read.records.map(\.number) == [1, 3, 4] && read.end.digest?.count == 3)
    #expect(try server.store.read { try $0.log(of: device.account)?.position.floor } == 0, "it was no tombstone")
  }
}
