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

  /// PUSH-3
  @Test func `a repeat brings nothing new, also where it holds a record twice and the second was refused`() throws {
    let server = try TestServer()
    var phone = try server.signIn()
    let cursor = try phone.pull().end.cursor
    let first = phone.article(7, title: "Tides")
    // Stamped so far ahead that it is refused now, and would not be in a day.
    let day: Int64 = 86_400_000
    let second = phone.article(7, title: "Tides and moons", at: server.now + day)
    let body = phone.pushBody(
      [first, second].map { PushedRecord(record: $0, new: [.title], again: false) }, cursor: cursor)
    func problems(_ answer: TestDevice.Answer) -> [Refusal?] {
      answer.results.map { if case .refused(let refusal) = $0.outcome { refusal } else { nil } }
    }
    let answer = try TestDevice.read(phone.send("POST", "/v1/sync", body: body))
    #expect(problems(answer).map { $0?.slug } == [nil, .clockSkew])
    server.advance(milliseconds: day)
    let again = try TestDevice.read(phone.send("POST", "/v1/sync", body: body))
    #expect(problems(again).map { $0?.slug } == [nil, .clockSkew])
    #expect(again.end.number == answer.end.number)
    #expect(try phone.pullAll().records.map(\.record) == [first])
  }
}
