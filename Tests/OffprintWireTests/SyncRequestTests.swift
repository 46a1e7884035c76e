import OffprintWire
import Testing

/// The body of a sync, as a server reads it from anybody.
@Suite struct SyncRequestTests {
  private static let record =
    #"{"id":"00000000000000000000000000000001","stamp":"000000000001-00000000-0000000000000001","type":"feed","values":{"x":1}}"#

  private static func push(_ changes: [String: String?] = [:]) -> [UInt8] {
    var members: [String: String] = [
      "cursor": "\"c\"", "replica": "\"0000000000000001\"", "n": "1", "nonce": "\"00000000000000ff\"",
      "records": "[\(record)]",
    ]
    for (name, value) in changes { members[name] = value }
    return Array(("{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}").utf8)
  }

  @Test func `a request that only reads needs no replica, n or nonce`() throws {
    let request = try SyncRequest(parsing: Array(#"{"cursor":null}"#.utf8))
    #expect(request.cursor == nil && request.push == nil && request.limit == nil)
    let empty = try SyncRequest(parsing: Array(#"{"cursor":"c","records":[],"n":-7}"#.utf8))
    #expect(empty.cursor == "c" && empty.push == nil)
  }

  @Test(arguments: ["{}", #"{"limit":5}"#, #"{"records":[]}"#])
  func `reading from nothing is said by null, a request that says nothing is refused`(text: String) {
    let fault = #expect(throws: SyncRequest.Fault.self) { try SyncRequest(parsing: Array(text.utf8)) }
    guard case .member("cursor") = fault else {
      Issue.record("\(text): \(String(describing: fault))")
      return
    }
  }

  @Test func `members of a later edition are passed over`() throws {
    let request = try SyncRequest(parsing: Self.push(["later": #"{"deep":[1.5,null]}"#]))
    #expect(request.push?.records.count == 1)
  }

  @Test(arguments: [
    ("cursor", "null"), ("cursor", "7"), ("cursor", nil), ("limit", "null"), ("replica", "\"1\""), ("replica", "null"),
    ("replica", "\"000000000000000G\""),
    ("n", "0"), ("n", "-1"), ("n", "1.5"), ("n", "1.0"), ("n", "1e2"), ("n", "\"1\""), ("n", "9223372036854775807"),
    ("n", "9223372036854775808"), ("n", "-9223372036854775808"), ("n", "9007199254740992"), ("n", nil),
    ("nonce", "\"00000000000000FF\""), ("nonce", "1"), ("nonce", nil), ("limit", "\"5\""), ("limit", "1.0"),
    ("records", "{}"), ("records", "[1]"),
  ])
  func `a member of the wrong form refuses the request by its name`(name: String, value: String?) {
    let fault = #expect(throws: SyncRequest.Fault.self) { try SyncRequest(parsing: Self.push([name: value])) }
    guard case .member(let named) = fault else {
      Issue.record("\(name)=\(value ?? "missing"): \(String(describing: fault))")
      return
    }
    #expect(named == name)
  }

  @Test(arguments: ["", "null", "[]", "\"x\"", "7", "{}{}", "{\"cursor\":null,}", "{\"cursor\":null,\"cursor\":null}"])
  func `a body that is no strict JSON object is bad JSON`(text: String) {
    let fault = #expect(throws: SyncRequest.Fault.self) { try SyncRequest(parsing: Array(text.utf8)) }
    guard case .json = fault else {
      Issue.record("\(text): \(String(describing: fault))")
      return
    }
  }

  @Test func `five hundred records are a push and one more refuses it whole`() throws {
    let many = Array(repeating: Self.record, count: Limits.pushRecordsMax)
    let request = try SyncRequest(parsing: Self.push(["records": "[" + many.joined(separator: ",") + "]"]))
    #expect(request.push?.records.count == Limits.pushRecordsMax)
    let fault = #expect(throws: SyncRequest.Fault.self) {
      try SyncRequest(parsing: Self.push(["records": "[" + (many + ["{}"]).joined(separator: ",") + "]"]))
    }
    guard case .tooManyRecords = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
  }

  @Test func `eight megabytes of empty records are refused at the record after the limit`() {
    let body = Self.push(["records": "[" + String(repeating: "{},", count: 600) + "\u{1}"])
    let fault = #expect(throws: SyncRequest.Fault.self) { try SyncRequest(parsing: body) }
    guard case .tooManyRecords = fault else {
      Issue.record("read on beyond the limit: \(String(describing: fault))")
      return
    }
  }

  @Test func `one record of bad form is refused alone and its neighbours are read`() throws {
    let records = ["{}", Self.record, #"{"type":7,"id":[],"values":"x","again":null,"new":{}}"#, Self.record]
    let request = try SyncRequest(parsing: Self.push(["records": "[" + records.joined(separator: ",") + "]"]))
    let push = try #require(request.push)
    #expect(push.records.map { (try? $0.pushed()) != nil } == [false, true, false, true])
  }

  @Test func `a duplicate member within one record refuses the request as bad JSON`() {
    let records = #"[{"type":"a","type":"b"}]"#
    let fault = #expect(throws: SyncRequest.Fault.self) { try SyncRequest(parsing: Self.push(["records": records])) }
    guard case .json = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
  }

  @Test func `what a result repeats of hostile texts is cut, counted in bytes`() {
    let long = "a" + String(repeating: "\u{301}", count: 100_000)
    let result = PushResult(typeText: long, idText: long, outcome: .stored(hash: 0, number: 0, record: nil))
    #expect(result.typeText.utf8.count <= 100 && result.idText.utf8.count <= 100)
    let refusal = Refusal(.invalid, field: long, detail: "")
    #expect((refusal.field?.utf8.count ?? 0) <= Limits.registerNameBytesMax)
  }
}
