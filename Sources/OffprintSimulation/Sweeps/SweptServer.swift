import OffprintCrypto
import OffprintFaultDisk
import OffprintGzip
import OffprintHTTP
import OffprintSQLite
import OffprintSeed
import OffprintServer
import OffprintTesting
import OffprintWire

/// The server under a sweep: accounts, sign-ins, fifty pushes of three devices as gzipped JSON, contents, a purge and
/// restarts, each request through the shipped core.
final class SweptServer: Swept {
  let server: SweepServer
  let name = "server"
  let repeatsWhole = true
  private let schema: Schema
  private var senders = [Sender("ana", 1), Sender("ana", 2), Sender("ben", 3)]
  private var bodies: [Int: [UInt8]] = [:]
  private static let script = ServerScript()

  /// A signed-in device, seen from outside: what it remembers outlives the server's crashes.
  private struct Sender {
    let user: String
    let replica: ReplicaID
    var token: String?
    var cursor: String?
    var n: Int64 = 0

    init(_ user: String, _ replica: UInt64) {
      self.user = user
      self.replica = ReplicaID(bits: replica)
    }
  }

  /// An answer that is not the one a step needs.
  struct Refused: Error, CustomStringConvertible {
    let status: Int
    let body: String
    var description: String { "\(status): \(body.prefix(120))" }
  }

  init(disk: FaultDisk = FaultDisk(seed: 1), schema: Schema = ServerSchema.schema) {
    self.schema = schema
    server = SweepServer(disk: disk, schema: schema)
  }

  var disk: FaultDisk { server.disk }
  var steps: [SweptStep] {
    Self.script.steps.map { SweptStep(name: $0.name, isAtomic: $0.isAtomic, isRestart: $0.isRestart) }
  }
  var isRunning: Bool { server.isRunning }

  func start() throws { try server.start() }
  func abandon(lostPower: Bool) { server.stop() }
  func stop() { server.stop() }

  func state() throws -> SweptState { try server.state(contents: Self.script.contents.map { SHA256.hash($0) }) }
  func faults() throws -> [String] { try server.faults() }
  func endFaults() throws -> [String] { [] }

  func copy() throws -> SweptServer {
    let disk = FaultDisk(seed: 1)
    disk.restore(self.disk.image())
    let copy = SweptServer(disk: disk, schema: schema)
    copy.senders = senders
    copy.bodies = bodies
    return copy
  }

  func catchUp(_ step: Int, wasDone: Bool) throws {
    switch Self.script.steps[step].action {
    case .restart: return
    // What had been refused is pushed anew, and then has to go with all that is old.
    case .purge: try perform(step, attempt: 1)
    case .push(let index, let records):
      guard !wasDone else { return }
      server.setMoment(Self.script.time(of: step), seed: UInt64(step) &+ 5_000)
      senders[index].cursor = try readAll(by: senders[index])
      bodies[step] = nil
      try push(step, by: index, records)
    default: if !wasDone { try perform(step, attempt: 1) }
    }
  }

  func lasting(_ state: SweptState) -> SweptState {
    SweptState(
      records: state.records.mapValues { $0.filter { !$0.key.hasPrefix("-") } },
      rest: state.rest.filter { $0.key.contains(" content ") })
  }

  func read() throws {
    guard let sender = senders.first(where: { $0.token != nil }) else { return }
    _ = try send("GET", "/v1/changes", by: sender)
  }

  func isDiskFull(_ error: any Error) -> Bool {
    if let refused = error as? Refused { return refused.status == 507 && refused.body.contains("storage-full") }
    return error as? StoreError == .full
  }

  func perform(_ step: Int, attempt: Int) throws {
    // Whoever signs in anew gets another token: the first may be there already.
    let action = Self.script.steps[step].action
    let salt = if case .signIn = action { UInt64(attempt) * 1_000_000 } else { UInt64(0) }
    server.setMoment(Self.script.time(of: step), seed: UInt64(step) &+ 1_000 &+ salt)
    switch action {
    case .account(let name): try server.makeAccount(name)
    case .signIn(let index): try signIn(index)
    case .push(let index, let records): try push(step, by: index, records)
    case .upload(let index, let content):
      let bytes = Self.script.contents[content]
      _ = try send(
        "PUT", "/v1/contents/\(Hex.encode(SHA256.hash(bytes)))", by: senders[index],
        body: Gzip.deflate(bytes, level: 1),
        isGzip: true)
    case .pull(let index): senders[index].cursor = try readAll(by: senders[index])
    case .purge: try server.running().core.keepUp()
    case .restart:
      server.stop()
      // Between the two the machine may go down: then there is nobody to start.
      guard !disk.isDown else { return }
      try server.start()
    }
  }

  /// Reads everything from nothing, page by page; gives the last cursor.
  private func readAll(by sender: Sender) throws -> String {
    var query: String?
    while true {
      let end = try TestDevice.read(send("GET", "/v1/changes", query: query, by: sender)).end
      guard end.more else { return end.cursor }
      query = "since=\(end.cursor)"
    }
  }

  private func signIn(_ index: Int) throws {
    let body = JSONValue.members(
      ("device", .string("device \(index)")), ("password", .string(SweepServer.password)),
      ("user", .string(senders[index].user))
    ).canonicalBytes
    let answer = try server.answer(
      HTTPRequest(
        method: "POST", path: "/v1/devices", query: nil, headers: ["Content-Type": "application/json"], body: body,
        peer: "192.0.2.1"))
    guard answer.status == 201 else { throw Self.refused(answer) }
    senders[index].token = try JSONValue(parsing: answer.body)["token"]?.string
  }

  private func push(_ step: Int, by index: Int, _ records: [Record]) throws {
    if bodies[step] == nil {
      senders[index].n += 1
      let replica = senders[index].replica
      let json = SyncRequest.encode(
        cursor: senders[index].cursor, limit: nil, replica: replica, n: senders[index].n,
        nonce: FixedHex.text(UInt64(step), digits: 16),
        records: records.map { record in
          PushedRecord(
            record: record,
            new: record.registers.entries.filter { $0.register.stamp.replica == replica }.map(\.name), again: false)
        })
      bodies[step] = try Gzip.deflate(json, level: 1)
    }
    let answer = try send("POST", "/v1/sync", by: senders[index], body: bodies[step] ?? [], isGzip: true)
    let read = try TestDevice.read(answer)
    for case (let result) in read.results {
      if case .refused(let refusal) = result.outcome { throw Refused(status: 200, body: "refused: \(refusal)") }
    }
    senders[index].cursor = read.end.cursor
  }

  private func send(
    _ method: String, _ path: String, query: String? = nil, by sender: Sender, body: [UInt8] = [], isGzip: Bool = false
  ) throws -> HTTPResponse {
    guard let token = sender.token else { throw Refused(status: 0, body: "nobody is signed in") }
    var headers: HTTPHeaders = ["Authorization": "Bearer \(token)", "Accept-Encoding": "gzip"]
    if !body.isEmpty {
      headers["Content-Type"] = method == "PUT" ? "application/octet-stream" : "application/json"
      if isGzip { headers["Content-Encoding"] = "gzip" }
    }
    let answer = try server.answer(
      HTTPRequest(method: method, path: path, query: query, headers: headers, body: body, peer: "192.0.2.1"))
    guard (200..<300).contains(answer.status) else { throw Self.refused(answer) }
    return answer
  }

  private static func refused(_ answer: HTTPResponse) -> Refused {
    Refused(status: answer.status, body: String(decoding: answer.body, as: UTF8.self))
  }
}
