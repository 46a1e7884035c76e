import OffprintOracle

/// A hand-written history of one account: three devices `A`, `B`, `C` and the server `S`.
struct Story {
  typealias Key = Oracle.RecordKey
  typealias Held = Oracle.Held

  var oracle = Oracle()
  var held: [String: [Key: [String: Held]]] = [:]
  static let article = Key("article", "a")
  static let progress = Key("progress", "a")
  static let ids = ["A": "000000000000000a", "B": "000000000000000b", "C": "000000000000000c", "S": "00000000000000ff"]

  init() {
    for name in ["A", "B", "C"] { oracle.addDevice(name, account: "ana", replicaID: Self.ids[name] ?? "") }
    oracle.addServer("S", account: "ana", replicaID: Self.ids["S"] ?? "")
  }

  /// A stamp of so many milliseconds.
  static func stamp(_ milliseconds: Int, _ device: String, counter: Int = 0) -> String {
    func hex(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: digits - text.count) + text
    }
    return hex(milliseconds, 12) + "-" + hex(counter, 8) + "-" + (ids[device] ?? device)
  }

  static func position(_ fraction: Int, round: Int = 1, seen: [(String, Int)] = []) -> String {
    let members = seen.map { "\"\(ids[$0.0] ?? $0.0)\":\"\(stamp($0.1, $0.0))\"" }.joined(separator: ",")
    return "{\"finished\":false,\"fraction\":\(fraction),\"locator\":null,\"round\":\(round),\"seen\":{\(members)}}"
  }

  func state(_ replica: String, _ key: Key) -> Oracle.State? {
    held[replica]?[key].map { Oracle.State(Array($0.values)) }
  }

  var found: [Oracle.Invariant] { oracle.violations.map(\.invariant) }

  func states(_ replica: String) -> [Key: Oracle.State] {
    Dictionary(uniqueKeysWithValues: (held[replica] ?? [:]).map { ($0.key, Oracle.State(Array($0.value.values))) })
  }

  /// A person writes registers of a record on a device; with `at` nil the stamp is not fixed yet.
  mutating func write(_ device: String, _ key: Key, _ writes: [(String, String)], at milliseconds: Int?) {
    let made = oracle.begin(device, at: 0, writes.map { Oracle.Intent(key, $0.0, $0.1) })
    for (name, value) in writes {
      held[device, default: [:]][key, default: [:]][name] = Held(
        name, milliseconds.map { Self.stamp($0, device) }, value)
    }
    oracle.finish(made, .committed)
    look(device, key)
  }

  mutating func read(_ device: String, to fraction: Int, at milliseconds: Int, seen: [(String, Int)] = []) {
    write(
      device, Self.progress,
      [("at:" + (Self.ids[device] ?? ""), Self.position(fraction, seen: seen))], at: milliseconds)
  }

  mutating func look(_ replica: String, _ key: Key) { oracle.observe(replica, key, state(replica, key)) }

  /// Puts a register into a copy, whoever wrote it.
  mutating func put(_ replica: String, _ key: Key, _ register: Held) {
    held[replica, default: [:]][key, default: [:]][register.name] = register
    look(replica, key)
  }

  /// One replica joins what another holds; by the rule, or by taking the other's word.
  mutating func carry(_ key: Key, from source: String, to target: String, byTheRule: Bool = true) {
    if source != "S", let state = state(source, key) { _ = oracle.sent(source, [key: state]) }
    for (name, theirs) in held[source]?[key] ?? [:] {
      let mine = held[target]?[key]?[name]
      let isLess = mine.map { ($0.stamp ?? "", $0.value) < (theirs.stamp ?? "", theirs.value) } ?? true
      if isLess || !byTheRule { held[target, default: [:]][key, default: [:]][name] = theirs }
    }
    look(target, key)
  }

  mutating func drop(_ replica: String, _ key: Key, toTrash: Bool = false) {
    if toTrash, let state = state(replica, key) { oracle.journalled(replica, [key: state]) }
    held[replica]?[key] = nil
    look(replica, key)
  }

  /// Everybody syncs by the rule, and the end is checked.
  mutating func end(devices: [String] = ["A", "B", "C"], syncing: Bool = true) {
    if syncing {
      for _ in 0..<2 {
        for device in devices {
          for key in (held[device] ?? [:]).keys.sorted() { carry(key, from: device, to: "S") }
          for key in (held["S"] ?? [:]).keys.sorted() { carry(key, from: "S", to: device) }
        }
      }
    }
    _ = oracle.finalCheck(
      devices: Dictionary(uniqueKeysWithValues: devices.map { ($0, states($0)) }), server: "S", states("S"))
  }
}
