import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// What a client says about things that are not its to say (E15).
@Suite struct MassAssignmentTests {
  @Test func `E15: account, number, hash and whatever else stands in a request reach no column`() throws {
    let server = try TestServer()
    let phone = try server.signIn()
    let ben = try server.signIn("ben")
    let cursor = try phone.pullAll().end.cursor
    let stamp = phone.stamp(server.now).description
    let body = """
      {"cursor":"\(cursor)","replica":"0000000000000001","n":1,"nonce":"0000000000000001",
       "account":"\(ben.account)","head":99,"floor":98,"records":[
        {"type":"article","id":"00000000000000000000000000000001","stamp":"\(stamp)","new":["title"],
         "number":77,"hash":"0000000000000000","live":0,"since":1,"size":0,"row":5,"bucket":9,"account":"\(ben.account)",
         "values":{"title":"t"}}]}
      """
    let answer = try TestDevice.read(phone.send("POST", "/v1/sync", body: Array(body.utf8)))
    #expect(answer.end.number == 1)
    let mine = try phone.pullAll()
    #expect(mine.records.count == 1 && mine.records[0].number == 1)
    #expect(mine.records[0].record.registers.entries.map(\.name) == [.title])
    #expect(try ben.pullAll().records.isEmpty)
    let usage = try server.store.read { (try $0.log(of: phone.account)?.usage, try $0.countedUsage(of: phone.account)) }
    #expect(usage.0 == usage.1 && (usage.0?.recordBytes ?? 0) > 0)
  }

  @Test func `E15: a sign-in makes a device of its own account with its own id, whatever else it names`() throws {
    let server = try TestServer()
    try server.makeAccount()
    let ben = try server.signIn("ben")
    let body = """
      {"user":"anna","password":"\(TestServer.password)","device":"d","account":"\(ben.account)","id":"\(ben.id)",
       "token":"\(ben.token)","revoked":null,"lastSeen":1,"disabled":null,"quota":{"bytes":1},"server":"x"}
      """
    let answer = server.send(
      HTTPRequest(
        method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
    let json = try JSONValue(parsing: answer.body)
    #expect(answer.status == 201 && json["user"]?.string == "anna")
    #expect(json["account"]?.string != ben.account.description && json["device"]?.string != ben.id.description)
    #expect(json["token"]?.string != ben.token)
    #expect(try server.core.accounts.devices(of: "ben").count == 1)
  }
}
