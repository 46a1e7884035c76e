import Foundation
import OffprintProcesses
import OffprintTesting
import OffprintWire
import Testing

/// What an operator does with accounts while the server runs, as real processes.
@Suite(.serialized) struct OperatorTests {
  @Test func `an account is disabled, enabled, given a new password and removed while its devices sync`() throws {
    let world = try RealWorld(users: ["ana", "ben"])
    #expect(try world.signIn("phone").status == 0)
    try world.client("phone", "add", "https://example.org/a", "--title", "Kept")
    #expect(try world.client("phone", "sync").status == 0)

    #expect(try world.daemon("user", "disable", "ana").output == "disabled ana\n")
    #expect(try world.client("phone", "sync").status == 12)
    #expect(try world.signIn("tablet").status == 12)
    #expect(try world.daemonJSON("user", "list").first?["disabled"]?.integer != nil)
    #expect(try world.daemon("user", "enable", "ana").status == 0)
    #expect(try world.client("phone", "sync").status == 0)

    let changed = try world.daemonJSON(
      "user", "password", "ana", "--password-stdin", "--sign-out", input: "a new one\n")
    #expect(changed.first?["signedOut"]?.integer == 1)
    let refused = try world.client("phone", "sync")
    #expect(refused.status == 12 && refused.errors.contains("signed out"), "\(refused)")
    #expect(try world.signIn("phone").status == 12)
    #expect(
      try world.client(
        "phone", "login", world.url, "--user", "ana", "--password-stdin", input: "a new one\n"
      ).status == 0)
    #expect(try world.client("phone", "sync").status == 0)

    let removed = try world.daemon("user", "remove", "ana", "--yes")
    #expect(removed.status == 0 && removed.output.contains("1 record,"), "\(removed)")
    #expect(try world.client("phone", "sync").status == 12)
    #expect(try world.client("phone", "list").output.contains("Kept"), "the device keeps its copy")
    #expect(try world.daemonJSON("user", "list").map { $0["name"]?.string } == ["ben"])
    #expect(
      try world.client(
        "tablet", "login", world.url, "--user", "ben", "--password-stdin", input: RealWorld.password
      ).status == 0)
    #expect(try world.client("tablet", "sync").output.contains("pulled 0 changes"))
  }

  @Test(
    arguments: [
      (["user", "disable", "nobody"], 18), (["user", "enable", "nobody"], 18),
      (["user", "password", "nobody", "--password-stdin"], 18), (["user", "quota", "nobody"], 18),
      (["user", "remove", "nobody", "--yes"], 18), (["device", "list", "nobody"], 18),
      (["device", "revoke", "nobody", "phone"], 18), (["device", "revoke", "ana", "phone"], 18),
      (["device", "revoke", "ana", ""], 18), (["device", "pair", "nobody"], 18),
      (["device", "pair", "ana", "--minutes", "0"], 64), (["device", "pair", "ana", "--url", "example.org"], 64),
      (["user", "quota", "ana", "--bytes", "a lot"], 64), (["user", "quota", "ana", "--records", "-1"], 64),
      (["user", "add", "ana", "--password-stdin"], 1), (["user", "add", "", "--password-stdin"], 64),
      (["user", "remove"], 64), (["user"], 64), (["device"], 64),
    ] as [([String], Int32)])
  func `a wrong call says what is wrong and changes nothing`(words: [String], status: Int32) throws {
    let world = try RealWorld(starts: false)
    let ended = try RealProcess.run(
      RealProgram.path("offprintd"), words + ["--data", world.folder.file("server")], input: "a password\n")
    #expect(ended.status == status && ended.output.isEmpty && ended.errors.hasPrefix("offprintd: "), "\(ended)")
    #expect(ended.errors.split(separator: "\n").count == 1)
    #expect(try world.daemonJSON("user", "list").map { $0["name"]?.string } == ["ana"])
  }

  @Test func `E5: a password has 8 bytes or more, 64 and a thousand are as good, and 15 are advised`() throws {
    let world = try RealWorld(users: [])
    for (index, (password, isTaken)) in [
      ("1234567", false), ("", false), ("é23456", false), ("12345678", true), ("éééé", true),
      (String(repeating: "x", count: 64), true), (String(repeating: "x", count: 1_024), true),
      (String(repeating: "x", count: 1_025), false),
    ].enumerated() {
      let user = "user-\(index)"
      let added = try world.daemon("user", "add", user, "--password-stdin", input: password + "\n")
      #expect(added.status == (isTaken ? 0 : 64), "\(password.utf8.count): \(added)")
      if !isTaken {
        #expect(added.errors.contains("8 to 1024 bytes; 15 or more are advised") || password.isEmpty, "\(added)")
      }
      let login = try world.client(
        "lib-\(user)", "login", world.url, "--user", user, "--password-stdin", input: password + "\n")
      #expect((login.status == 0) == isTaken, "\(password.utf8.count): \(login)")
    }
  }

  @Test func `a device that fell behind is seen, revoked by its name, and its long poll ends`() async throws {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    #expect(try world.client("tablet", "sync").status == 0)
    for page in ["a", "b"] { try world.client("phone", "add", "https://example.org/\(page)") }
    #expect(try world.client("phone", "sync").status == 0)
    func behind() throws -> [Int64?] {
      try world.daemonJSON("device", "list", "ana").sorted { $0["name"]?.string ?? "" < $1["name"]?.string ?? "" }
        .map { $0["behind"]?.integer }
    }
    // What the server has heard of devices it writes every few seconds.
    try world.wait(for: "both devices' rows") { try behind() == [0, 2] }

    let token = try world.token(of: "tablet")
    let page = try await RawClient(port: world.port).exchange(
      "GET /v1/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
    guard let line = page.body.split(separator: 0x0A).last,
      case .end(let end) = try SyncAnswerLine(parsing: Array(line))
    else { throw RealWorld.Failure(text: "no end") }
    let poll = try RawClient(port: world.port)
    try await poll.send(
      "GET /v1/changes?since=\(end.cursor)&wait=55 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
    let start = ContinuousClock.now
    #expect(try world.daemon("device", "revoke", "ana", "tablet").output == "signed out tablet\n")
    let answer = try await poll.answer()
    #expect(answer.status == 401 && answer.text.contains("device-revoked"))
    #expect(ContinuousClock.now - start < .seconds(30), "long before its 55 seconds")
    #expect(try world.daemonJSON("device", "list", "ana").map { $0["name"]?.string } == ["phone"])
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 12)
  }

  @Test func `a quota is felt by the devices and shown to the operator`() throws {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    let set = try world.daemonJSON("user", "quota", "ana", "--records", "1", "--bytes", "1 MB")
    #expect(set.first?["recordsMax"]?.integer == 1 && set.first?["bytesMax"]?.integer == 1_000_000)
    #expect(set.first?["own"]?.array?.compactMap(\.string) == ["bytes", "records"])
    for page in ["a", "b"] { try world.client("phone", "add", "https://example.org/\(page)") }
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 19, "\(sync)")
    #expect(try world.client("phone", "refused").output.contains("quota"))
    #expect(try world.daemonJSON("user", "list").first?["records"]?.integer == 1)
    #expect(try world.daemon("user", "quota", "ana", "--records", "default").status == 0)
    #expect(try world.client("phone", "sync").status == 0, "what was refused goes out once there is room")
    #expect(try world.daemonJSON("user", "quota", "ana").first?["records"]?.integer == 2)
  }

  @Test func `E3, E4: no token, password or pairing code stands in the server's files or its log`() throws {
    let world = try RealWorld()
    let code = try #require(try world.daemonJSON("device", "pair", "ana").first?["code"]?.string)
    #expect(try world.client("tablet", "login", world.url, "--code", code, "--device", "tablet").status == 0)
    let open = try #require(try world.daemonJSON("device", "pair", "ana").first?["code"]?.string)
    #expect(try world.signIn("phone").status == 0)
    try world.client("phone", "add", "https://private-7281.example.org/a", "--title", "private-7281")
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(
      try world.client("phone", "login", world.url, "--user", "ana", "--password-stdin", input: "private-guess-7281")
        .status == 12)
    var secrets = [code, open, String(RealWorld.password.dropLast()), "private-guess-7281"]
    secrets += [code, open].map { String($0.filter { $0 != "-" }.dropFirst(4)) }
    for device in ["phone", "tablet"] { secrets.append(try world.token(of: device)) }
    let log = world.server?.errors ?? ""
    #expect(log.contains(#""event":"request""#) && !log.contains("7281"))
    let folder = world.folder.file("server")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      for secret in secrets {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
        #expect(!log.contains(secret))
        // Nor the bytes that the digits of a token stand for.
        if secret.utf8.count == 64, let raw = Self.bytes(hexadecimal: secret) { #expect(bytes.range(of: raw) == nil) }
      }
    }
  }

  private static func bytes(hexadecimal text: String) -> Data? {
    var bytes = Data()
    var rest = text[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
