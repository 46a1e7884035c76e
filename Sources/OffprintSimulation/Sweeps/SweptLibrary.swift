import Offprint
import OffprintFaultDisk
import OffprintHTTP
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire

/// A library under a sweep: its making, signing in, edits of all kinds, syncs with the shipped server core while another
/// device writes too, closing and opening.
final class SweptLibrary: Swept {
  let device: SimulatedDevice
  let server: SweepServer
  let name = "client"
  let repeatsWhole = false
  private let schema: Schema
  private var other = OtherDevice()
  /// Machines that copies went on at, one after the other.
  private var machines = 0
  /// Whether the server's disk fails and crashes too.
  var serverMayFail = false
  private static let script = LibraryScript()

  /// What a server is before any library knows it: made once, copied for each run.
  private static let prepared: FaultImage? = {
    let server = SweepServer(disk: FaultDisk(seed: 3))
    server.setMoment(SweepServer.began, seed: 4)
    guard (try? server.start()) != nil, (try? server.makeAccount("ana")) != nil else { return nil }
    server.stop()
    return server.disk.image()
  }()

  init(
    disk: FaultDisk = FaultDisk(seed: 2), schema: Schema = LibrarySchema.schema, server image: FaultImage? = nil
  ) throws {
    self.schema = schema
    let clocks = FakeDevice(wall: SweepServer.began, seed: 5)
    device = SimulatedDevice(name: "client", account: 0, disk: disk, clocks: clocks)
    device.schema = schema
    server = SweepServer(disk: FaultDisk(seed: 3))
    guard let image = image ?? Self.prepared else { throw SweepFinding(.failed, "the server cannot be prepared") }
    server.disk.restore(image)
  }

  var disk: FaultDisk { device.disk }
  var steps: [SweptStep] {
    Self.script.steps.map { step in
      SweptStep(name: step.name, isAtomic: step.isAtomic, isRestart: step.isRestart)
    }
  }
  var isRunning: Bool { device.store != nil }

  func start() throws {
    if !server.isRunning { try shelter { try server.start() } }
    device.clocks.reseed(77)
    try device.open()
  }

  func abandon(lostPower: Bool) {
    device.forgetProcesses()
    if lostPower { device.clocks.reboot() }
  }

  func stop() { device.closeLast() }

  func store() throws -> LibraryStore {
    guard let store = device.store else { throw OffprintError(.failed, "the library is not open") }
    return store
  }

  func perform(_ step: Int, attempt: Int) throws {
    let moment = max(SweepServer.began + Int64(step) * 60_000, device.clocks.wall)
    device.clocks.advance(milliseconds: moment - device.clocks.wall)
    // A repeat draws the same ids; but the server gives each sign-in another token.
    device.clocks.reseed(UInt64(step) &+ 2_000)
    server.setMoment(moment, seed: UInt64(step) &+ 3_000 &+ UInt64(attempt) * 1_000_000)
    switch Self.script.steps[step].action {
    case .edit(let edit): try edit(try store())
    case .signIn: try signIn()
    case .sync(let others):
      try shelter { try other.push(others, step: step, to: server) }
      try sync()
    case .reopen:
      device.closeLast()
      guard !disk.isDown else { return }
      try device.open()
    }
  }

  /// Lets the server work while neither the device's disk nor memory fails.
  private func shelter<T>(_ body: () throws -> T) rethrows -> T {
    try serverMayFail ? body() : server.disk.withoutFaults(body)
  }

  private func signIn() throws {
    let signIn = try SignIn(
      to: SimulatedDaemon.url, user: "ana", password: SweepServer.password, device: "client")
    let answer = try shelter { try server.answer(World.message(signIn.request)) }
    guard case .signedIn = try signIn.finish(answer, roundTrip: 0, in: store()) else {
      throw SweepFinding(.failed, "the library was taken for another account's")
    }
  }

  /// Syncs over a line that never fails.
  func sync(_ options: SyncOptions = SyncOptions(allowDeletes: true)) throws {
    let session = try SyncSession(of: store(), options, holder: "sweep")
    var requests = 0
    while let request = try session.next() {
      requests += 1
      guard requests < 200 else { throw SweepFinding(.failed, "the sync does not end") }
      let answer = try shelter { try server.answer(World.message(request)) }
      try session.receive(answer)
    }
  }

  func state() throws -> SweptState {
    let store = try store()
    return try disk.withoutFaults {
      try store.read {
        var state = SweptState()
        let own = store.replicaID.description
        for held in try store.heldRecords() {
          guard let registers = try store.heldRegisters(held.key) else { continue }
          var values: [String: String] = [:]
          for register in registers {
            let isPosition = held.key.type == .progress && register.name.text.hasPrefix("at:")
            // Which id a library drew, and how it was stamped, may differ from run to run.
            let name = isPosition ? register.name.text.replacing(own, with: "mine") : register.name.text
            values[name] = isPosition ? Self.place(register.value) : register.value.text
          }
          state.records["\(held.key)"] = values
        }
        for hash in Self.script.contents where try store.holds(content: hash) {
          state.rest["content \(hash.prefix(8))"] = "here"
        }
        return state
      }
    }
  }

  /// Where somebody reads, without what they had seen of others.
  private static func place(_ value: CanonicalValue) -> String {
    guard let json = try? JSONValue(parsing: value.bytes) else { return value.text }
    return "\(json["fraction"]?.integer ?? -1) in round \(json["round"]?.integer ?? -1)"
      + (json["finished"]?.bool == true ? ", finished" : "")
  }

  func faults() throws -> [String] {
    let store = try store()
    return try disk.withoutFaults {
      var faults = try store.integrityErrors()
      try store.read {
        let report = try store.verifyRecords()
        faults += report.damagedRecords.map { "\($0) has another hash than its row" }
        if !report.indexMatches { faults.append("the digest is not that of the rows") }
        faults += try cursorFaults(store)
      }
      return faults
    }
  }

  /// What the server numbered up to the cursor must be here: a cursor never goes ahead of its rows.
  private func cursorFaults(_ store: LibraryStore) throws -> [String] {
    guard let number = try store.position().number, server.isRunning else { return [] }
    let account = try server.running().store.read { try $0.accounts().first?.id }
    guard let account else { return [] }
    var faults: [String] = []
    try server.disk.withoutFaults {
      try server.running().store.read { reader in
        try reader.forEachRecord(of: account, after: 0, deadAfter: .max) { stored in
          guard stored.number <= number else { return false }
          if try store.heldRegisters(stored.record.key) == nil {
            faults.append("the cursor is at \(number) and \(stored.record.key) of \(stored.number) is not here")
          }
          return true
        }
      }
    }
    return faults
  }

  func copy() throws -> SweptLibrary {
    let disk = FaultDisk(seed: 2)
    disk.restore(self.disk.image())
    let copy = try SweptLibrary(disk: disk, schema: schema, server: server.disk.image())
    copy.other = other
    copy.machines = machines + 1
    copy.device.clocks.setWall(milliseconds: device.clocks.wall)
    for _ in 0..<copy.machines { copy.device.clocks.reboot() }
    return copy
  }

  func catchUp(_ step: Int, wasDone: Bool) throws {
    let action = Self.script.steps[step]
    switch action.action {
    case .reopen: return
    case .signIn: if !wasDone { try perform(step, attempt: 1) }
    case .sync: try perform(step, attempt: 1)
    // Values that a later edit has replaced are written in their order once more; but a bookmark once made is made.
    case .edit: if !wasDone || !action.name.hasPrefix("bookmark") { try perform(step, attempt: 1) }
    }
  }

  func lasting(_ state: SweptState) -> SweptState {
    var records: [String: [String: String]] = [:]
    for (key, values) in state.records where !key.hasPrefix("progress:") {
      let name =
        key.hasPrefix("bookmark:") ? "bookmark of \(values["article"] ?? "-"): \(values["note"] ?? "-")" : key
      records[name] = values.filter { $0.key != "saved" && $0.key != "created" }
    }
    return SweptState(records: records, rest: state.rest)
  }

  func read() throws {
    let store = try store()
    try store.read {
      for article in try store.articles(ArticleQuery(filter: .all, sort: .saved, limit: 100)) {
        _ = try store.article(article.id)
      }
      _ = try store.bookmarks(of: nil)
    }
  }

  func isDiskFull(_ error: any Error) -> Bool { (error as? OffprintError)?.code == .diskFull }

  /// Syncs once more; then both must hold the same.
  func endFaults() throws -> [String] {
    if !server.isRunning { try server.start() }
    device.clocks.advance(milliseconds: 7_200_000)
    server.setMoment(device.clocks.wall, seed: 9)
    for _ in 0..<3 {
      do { try sync() } catch let error as OffprintError where error.code == .notSignedIn {
        try signIn()
        try sync()
      }
      if try differences().isEmpty { return [] }
    }
    return try differences()
  }

  /// Every register's value as it is held.
  private func rawValues() throws -> [String: [String: String]] {
    let store = try store()
    return try store.read {
      var records: [String: [String: String]] = [:]
      for held in try store.heldRecords() {
        var values: [String: String] = [:]
        for register in try store.heldRegisters(held.key) ?? [] { values[register.name.text] = register.value.text }
        records["\(held.key)"] = values
      }
      return records
    }
  }

  /// Where library and server differ.
  func differences() throws -> [String] {
    let store = try store()
    let held = try rawValues()
    let theirs = try server.state().records
    var faults: [String] = []
    for (name, registers) in theirs.sorted(by: { $0.key < $1.key }) {
      let key = String(name.prefix { $0 != " " })
      let wanted = registers.filter { !$0.key.hasPrefix("-") }.mapValues {
        String($0[..<($0.lastIndex(of: " ") ?? $0.endIndex)])
      }
      if held[key] != wanted { faults.append("\(key) differs: \(held[key] ?? [:]) and \(wanted)") }
    }
    for (key, values) in held.sorted(by: { $0.key < $1.key }) where theirs["\(key) of ana"] == nil {
      // What was made and deleted, and forgotten by a server that went back, is gone on both sides: no digest differs by it.
      guard values["life"] != "\"dead\"" else { continue }
      faults.append("\(key) is not at the server")
    }
    let unsent = try store.read { try store.unsentCount() }
    if unsent > 0 { faults.append("\(unsent) records are unsent") }
    return faults
  }
}
