import OffprintProcesses
import OffprintWire
import Testing

/// What is limited by address, by account and by device (rows 44 and 45, E6), at a daemon behind a proxy that says who asks.
@Suite(
  .daemon([
    "OFFPRINTD_BEHIND_PROXY": "yes", "OFFPRINTD_LIMITS_PUSHES_PER_MINUTE": "6", "OFFPRINTD_LIMITS_PUSH_BURST": "3",
  ]),
  .serialized)
struct LimitByAddressTests {
  private func signIn(_ daemon: HostileDaemon, _ body: String, from address: String) async throws -> RawClient.Answer {
    try await daemon.send(.json("/v1/devices", token: nil, Array(body.utf8), [("X-Forwarded-For", address)]))
  }

  private func password(_ daemon: HostileDaemon, _ user: String, _ password: String, from address: String) async throws
    -> Int
  {
    let answer = try await signIn(
      daemon, #"{"user":"\#(user)","password":"\#(password)","device":"raw"}"#, from: address)
    if let token = try JSONValue(parsing: answer.body)["token"]?.string { daemon.keepFromLog(token) }
    return answer.status
  }

  private func pair(_ daemon: HostileDaemon, _ code: String, from address: String) async throws -> RawClient.Answer {
    daemon.keepFromLog(code)
    return try await signIn(daemon, #"{"code":"\#(code)","device":"raw"}"#, from: address)
  }

  private func newCode(_ daemon: HostileDaemon) throws -> String {
    let made = try RealProcess.run(
      RealProgram.path("offprintd"), ["device", "pair", "ben", "--data", daemon.folder, "--json"])
    return try #require(try JSONValue(parsing: Array(made.output.utf8.dropLast()))["code"]?.string)
  }

  @Test func `45: five wrong tries burn a pairing code, each from another address, and then the right one is wrong`()
    async throws
  {
    let daemon = try theDaemon()
    for (tries, isBurnt) in [(4, false), (5, true)] {
      let code = try newCode(daemon)
      let wrong = String(code.dropLast()) + (code.hasSuffix("0") ? "1" : "0")
      for index in 0..<tries {
        let answer = try await pair(daemon, wrong, from: "198.51.100.\(10 * tries + index)")
        #expect(answer.status == 401 && answer.slug == "unauthorized")
      }
      let right = try await pair(daemon, code, from: "203.0.113.\(tries)")
      #expect(right.status == (isBurnt ? 401 : 201), "after \(tries)")
      if isBurnt {
        let unknown = try await pair(daemon, "ZZZZ-ZZZZ-ZZZZ", from: "203.0.113.99")
        #expect(right.comparable == unknown.comparable)
      } else if let token = try JSONValue(parsing: right.body)["token"]?.string {
        daemon.keepFromLog(token)
      }
    }
    try await daemon.expectGood()
  }

  @Test func `E6: ten wrong passwords hold up their account from every address, and no other account`() async throws {
    let daemon = try theDaemon()
    let right = String(RealWorld.password.dropLast())
    for index in 0..<10 {
      #expect(try await password(daemon, "ana", "wrong password", from: "192.0.2.\(index)") == 401)
    }
    #expect(try await password(daemon, "ana", "wrong password", from: "192.0.2.100") == 429)
    #expect(try await password(daemon, "ana", right, from: "192.0.2.101") == 429)
    #expect(try await password(daemon, "ben", right, from: "192.0.2.101") == 201)
    // Her devices go on.
    try await daemon.expectGood()
  }

  @Test func `E6: ten wrong passwords hold up their address for every account, and no other address`() async throws {
    let daemon = try theDaemon()
    for index in 0..<10 {
      #expect(try await password(daemon, "nobody-\(index)", "wrong password", from: "198.18.0.1") == 401)
    }
    let right = String(RealWorld.password.dropLast())
    #expect(try await password(daemon, "ben", right, from: "198.18.0.1") == 429)
    #expect(try await password(daemon, "ben", right, from: "198.18.0.2") == 201)
  }

  @Test
  func `E6: a device at its rate of pushes is 429 with nothing applied; its other requests and other devices go on`()
    async throws
  {
    let daemon = try theDaemon()
    let info = try await daemon.send(RawRequest("GET", "/v1/info"))
    let limits = try JSONValue(parsing: info.body)["limits"]
    #expect(limits?["pushesPerMinuteMax"]?.integer == 6 && limits?["pushBurstMax"]?.integer == 3)
    func push(_ token: String, _ cursor: String, _ index: Int) async throws -> RawClient.Answer {
      try await daemon.send(
        .json("/v1/sync", token: token, RawPush(daemon, cursor: cursor, [RecordTests.sample(index, life: "live")]).body)
      )
    }
    var stored = 0
    var refused: RawClient.Answer?
    // One comes back every ten seconds, so a machine that is not dead sees it soon.
    for index in 0..<200 where refused == nil {
      let answer = try await push(daemon.tablet, daemon.cursor, index)
      if answer.status == 200 { stored += 1 } else { refused = answer }
    }
    #expect(refused?.status == 429 && refused?.slug == "rate-limited" && stored >= 3)
    #expect((refused?.headers["retry-after"].flatMap { Int($0) } ?? 0) >= 1)
    #expect(try await daemon.dump(daemon.tablet).count == stored, "nothing of the refused one, and reading goes on")
    #expect(try await push(daemon.ana, daemon.cursor, 500).status == 200, "another device of the account")
    let page = try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben))
    guard case .end(let end)? = try page.lines.last else { return }
    #expect(try await push(daemon.ben, end.cursor, 501).status == 200, "another account")
  }

  @Test func `E6: what is limited unless an operator says otherwise is announced`() async throws {
    try await HostileDaemon.run(variables: [:]) {
      let info = try await theDaemon().send(RawRequest("GET", "/v1/info"))
      let limits = try #require(try JSONValue(parsing: info.body)["limits"])
      for (name, number) in [
        ("pushesPerMinuteMax", 600), ("pushBurstMax", 120), ("pollsPerDeviceMax", 2), ("accountBytesMax", 20_480 << 20),
        ("accountRecordsMax", 1_000_000), ("accountDevicesMax", 100),
      ] as [(String, Int64)] { #expect(limits[name]?.integer == number, "\(name)") }
    }
  }
}
