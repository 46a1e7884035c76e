import OffprintOracle
import OffprintSeed

extension ToyWorld {
  /// One action of a person; one in twelve meets a crash.
  mutating func edit(_ index: Int) {
    let device = devices[index]
    let article = Key("article", "a\(random.below(4))")
    let isLive = device.records[article].map { $0["life"]?.value != "\"dead\"" } ?? false
    var writes: [(Key, String, String)] = []
    switch random.below(20) {
    case 0..<4:
      writes = [
        (article, "life", "\"live\""), (article, "url", "\"\(article.id)\""), (article, "saved", "\(number())"),
      ]
    case _ where !isLive: return
    case 4..<7: writes = [(article, "title", "\"t\(number())\"")]
    case 7..<9: writes = [(article, "archived", random.oneIn(2) ? "true" : "false")]
    case 9..<11:
      let bookmark = Key("bookmark", "b\(number())")
      writes = [
        (bookmark, "life", "\"live\""), (bookmark, "article", "\"\(article.id)\""),
        (bookmark, "note", "\"n\(number())\""), (article, "life", "\"live\""),
      ]
    case 11:
      let marks = device.records.filter { $0.key.type == "bookmark" && $0.value["life"]?.value == "\"live\"" }
      guard let bookmark = marks.keys.sorted().first else { return }
      writes = [(bookmark, "life", "\"dead\"")]
    case 12, 13: writes = [(article, "life", "\"dead\"")]
    default: writes = [position(Key("progress", article.id), device)]
    }
    if writes[0].0.type == "progress", device.records[writes[0].0]?["life"]?.value == "\"dead\"" {
      writes.append((writes[0].0, "life", "\"live\""))
    }
    perform(writes, on: index)
  }

  private mutating func position(_ key: Key, _ device: ToyDevice) -> (Key, String, String) {
    let shown = device.shown(key)
    let isRestart = random.oneIn(12) && shown != nil
    let from = shown?.fraction ?? 0
    var fraction = random.oneIn(4) ? random.below(from + 1) : min(1_000_000, from + 1 + random.below(200_000))
    if isRestart { fraction = 0 }
    var seen: [String: String] = [:]
    for (name, register) in device.records[key] ?? [:] where name.hasPrefix("at:") {
      if let stamp = register.stamp { seen[String(name.dropFirst(3))] = stamp }
    }
    if broken == .seenOfOneOnly, let greatest = seen.max(by: { $0.value < $1.value }) {
      seen = [greatest.key: greatest.value]
    }
    let round = (shown?.round ?? 1) + (isRestart ? 1 : 0)
    return (key, "at:" + device.replica, ToyPosition(fraction: fraction, round: round, seen: seen).json)
  }

  private mutating func perform(_ writes: [(Key, String, String)], on index: Int) {
    let made = oracle.begin(
      devices[index].name, at: time, writes.map { Oracle.Intent($0.0, $0.1, $0.2) })
    let luck = random.below(24)
    if luck == 0 {
      oracle.finish(made, .notDone)
      return
    }
    if luck != 1 {
      for (key, register, value) in writes { devices[index].write(key, register, value, at: time) }
      if broken == .savesDefaults, writes.contains(where: { $0.1 == "url" }) {
        devices[index].write(writes[0].0, "title", "\"\"", at: time)
      }
    }
    guard luck <= 2 else {
      oracle.finish(made, .committed)
      return
    }
    if broken == .halfAnAction, luck == 1 { devices[index].write(writes[0].0, writes[0].1, writes[0].2, at: time) }
    oracle.finish(made, .unknown)
    crash(index)
  }

  private mutating func crash(_ index: Int) {
    if broken == .forgetsUnfixedAtCrash {
      for (key, edits) in devices[index].made {
        for (name, edit) in edits where edit.stamp == nil {
          devices[index].records[key]?[name] = edit.base
          devices[index].made[key]?[name] = nil
        }
      }
    }
    oracle.restarted(devices[index].name, devices[index].states)
    restart(index)
  }

  mutating func restart(_ index: Int) {
    devices[index].boot += 1
    devices[index].estimate = nil
    outstanding[devices[index].name] = nil
    answers[devices[index].name] = nil
    if random.oneIn(3) { devices[index].wallOffset = offset() }
    oracle.mistookAges(devices[index].name)
  }

  mutating func restoreServer() {
    let recent = serverBackups.filter { time - $0.time < retention / 2 }
    guard !recent.isEmpty else { return }
    let chosen = random.pick(recent)
    server = chosen.server
    server.forks.append((server.epoch, server.head))
    server.touched = []
    server.epoch = number() + 10
    if broken == .lossyBackup, let first = server.rows.keys.sorted().first { server.rows[first] = nil }
    serverBackups = []
    let isSecond = lastRestore.map { time - $0 < 2 * retention } ?? false
    lastRestore = time
    oracle.restored(serverName, from: chosen.backup, server.states, isBeyondRetention: isSecond)
  }

  mutating func purge() {
    server.purge(retention: retention, at: time)
    tell()
    server.remove(retention: retention, at: time)
  }

  /// Old tombstones go at the end of a sync: before, the device could not know that a restored server needs them.
  mutating func dropTombstones(_ index: Int) {
    let keep = broken == .tombstonesGoEarly ? 0 : 2 * retention
    for (key, since) in devices[index].deadSince where time - since > keep && !devices[index].isDirty(key) {
      devices[index].forget(key)
    }
  }

  mutating func restoreDevice(_ index: Int) {
    let own = deviceBackups.filter { $0.index == index }
    guard !own.isEmpty else { return }
    let chosen = random.pick(own)
    devices[index] = chosen.device
    devices[index].touched = []
    oracle.restored(devices[index].name, from: chosen.backup, devices[index].states)
    restart(index)
    takeOwnID(index)
  }

  mutating func clone(_ index: Int) {
    guard devices.count < 6 else { return }
    var copy = devices[index]
    copy.name = "device 0/\(devices.count)"
    oracle.cloned(devices[index].name, to: copy.name)
    devices.append(copy)
    restart(devices.count - 1)
    takeOwnID(devices.count - 1)
  }

  private mutating func takeOwnID(_ index: Int) {
    guard broken != .copiesKeepTheirID else { return }
    let id = replicaID()
    devices[index].rekey(to: id, at: time)
    oracle.rekeyed(devices[index].name, to: id)
  }

  mutating func resetDevice(_ index: Int) {
    let dirty = devices[index].records.keys.filter { devices[index].isDirty($0) }
    guard dirty.isEmpty && devices[index].epoch == server.epoch || broken == .resetsThrowAway else { return }
    let old = devices[index]
    let id = replicaID()
    devices[index] = ToyDevice(name: old.name, replica: id, broken: broken)
    devices[index].wallOffset = old.wallOffset
    oracle.reset(old.name, discardingUnsent: false)
    oracle.rekeyed(old.name, to: id)
    outstanding[old.name] = nil
    answers[old.name] = nil
  }

  /// The end: no faults, rounds until nothing changes.
  mutating func settle() {
    network = []
    outstanding = [:]
    answers = [:]
    for _ in 0..<30 {
      time += 1_000
      let before = devices.map { device in
        var still = device
        still.contact = 0
        return still
      }
      let head = server.head
      for index in devices.indices {
        send(index)
        deliver(network.count - 1, isLossy: false)
        receive(index)
        tell()
      }
      if head == server.head,
        before
          == devices.map({ device in
            var still = device
            still.contact = 0
            return still
          })
      {
        break
      }
    }
    let states = Dictionary(uniqueKeysWithValues: devices.map { ($0.name, $0.states) })
    _ = oracle.finalCheck(devices: states, server: serverName, server.states)
    for device in devices {
      for key in device.records.keys.sorted() where key.type == "progress" {
        guard device.records[key]?["life"]?.value != "\"dead\"" else { continue }
        oracle.showed(
          device.name, key,
          device.shown(key).map { Oracle.ShownPosition(fraction: $0.fraction, round: $0.round) })
      }
    }
  }
}
