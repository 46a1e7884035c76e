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
  /// What happened, for whoever looks into a seed.
  var log: [String] = []
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
    for index in devices.indices where !devices[index].touched.isEmpty {
      log.append(
        "\(devices[index].name) now "
          + devices[index].touched.sorted().map {
            "\($0): \(devices[index].state($0)?.entries.map(\.description) ?? ["absent"])"
          }.joined(separator: " | "))
    }
    if !server.touched.isEmpty {
      log.append(
        "server now "
          + server.touched.sorted().map { "\($0): \(server.state($0)?.entries.map(\.description) ?? ["absent"])" }
          .joined(separator: " | "))
    }
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
    log.append("-- \(time - 1_800_000_000_000)")
    let index = random.below(devices.count)
    switch random.below(62) {
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
    log.append(
      "deliver push \(push.id) of \(push.device) cursor \(push.cursor ?? -1) epoch \(push.epoch ?? -1), server head \(server.head) floor \(server.floor) epoch \(server.epoch): \(push.records.keys.sorted())"
    )
    let luck = isLossy ? random.below(20) : 19
    if luck < 2 {
      network.remove(at: place)
      return
    }
    let forgets = broken == .ackWithoutCommit && random.oneIn(12)
    let answer = server.handle(push, at: time, forgets: forgets)
    if luck >= 5 { network.remove(at: place) }
    tell()
    if case .synced(let id, _, _, _, _) = answer { oracle.acknowledged(id) }
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
    log.append("answer to \(name): \("\(answer)".prefix(60))")
    switch answer {
    case .synced(let id, let epoch, let head, let time, let records):
      take(index, epoch, head, time, records)
      for key in devices[index].records.keys where records[key] == nil && devices[index].confirmed[key] != nil {
        // A valid cursor owes every removal: only tombstones can be missing.
        if devices[index].records[key]?["life"]?.value != "\"dead\"" { devices[index].confirmed[key] = nil }
      }
      dropTombstones(index)
      tell()
      oracle.answered(id)
    case .expired(let epoch, let head, let time, let records):
      take(index, epoch, head, time, records)
      settleExpired(index, met: records)
    case .otherLog(let epoch, let head, let time, let records):
      take(index, epoch, head, time, records)
      for key in devices[index].records.keys where records[key] == nil {
        if broken == .dropOnForeignLog, !devices[index].isDirty(key) {
          devices[index].forget(key)
        } else {
          devices[index].confirmed[key] = nil
        }
      }
    }
  }

  private mutating func take(_ index: Int, _ epoch: Int, _ head: Int, _ then: Int64, _ records: [Key: ToyDevice.Record])
  {
    devices[index].estimate = devices[index].estimate ?? 0
    devices[index].contact = max(devices[index].contact, then)
    for (key, record) in records { devices[index].receive(key, record, at: time) }
    devices[index].epoch = epoch
    devices[index].cursor = head
  }

  /// Absence means deletion here: live records go to the trash, a save never tried stays.
  private mutating func settleExpired(_ index: Int, met: [Key: ToyDevice.Record]) {
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
