import OffprintProcesses
import OffprintWire
import Testing

/// Records of wrong form (rows 28, 32 to 38, 41): each is refused for itself alone.
@Suite(.daemon(), .serialized) struct RecordTests {
  /// One record and what becomes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: String
    var type = "article"
    var values: String
    var new = ""
    var id: String?
    var stamp: @Sendable () -> String? = { nil }
  }

  /// An article that is in order.
  static func sample(_ index: Int, life: String) -> String {
    RawPush.record(
      #""life":"\#(life)""#, id: FixedHex.text(0xF, digits: 16) + FixedHex.text(UInt64(index), digits: 16),
      stamp: RawPush.stamp("00000000000000aa"))
  }

  private static func item(
    _ row: Int, _ name: String, _ expected: String, type: String = "article", new: String = "", id: String? = nil,
    stamp: @escaping @Sendable () -> String? = { nil }, _ values: String
  ) -> Case {
    Case(
      testDescription: "\(row): \(name)", expected: expected, type: type, values: values, new: new, id: id,
      stamp: stamp)
  }

  private static let long = String(repeating: "x", count: 1_000_000)

  static let values: [Case] =
    [
      item(28, "NUL in a title", "invalid title", #""title":"a\u0000b""#),
      item(28, "NUL in a note", "invalid note", type: "bookmark", #""note":"a\u0000b""#),
      item(28, "NUL in a tag", "invalid tag:a\0", #""tag:a\u0000":true"#),
      item(30, "saved -1", "invalid saved", #""saved":-1"#),
      item(30, "saved 1.5", "invalid saved", #""saved":1.5"#),
      item(30, "saved as text", "invalid saved", #""saved":"1""#),
      item(30, "saved 2^63-1", "invalid saved", #""saved":9223372036854775807"#),
      item(30, "saved 2^63", "invalid saved", #""saved":9223372036854775808"#),
      item(30, "saved 2^53-1", "stored", #""saved":9007199254740991"#),
      item(32, "malformed stamp", "invalid stamp", stamp: { "nonsense" }, #""title":"a""#),
      item(32, "1970", "stored", stamp: { RawPush.stamp(milliseconds: 5, "00000000000000aa") }, #""title":"a""#),
      item(
        32, "another device's id, not new", "stored", stamp: { RawPush.stamp("00000000000000ff") }, #""title":"b""#),
      item(
        32, "malformed device id", "invalid stamp",
        stamp: { RawPush.stamp("00000000000000ff").replacing("ff", with: "xy") },
        #""title":"b""#),
      item(
        32, "a stamp of 2^48", "invalid stamp", stamp: { "800000000000-00000000-00000000000000aa" }, #""title":"b""#),
      item(36, "unknown type", "stored", type: "feed", #""x":1"#),
      item(36, "5 KiB of unknown", "invalid", new: #""future""#, #""future":"\#(long.prefix(5_000))""#),
      item(37, "empty id", "invalid id", id: "", #""life":"live""#),
      item(37, "id of 1 MB", "invalid id", id: long, #""life":"live""#),
      item(37, "upper-case UUID", "invalid id", id: "3F2504E0-4F89-11D3-9A0C-0305E82C3301", #""life":"live""#),
      item(37, "id with a slash", "invalid id", id: "../../etc/passwd", #""life":"live""#),
      item(37, "id with a per cent", "invalid id", id: "%00%2e%2e", #""life":"live""#),
      item(37, "id of emoji", "invalid id", id: "\u{1F600}", #""life":"live""#),
      item(37, "__proto__", "invalid id", id: "__proto__", #""life":"live""#),
      item(38, "year 0", "invalid saved", #""saved":-62167219200000"#),
      item(38, "year 9999", "stored", #""saved":253402300799000"#),
      item(38, "year 275760", "stored", #""saved":8640000000000000"#),
      item(38, "2026-02-30", "invalid saved", #""saved":"2026-02-30""#),
    ] + addresses

  static let addresses: [Case] =
    [
      ("javascript:", "javascript:alert(1)"), ("file:", "file:///etc/passwd"), ("data:", "data:text/html,x"),
      ("user and password", "https://u:p@example.org/"), ("a tab", "https://exa\\tmple.org/"),
      ("a line feed", "https://example.org/\\n"), ("port 99999", "https://example.org:99999/"), ("nothing", ""),
    ].map { item(41, $0.0, "invalid url", #""url":"\#($0.1)""#) } + [
      item(41, "1 MB", "too-large", #""url":"https://example.org/\#(long)""#),
      item(41, "8,193 bytes", "invalid url", new: #""url""#, #""url":"https://example.org/\#(long.prefix(8_173))""#),
    ]

  @Test(arguments: values)
  func `a value of another form refuses its record alone`(_ item: Case) async throws {
    let daemon = try theDaemon()
    let outcome = try await daemon.outcome(
      item.values, new: item.new, type: item.type, id: item.id, stamp: item.stamp())
    #expect(
      outcome == item.expected || item.expected == "invalid" && outcome.hasPrefix("invalid"), "\(outcome.prefix(200))")
    try await daemon.expectGood()
  }

  @Test(arguments: ["-1", "1.5", #""1""#, "9223372036854775807", "9223372036854775808", "null", "0", "[]", "true"])
  func `30: a push number, or a limit, that is none is 400 and no trap`(number: String) async throws {
    let daemon = try theDaemon()
    var push = RawPush(daemon, [Self.sample(0, life: "live")])
    push.n = number
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, push.body))
    #expect(answer.status == 400 && ["bad-request", "bad-json"].contains(answer.slug), "\(answer.text)")
    let limited = Array(#"{"cursor":null,"limit":\#(number)}"#.utf8)
    let page = try await daemon.send(.json("/v1/sync", token: daemon.ana, limited))
    #expect(page.status == 400, "\(page.text)")
    try await daemon.expectGood()
  }

  @Test func `32: a new stamp ten minutes ahead is clock-skew with the server's time`() async throws {
    let daemon = try theDaemon()
    let replica = daemon.newReplica()
    let record = RawPush.record(
      #""title":"a""#, new: #""title""#, id: "00000000000000000000000000000032",
      stamp: RawPush.stamp(replica, secondsAhead: 600))
    let answer = try await daemon.send(
      .json("/v1/sync", token: daemon.ana, RawPush(daemon, replica: replica, [record]).body))
    guard case .result(let result)? = try answer.lines.first, case .refused(let refusal) = result.outcome else {
      Issue.record("not refused: \(answer.text)")
      return
    }
    #expect(refusal.slug == .clockSkew && refusal.field == "title")
    #expect(abs((refusal.time ?? 0) - TestClock.milliseconds) < 60_000)
    #expect(
      try await daemon.outcome(#""title":"a""#, new: #""title""#, stamp: RawPush.stamp("00000000000000ff"))
        == "invalid title")
  }

  @Test func `33: the same record twice in one push is merged like any two states`() async throws {
    let daemon = try theDaemon()
    let replica = daemon.newReplica()
    let id = "00000000000000000000000000000033"
    let now = UInt64(TestClock.milliseconds)
    let records = [
      RawPush.record(#""title":"late""#, id: id, stamp: RawPush.stamp(milliseconds: now, replica)),
      RawPush.record(#""byline":"b","title":"early""#, id: id, stamp: RawPush.stamp(milliseconds: now - 9, replica)),
    ]
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, RawPush(daemon, records).body))
    #expect(try HostileDaemon.outcomes(answer) == ["stored", "stored"])
    let line = try #require(try await daemon.dump(daemon.ana).first { $0.contains(id) })
    #expect(line.contains(#""late""#) && line.contains(#""b""#) && !line.contains("early"))
  }

  @Test func `34: one bad record of 500 is refused alone`() async throws {
    let daemon = try theDaemon()
    let records = (0..<500).map { Self.sample(34_000 + $0, life: $0 == 249 ? "undead" : "live") }
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, RawPush(daemon, records).body))
    let outcomes = try HostileDaemon.outcomes(answer)
    #expect(outcomes.count == 500 && outcomes[249] == "invalid life" && outcomes.filter { $0 == "stored" }.count == 499)
    try await daemon.expectGood()
  }

  @Test func `36: an unknown type, register and member are kept or passed over, and what is kept comes back`()
    async throws
  {
    let daemon = try theDaemon()
    let id = "00000000000000000000000000000036"
    let kept = #""future":{"a":[1,null,"é"]},"x-1":"y""#
    #expect(try await daemon.outcome(kept, type: "feed-2", id: id) == "stored")
    let line = try #require(try await daemon.dump(daemon.ana).first { $0.contains(id) })
    #expect(
      line.contains(#""future":{"a":[1,null,"é"]}"#) && line.contains(#""x-1":"y""#) && line.contains(#""feed-2""#))
    let replica = daemon.newReplica()
    let member = RawPush.record(#""title":"\#(HostileDaemon.title)""#, id: id, stamp: RawPush.stamp(replica))
      .replacing(#"{"type""#, with: #"{"number":99,"account":"x","mass":1,"type""#)
    let push = String(decoding: RawPush(daemon, replica: replica, [member]).body, as: UTF8.self)
      .replacing(#"{"cursor""#, with: #"{"account":"x","cursor""#)
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, Array(push.utf8)))
    #expect(try HostileDaemon.outcomes(answer) == ["stored"])
    let after = try #require(try await daemon.dump(daemon.ana).first { $0.contains(id) && $0.contains(#""article""#) })
    #expect(!after.contains("mass") && !after.contains(#""account""#) && !after.contains(#""number":99,"#))
  }
}
