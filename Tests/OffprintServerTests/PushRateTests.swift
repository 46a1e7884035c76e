import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// How often a device may push (E6, LIM-4).
@Suite struct PushRateTests {
  private func push(_ device: inout TestDevice, _ low: UInt64) throws -> HTTPResponse {
    let article = device.article(low, title: "t")
    let cursor = try device.pull().end.cursor
    return device.sendPush(
      [PushedRecord(record: article, new: article.registers.entries.map(\.name), again: false)], cursor: cursor)
  }

  @Test func `after a burst of 120 pushes the next is 429 with the time to wait, and nothing of it was applied`() throws
  {
    let server = try TestServer { $0.pushesPerMinuteMax = 600 }
    var phone = try server.signIn()
    var tablet = try server.signIn()
    tablet.replica = ReplicaID(bits: 2)
    for low in 1...120 { #expect(try push(&phone, UInt64(low)).status == 200) }
    let refused = try push(&phone, 121)
    #expect(refused.status == 429 && Problem(parsing: refused.body)?.slug == .rateLimited)
    #expect(refused.headers["Retry-After"] == "1")
    #expect(try phone.pullAll().end.number == 120, "reading goes on, and it was not applied")
    #expect(phone.send("POST", "/v1/sync", body: Array(#"{"cursor":null}"#.utf8)).status == 200, "reading by sync too")
    #expect(try push(&tablet, 200).status == 200, "another device of the account has its own")
    server.advance(milliseconds: 1_000)
    for low in 300..<310 { #expect(try push(&phone, UInt64(low)).status == 200) }
    #expect(try push(&phone, 311).status == 429)
  }

  @Test func `the rate is announced, and neither felt nor announced where it is off`() throws {
    func limits(_ server: TestServer) throws -> JSONValue {
      let info = server.send(HTTPRequest(method: "GET", path: "/v1/info"))
      return try #require(try JSONValue(parsing: info.body)["limits"])
    }
    let limited = try TestServer {
      $0.pushesPerMinuteMax = 7
      $0.pushBurstMax = 3
      $0.quota = AccountQuota(bytes: 5, devices: 9)
    }
    let announced = try limits(limited)
    #expect(announced["pushesPerMinuteMax"]?.integer == 7 && announced["pushBurstMax"]?.integer == 3)
    #expect(announced["accountBytesMax"]?.integer == 5 && announced["accountDevicesMax"]?.integer == 9)
    #expect(announced["accountRecordsMax"] == nil)
    let free = try TestServer { $0.pushesPerMinuteMax = nil }
    #expect(try limits(free)["pushesPerMinuteMax"] == nil && limits(free)["pushBurstMax"] == nil)
    var phone = try free.signIn()
    for low in 1...200 { #expect(try push(&phone, UInt64(low)).status == 200) }
  }
}
