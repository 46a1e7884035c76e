import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Pushes and pages, as two devices of one account see them.
@Suite struct SyncTests {
  @Test func `a record pushed by one device reaches another with the same hash and digest`() throws {
    let server = try TestServer()
    var phone = try server.signIn()
    let laptop = try server.signIn()
    let article = phone.article(7, title: "Tides")
    let pushed = try phone.push([article])
    let read = try laptop.pullAll()
    #expect(read.records.map(\.record) == [article])
    #expect(read.end.digest == Digest(count: 1, sum: article.stateHash))
    #expect(pushed.end == read.end)
    guard case .stored(let hash, let number, let record) = pushed.results[0].outcome else {
      Issue.record("not stored")
      return
    }
    #expect(hash == article.stateHash && number == 1 && record == nil)
  }

  @Test func `the same push sent twice leaves one change`() throws {
    let server = try TestServer()
    var phone = try server.signIn()
    let cursor = try phone.pull().end.cursor
    let body = phone.pushBody(
      [PushedRecord(record: phone.article(7, title: "Tides"), new: [.title], again: false)], cursor: cursor)
    let first = try TestDevice.read(phone.send("POST", "/v1/sync", body: body))
    let second = try TestDevice.read(phone.send("POST", "/v1/sync", body: body))
    #expect(first.end.number == 1)
    #expect(second.end == first.end)
  }
}
