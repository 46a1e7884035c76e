import Foundation
import OffprintLocks
import OffprintProcesses
import Testing

/// Many at once: connections beyond what is let in, sign-ins beyond what can be hashed (E5, E14).
@Suite(.serialized) struct CrowdTests {
  private static let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func `E14: connections beyond those of one address are closed at once, and a place that is free is given`()
    async throws
  {
    try await HostileDaemon.run(variables: ["OFFPRINTD_LIMITS_CONNECTIONS_PER_ADDRESS": "4"]) {
      let daemon = try theDaemon()
      var held: [RawClient] = []
      for _ in 0..<4 {
        let client = try RawClient(port: daemon.port)
        #expect(try await client.exchange(Self.health).status == 200)
        held.append(client)
      }
      for _ in 0..<5 {
        let refused = try RawClient(port: daemon.port)
        try? await refused.send(Self.health)
        let answer = try? await refused.answer()
        #expect(answer == nil)
      }
      for client in held { #expect(try await client.exchange(Self.health).status == 200, "those let in go on") }
      held.removeLast().disconnect()
      try await Self.eventually { (try? await RawClient(port: daemon.port).exchange(Self.health))?.status == 200 }
      for client in held { client.disconnect() }
      try await Self.eventually { (try? await daemon.expectGood()) != nil }
    }
  }

  @Test func `E14: connections beyond all that are let in wait, and are served when others go`() async throws {
    try await HostileDaemon.run(variables: ["OFFPRINTD_LIMITS_CONNECTIONS": "4"]) {
      let daemon = try theDaemon()
      var held: [RawClient] = []
      for _ in 0..<4 {
        let client = try RawClient(port: daemon.port)
        #expect(try await client.exchange(Self.health).status == 200)
        held.append(client)
      }
      let waiting = try RawClient(port: daemon.port, seconds: 1)
      try await waiting.send(Self.health)
      for client in held { #expect(try await client.exchange(Self.health).status == 200) }
      await #expect(throws: RawClient.Failure.tookTooLong) { try await waiting.answer() }
      for client in held { client.disconnect() }
      try await Self.eventually { (try? await waiting.answer())?.status == 200 }
    }
  }

  private static func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await !condition() {
      guard ContinuousClock.now < deadline else { throw HostileDaemon.Failure(text: "waited in vain") }
    }
  }

  @Test func `E5: a hundred who sign in at one time hold up nobody who reads`() async throws {
    let variables = ["OFFPRINTD_LIMITS_ACCOUNT_DEVICES": "0"]
    try await HostileDaemon.run(variables: variables) {
      let daemon = try theDaemon()
      let password = String(RealWorld.password.dropLast())
      let body = Array(#"{"user":"ana","password":"\#(password)","device":"raw"}"#.utf8)
      let reader = try RawClient(port: daemon.port)
      let read = String(decoding: RawRequest("GET", "/v1/changes?limit=1", token: daemon.ben).bytes, as: UTF8.self)
      let isDone = Mutex(false)
      // It reads one page after the other for as long as anybody waits to be signed in.
      let reads = Task { () throws -> [Duration] in
        var times: [Duration] = []
        repeat {
          let began = ContinuousClock.now
          #expect(try await reader.exchange(read).status == 200)
          times.append(ContinuousClock.now - began)
        } while !isDone.withLock { $0 }
        return times.sorted()
      }
      let start = ContinuousClock.now
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 { group.addTask { try await daemon.send(.json("/v1/devices", token: nil, body)).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      isDone.withLock { $0 = true }
      let whole = ContinuousClock.now - start
      // Some find no room in the queue and are told so at once.
      #expect(Set(statuses).isSubset(of: [201, 503]) && statuses.contains(201), "\(Set(statuses))")
      let times = try await reads.value
      let slow = times[times.count * 95 / 100]
      FileHandle.standardError.write(
        Data("E5: p95 of \(times.count) reads beside 100 sign-ins is \(slow); all of them took \(whole)\n".utf8))
      // It is 200 ms on a machine that does nothing else; what waits behind the hashing takes most of the whole.
      #expect(slow < max(.milliseconds(200), whole / 60), "\(slow) of \(whole)")
    }
  }
}
