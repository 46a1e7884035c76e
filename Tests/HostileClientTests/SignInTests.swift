import OffprintProcesses
import OffprintWire
import Testing

/// Guessed passwords and forged addresses (rows 45 and 50, E7, E19).
@Suite(.daemon(), .serialized) struct SignInTests {
  private func signIn(
    _ daemon: HostileDaemon, _ user: String, _ password: String, _ headers: [(String, String)] = []
  ) async throws -> RawClient.Answer {
    let body = #"{"user":"\#(user)","password":"\#(password)","device":"raw"}"#
    return try await daemon.send(.json("/v1/devices", token: nil, Array(body.utf8), headers))
  }

  @Test
  func
    `45, 50: the eleventh wrong password is 429, whoever the client says it is, and an unknown user's bytes are the same`()
    async throws
  {
    let daemon = try theDaemon()
    daemon.keepFromLog("private-guess-7281")
    // Never compressed (E19), and no word on who exists.
    let coded = [("Accept-Encoding", "gzip")]
    let right = try await signIn(daemon, "ben", String(RealWorld.password.dropLast()), coded)
    #expect(right.status == 201 && right.headers["content-encoding"] == nil && right.headers["vary"] == nil)
    if let token = try JSONValue(parsing: right.body)["token"]?.string { daemon.keepFromLog(token) }
    let known = try await signIn(daemon, "ana", "private-guess-7281", coded)
    let unknown = try await signIn(daemon, "nobody-7281", "private-guess-7281", coded)
    daemon.keepFromLog("nobody-7281")
    #expect(known.status == 401 && known.slug == "unauthorized" && known.comparable == unknown.comparable)
    #expect(known.headers["content-encoding"] == nil)
    var statuses: [Int] = []
    for index in 0..<18 {
      let forged = [("X-Forwarded-For", "10.0.0.\(index), 127.0.0.\(index + 2)"), ("Forwarded", "for=10.0.0.\(index)")]
      let answer = try await signIn(daemon, "ana", "private-guess-7281", forged)
      statuses.append(answer.status)
      if answer.status == 429 { #expect(answer.slug == "rate-limited" && answer.headers["retry-after"] != nil) }
    }
    #expect(statuses == Array(repeating: 401, count: 8) + Array(repeating: 429, count: 10))
    #expect(try await signIn(daemon, "nobody-7281", "x").status == 429)
    try await daemon.expectGood()
  }

  @Test(arguments: [
    #"{"code":"123456"}"#, #"{"code":"7KQM-2F9D-XW3T","device":"d","user":"ana"}"#, "{}",
    #"{"user":"ana","password":"correct horse battery"}"#,
    #"{"user":1,"password":2,"device":3}"#,
    #"{"user":"ana","password":"correct horse battery","device":""}"#,
    #"{"user":"ana","password":"correct horse battery","device":"a\u0000"}"#,
    #"{"user":"ana","password":"correct horse battery","device":"\#(String(repeating: "é", count: 51))"}"#,
    #"{"user":"\#(String(repeating: "a", count: 65))","password":"correct horse battery","device":"d"}"#,
    #"{"user":"ana","password":"\#(String(repeating: "a", count: 1_025))","device":"d"}"#,
  ])
  func `45: a sign-in of wrong form is 400, by password or by code`(body: String) async throws {
    let daemon = try theDaemon()
    let answer = try await daemon.send(.json("/v1/devices", token: nil, Array(body.utf8)))
    #expect(answer.status == 400 && answer.slug == "bad-request")
    try await daemon.expectGood()
  }

  @Test func `45: the sixth wrong pairing code is 429, and the password is not held up by it`() async throws {
    let daemon = try theDaemon()
    func pair(_ code: String, _ headers: [(String, String)] = []) async throws -> RawClient.Answer {
      daemon.keepFromLog(code)
      return try await daemon.send(
        .json("/v1/devices", token: nil, Array(#"{"code":"\#(code)","device":"raw"}"#.utf8), headers))
    }
    let made = try RealProcess.run(
      RealProgram.path("offprintd"), ["device", "pair", "ana", "--data", daemon.folder, "--json"])
    let code = try #require(try JSONValue(parsing: Array(made.output.utf8.dropLast()))["code"]?.string)
    let right = try await pair(code, [("Accept-Encoding", "gzip")])
    #expect(right.status == 201 && right.headers["content-encoding"] == nil)
    if let token = try JSONValue(parsing: right.body)["token"]?.string { daemon.keepFromLog(token) }
    let used = try await pair(code)
    let unknown = try await pair("WRNG-WRNG-WRNG")
    #expect(used.status == 401 && used.comparable == unknown.comparable)
    var statuses: [Int] = []
    for index in 0..<6 {
      let forged = [("X-Forwarded-For", "10.0.0.\(index)")]
      statuses.append(try await pair("WRNG-WRNG-WRN\(index)", forged).status)
    }
    #expect(statuses == [401, 401, 401, 429, 429, 429])
    let password = String(RealWorld.password.dropLast())
    #expect(try await signIn(daemon, "ben", password).status != 401)
    try await daemon.expectGood()
  }

  @Test func `E7: a wrong password of a user who is there takes as long as one of a user who is not`() async throws {
    try await HostileDaemon.run(variables: ["OFFPRINTD_TEST_FAILED_SIGN_INS_MAX": "1000"]) {
      let daemon = try theDaemon()
      var times: [[Duration]] = [[], []]
      for _ in 0..<9 {
        for (index, user) in ["ana", "nobody-7281"].enumerated() {
          let start = ContinuousClock.now
          #expect(try await signIn(daemon, user, "wrong password").status == 401)
          times[index].append(ContinuousClock.now - start)
        }
      }
      let medians = times.map { $0.sorted()[$0.count / 2] }
      let (less, more) = (medians.min() ?? .zero, medians.max() ?? .zero)
      // Hashing takes tens of milliseconds; without it an unknown user would be answered in one.
      #expect(more < less * 3 && less > .milliseconds(5), "\(medians)")
    }
  }
}
