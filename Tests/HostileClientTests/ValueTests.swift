import OffprintProcesses
import OffprintWire
import Testing

/// Numbers and lengths inside records (rows 30, 39, 40). All records of a place go in one push, among them one that is right: it
/// shows that nothing else is wrong with them.
@Suite(.daemon(), .serialized) struct ValueTests {
  /// A place where an integer belongs: the values of a record with it, without it where it cannot be left out alone, and
  /// numbers that are right.
  struct Place: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var type: String
    var register: String
    var values: @Sendable (String) -> String
    var isMember = true
    var admits: Set<String> = ["1"]
  }

  private static let at = "at:00000000000000aa"
  private static let hash = String(repeating: "a", count: 64)

  private static func register(_ name: String, _ type: String = "article", admits: Set<String> = ["1"]) -> Place {
    Place(
      testDescription: name, type: type, register: name, values: { #""\#(name)":\#($0)"# }, isMember: false,
      admits: admits)
  }

  /// `template` has `"MEMBER":N,` in it.
  private static func member(_ name: String, _ type: String, _ register: String, _ template: String) -> Place {
    Place(testDescription: "\(name) of \(register)", type: type, register: register) { number in
      let member = #""\#(name)":N,"#
      let text = template.replacing(member, with: number.isEmpty ? "" : member.replacing("N", with: number))
      return #""\#(register)":\#(text)"#
    }
  }

  private static func locator(_ name: String) -> String {
    let members = [("block", "3"), ("body", "null"), ("fraction", "5"), ("offset", "7"), ("zzz", "0")]
    let texts = members.map { #""\#($0)":\#($0 == name ? "N" : $1),"# }
    return #"{"after":"","before":"","# + texts.joined().dropLast() + "}"
  }

  static let places: [Place] =
    [
      register("saved"), register("found.words"), register("created", "bookmark"),
      register("found.published", admits: ["1", "-1"]),
      // The last member has no comma behind it, so one that means nothing follows.
      member("size", "article", "content", #"{"hash":"\#(hash)","size":N,"zzz":0}"#),
      member("at", "article", "fetch", #"{"at":N,"reason":null,"state":"done"}"#),
      member("fraction", "progress", at, #"{"finished":false,"fraction":N,"locator":null,"round":1,"seen":{}}"#),
      member("round", "progress", at, #"{"finished":false,"fraction":1,"locator":null,"round":N,"seen":{}}"#),
    ]
    + ["block", "fraction", "offset"].flatMap { name in
      [
        member(
          name, "progress", at, #"{"finished":false,"fraction":1,"locator":\#(locator(name)),"round":1,"seen":{}}"#),
        member(name, "bookmark", "range", #"{"end":\#(locator("-")),"start":\#(locator(name))}"#),
      ]
    }

  @Test(arguments: places)
  func `30, 39: what is no number where one belongs refuses its record alone, without a trap`(_ place: Place)
    async throws
  {
    let daemon = try theDaemon()
    var numbers = [
      "-1", "1.5", #""1""#, "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-0.1", "1.1",
      "1e308", "null", "true", "[]", "1",
    ]
    if place.isMember { numbers.append("") }
    if place.register == "found.published" || place.register == "found.words" { numbers.removeAll { $0 == "null" } }
    let records = numbers.enumerated().map { index, number in
      RawPush.record(
        place.values(number), type: place.type,
        id: FixedHex.text(30, digits: 16) + FixedHex.text(UInt64(index), digits: 16),
        stamp: RawPush.stamp("00000000000000aa"))
    }
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, RawPush(daemon, records).body))
    let expected = numbers.map { place.admits.contains($0) ? "stored" : "invalid \(place.register)" }
    #expect(try HostileDaemon.outcomes(answer) == expected, "\(answer.text)")
    try await daemon.expectGood()
  }

  @Test(arguments: ["n", "replica", "nonce"])
  func `30: a push without one of its members is 400 and nothing of it is applied`(name: String) async throws {
    let daemon = try theDaemon()
    let before = try await daemon.dump(daemon.ana)
    let push = RawPush(daemon, [RecordTests.sample(30_000, life: "live")])
    let whole = String(decoding: push.body, as: UTF8.self)
    let value = ["n": "1", "replica": "\"\(push.replica)\"", "nonce": "\"0000000000000001\""][name] ?? ""
    let cut = whole.replacing("\"\(name)\":\(value),", with: "")
    #expect(cut != whole)
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, Array(cut.utf8)))
    #expect(answer.status == 400 && answer.slug == "bad-request", "\(answer.text)")
    #expect(try await daemon.dump(daemon.ana) == before)
  }

  /// Values declared new, which register is refused, and with which limit; nil if it is stored.
  struct Length: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var type = "article"
    var registers: [(name: String, value: String)]
    var refused: String?
    var limit: Int64?
  }

  private static func text(_ character: Character, _ count: Int) -> String {
    "\"" + String(repeating: character, count: count) + "\""
  }

  static let lengths: [Length] = [
    Length(testDescription: "title of 1,024 bytes", registers: [("title", text("x", 1_024))]),
    Length(
      testDescription: "title of 1,025 bytes", registers: [("title", text("x", 1_025))], refused: "title", limit: 1_024),
    Length(testDescription: "title of 512 letters of two bytes", registers: [("title", text("é", 512))]),
    Length(
      testDescription: "title of 513 letters of two bytes", registers: [("title", text("é", 513))], refused: "title",
      limit: 1_024),
    Length(testDescription: "note of 65,536 bytes", type: "bookmark", registers: [("note", text("x", 65_536))]),
    Length(
      testDescription: "note of 65,537 bytes", type: "bookmark", registers: [("note", text("x", 65_537))],
      refused: "note", limit: 65_536),
    Length(testDescription: "64 tags", registers: (0..<64).map { ("tag:\($0)", "true") }),
    Length(testDescription: "65 tags", registers: (0..<65).map { ("tag:\($0)", "true") }, refused: "tag:", limit: 64),
    Length(
      testDescription: "tag of 257 bytes", registers: [("tag:" + String(repeating: "x", count: 257), "true")],
      refused: "tag:" + String(repeating: "x", count: 257), limit: 256),
    Length(
      testDescription: "tag of one letter with 100,000 accents",
      registers: [("tag:e" + String(repeating: "\u{301}", count: 100_000), "true")], refused: "tag:", limit: 512),
  ]

  @Test(arguments: lengths)
  func `40: lengths are counted in bytes of UTF-8, and a refusal names register and limit`(_ item: Length) async throws
  {
    let daemon = try theDaemon()
    let replica = daemon.newReplica()
    let record = RawPush.record(
      item.registers.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","),
      new: item.registers.map { "\"\($0.name)\"" }.joined(separator: ","), type: item.type,
      id: "00000000000000000000000000000040", stamp: RawPush.stamp(replica))
    let answer = try await daemon.send(
      .json("/v1/sync", token: daemon.ana, RawPush(daemon, replica: replica, [record]).body))
    guard case .result(let result)? = try answer.lines.first else {
      Issue.record("no result: \(answer.text)")
      return
    }
    guard case .refused(let refusal) = result.outcome else {
      #expect(item.refused == nil, "stored")
      return
    }
    #expect(refusal.slug.rawValue == "invalid" && refusal.limit == item.limit, "\(refusal)")
    #expect(item.refused.map { refusal.field?.utf8.starts(with: $0.utf8) == true } == true, "\(refusal)")
    try await daemon.expectGood()
  }
}
