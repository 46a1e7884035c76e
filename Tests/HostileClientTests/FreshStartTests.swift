import OffprintProcesses
import OffprintServer
import OffprintWire
import Testing

/// A server that nobody has made an account at (E2).
@Suite(.serialized) struct FreshStartTests {
  @Test func `E2: a fresh server has no account, offers nobody one, and answers 401 wherever a device belongs`()
    async throws
  {
    let world = try RealWorld(users: [])
    let port = try #require(UInt16(world.url.split(separator: ":").last ?? ""))
    func send(_ request: RawRequest) async throws -> RawClient.Answer {
      let client = try RawClient(port: port)
      try await client.send(request.bytes)
      return try await client.answer()
    }
    let users = try RealProcess.run(
      RealProgram.path("offprintd"), ["user", "list", "--json", "--data", world.folder.file("server")])
    #expect(users.status == 0 && users.output.isEmpty, "\(users)")
    for token in [nil, String(repeating: "0", count: 64), ""] {
      for route in Router.routes where route.needsDevice {
        let target = route.pattern.replacing("{hash}", with: String(repeating: "a", count: 64))
          .replacing("{id}", with: String(repeating: "0", count: 32))
        let body = ["POST", "PUT"].contains(route.method) ? Array("{}".utf8) : []
        let headers = [("Content-Type", "application/json")]
        let answer = try await send(RawRequest(route.method, target, token: token, headers, body: body))
        #expect(answer.status == 401 && answer.slug == "unauthorized", "\(route.method) \(route.pattern)")
      }
    }
    for (user, password) in [("admin", "admin"), ("root", ""), ("", ""), ("dev", "dev"), ("offprint", "offprintd")] {
      let body = #"{"user":"\#(user)","password":"\#(password)","device":"d"}"#
      let answer = try await send(.json("/v1/devices", token: nil, Array(body.utf8)))
      #expect(answer.status == 401 || answer.status == 400 && user.isEmpty, "\(user)")
    }
    for target in ["/v1/users", "/v1/accounts", "/v1/register", "/signup", "/metrics", "/admin", "/"] {
      let answer = try await send(.json(target, token: nil, Array("{}".utf8)))
      #expect(answer.status == 404 && answer.slug == "not-found", "\(target)")
    }
    for target in ["/v1/info", "/healthz", "/readyz"] {
      let answer = try await send(RawRequest("GET", target))
      #expect(answer.status == 200 && answer.headers["offprint-account"] == nil, "\(target)")
    }
  }
}
