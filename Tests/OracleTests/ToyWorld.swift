import OffprintOracle
import OffprintSeed

/// Devices, a server, a lossy network and misfortunes, all told to an oracle.
struct ToyWorld {
  typealias Key = Oracle.RecordKey

  var oracle = Oracle()
  var random: SeededGenerator
  var broken: BrokenRule?
  var time: Int64 = 1_800_000_000_000
  var server = ToyServer()
  var devices: [ToyDevice] = []
  var network: [ToyServer.Push] = []
  /// What a device waits for, and the answer once there is one.
  var outstanding: [String: Int] = [:]
  var answers: [String: ToyServer.Answer] = [:]
  var serverBackups: [(time: Int64, server: ToyServer, backup: Oracle.BackupID)] = []
  var deviceBackups: [(index: Int, device: ToyDevice, backup: Oracle.BackupID)] = []
  var ids = 0
  let retention: Int64 = 24 * 3_600_000
  var lastRestore: Int64?
  let serverName = "server:0"
  /// Which misfortunes there are.
  var hasCopies: Bool

  init(seed: UInt64, broken: BrokenRule? = nil, hasCopies: Bool = true) {
    random = SeededGenerator(seed: seed)
    self.broken = broken
    self.hasCopies = hasCopies
    server.broken = broken
    oracle.addServer(serverName, account: "0", replicaID: ToyServer.replica)
    for index in 0..<(2 + random.below(3)) { addDevice("device 0/\(index)") }
  }

  mutating func number() -> Int {
    ids += 1
    return ids
  }

  mutating func replicaID() -> String { ToyDevice.hex(Int64(number()), 16) }

  mutating func addDevice(_ name: String) {
    let device = ToyDevice(name: name, replica: replicaID(), broken: broken)
    oracle.addDevice(name, account: "0", replicaID: device.replica)
    devices.append(device)
    devices[devices.count - 1].wallOffset = offset()
  }

  mutating func offset() -> Int64 {
    [0, 0, Int64(random.below(7_200_000)) - 3_600_000, -315_000_000_000][random.below(4)]
  }

  mutating func tell() {
    for key in server.touched.sorted() { oracle.observe(serverName, key, server.state(key)) }
    server.touched = []
    for index in devices.indices {
      for key in devices[index].touched.sorted() { oracle.observe(devices[index].name, key, devices[index].state(key)) }
      devices[index].touched = []
    }
  }

  mutating func run(steps: Int) {
    for _ in 0..<steps where oracle.violations.isEmpty {
      step()
      tell()
    }
    if oracle.violations.isEmpty { settle() }
  }

  mutating func step() {
    let index = random.below(devices.count)
    var event = random.below(62)
    if let broken, !broken.needs.isEmpty, random.oneIn(6) { event = random.pick(broken.needs) }
    switch event {
    case 0..<14: edit(index)
    case 14..<26: send(index)
    case 26..<38: deliver(random.below(max(1, network.count)), isLossy: true)
    case 38..<50: receive(index)
    case 50, 51: time += [1, 1_000, 60_000, 600_000][random.below(4)]
    case 52: time += [3_600_000, 8 * 3_600_000, 24 * 3_600_000][random.below(3)]
    case 53: restart(index)
    case 54: oracle.restarted(serverName, server.states)
    case 55: serverBackups.append((time, server, oracle.backedUp(serverName)))
    case 56: if random.oneIn(3) { restoreServer() }
    case 57: purge()
    case 58: if hasCopies { deviceBackups.append((index, devices[index], oracle.backedUp(devices[index].name))) }
    case 59: if hasCopies, random.oneIn(4) { restoreDevice(index) }
    case 60: if hasCopies, random.oneIn(6) { clone(index) }
    default: if random.oneIn(6) { resetDevice(index) }
    }
  }

  mutating func send(_ index: Int) {
    guard outstanding[devices[index].name] == nil else { return }
    var device = devices[index]
    if device.estimate == nil {
      // One question for the time; its answer is taken to arrive.
      device.estimate = 0
      device.contact = max(device.contact, time)
    }
    var push = ToyServer.Push(
      id: -1, device: device.name, epoch: device.epoch, cursor: device.cursor, records: [:])
    if device.cursor != nil {
      for key in device.records.keys.sorted() where device.isDirty(key) {
        device.fix(key, at: time)
        push.records[key] = device.records[key]
        device.tried.insert(key)
      }
    }
    devices[index] = device
    tell()
    push.id = oracle.sent(
      device.name, Dictionary(uniqueKeysWithValues: push.records.keys.map { ($0, device.state($0) ?? .init([])) }))
    if broken == .cleanAfterSending { for (key, record) in push.records { devices[index].confirmed[key] = record } }
    outstanding[device.name] = push.id
    network.append(push)
  }

  mutating func deliver(_ place: Int, isLossy: Bool) {
    guard network.indices.contains(place) else { return }
    let push = network[place]
    let luck = isLossy ? random.below(20) : 19
    if luck < 2 {
      network.remove(at: place)
      return
    }
    let forgets = broken == .ackWithoutCommit && random.oneIn(12)
    let answer = server.handle(push, at: time, forgets: forgets)
    if luck >= 5 { network.remove(at: place) }
    tell()
    oracle.acknowledged(answer.push)
    if outstanding[push.device] == push.id, luck != 6 { answers[push.device] = answer }
  }

  mutating func receive(_ index: Int) {
    let name = devices[index].name
    guard let answer = answers.removeValue(forKey: name) else {
      if random.oneIn(8) { outstanding[name] = nil }
      return
    }
    outstanding[name] = nil
    // No connection waits for hours.
    guard time - answer.time < 3_600_000 else { return }
    devices[index].estimate = devices[index].estimate ?? 0
    devices[index].contact = max(devices[index].contact, answer.time)
    devices[index].epoch = answer.epoch
    if case .forked(let shared) = answer.kind {
      fork(index, at: shared, answer)
      return
    }
    for (key, row) in answer.rows { devices[index].receive(key, row.record, number: row.number, at: time) }
    devices[index].cursor = answer.head
    if case .expired = answer.kind { settleExpired(index, met: answer.rows) }
    dropTombstones(index)
    tell()
    oracle.answered(answer.push)
  }

  /// What was learned after the fork is offered again.
  private mutating func fork(_ index: Int, at shared: Int, _ answer: ToyServer.Answer) {
    devices[index].cursor = min(devices[index].cursor ?? 0, shared)
    for (key, number) in devices[index].confirmedNumber where number > shared {
      devices[index].confirmed[key] = nil
      if broken == .dropOnForeignLog, answer.rows[key] == nil { devices[index].forget(key) }
    }
  }

  /// Absence means deletion here: live records go to the trash, a save never tried stays.
  private mutating func settleExpired(_ index: Int, met: [Key: ToyServer.Row]) {
    var trash: [Key: Oracle.State] = [:]
    for (key, record) in devices[index].records where met[key] == nil {
      let life = devices[index].made[key]?["life"]
      if life?.value == "\"live\"", !devices[index].tried.contains(key) {
        devices[index].confirmed[key] = nil
        continue
      }
      if record["life"]?.value != "\"dead\"" || devices[index].isDirty(key) { trash[key] = devices[index].state(key) }
      devices[index].forget(key)
    }
    if broken != .noTrash { oracle.journalled(devices[index].name, trash) }
  }
}
