import OffprintOracle

/// The toy's server: records with numbers, a floor, a log's epoch.
struct ToyServer {
  typealias Key = Oracle.RecordKey
  static let replica = "00000000000000ff"

  struct Row {
    var number: Int
    var record: ToyDevice.Record
    var since: Int64
  }

  struct Push {
    var id: Int
    var device: String
    var epoch: Int?
    var cursor: Int?
    var records: [Key: ToyDevice.Record]
  }

  /// What the server says, with everything it holds.
  struct Answer {
    enum Kind {
      case synced, expired
      /// The log is a restored one; up to this number it is the client's own.
      case forked(Int)
    }

    var kind: Kind
    var push: Int
    var epoch: Int
    var head: Int
    var time: Int64
    var rows: [Key: Row]
  }

  var broken: BrokenRule?
  var rows: [Key: Row] = [:]
  var head = 0
  var floor = 0
  var epoch = 1
  var touched: Set<Key> = []

  /// The logs this one descends from, with the numbers up to which it shares them.
  var forks: [(epoch: Int, head: Int)] = []

  func state(_ key: Key) -> Oracle.State? {
    rows[key].map { row in Oracle.State(row.record.map { Oracle.Held($0.key, $0.value.stamp, $0.value.value) }) }
  }

  var states: [Key: Oracle.State] { Dictionary(uniqueKeysWithValues: rows.keys.map { ($0, state($0) ?? .init([])) }) }

  mutating func put(_ key: Key, _ record: ToyDevice.Record, at time: Int64) {
    let joined = ToyDevice.join(rows[key]?.record ?? [:], record, broken: broken)
    guard joined != rows[key]?.record else { return }
    head += 1
    rows[key] = Row(number: head, record: joined, since: time)
    touched.insert(key)
  }

  mutating func handle(_ push: Push, at time: Int64, forgets: Bool) -> Answer {
    var answer = Answer(kind: .synced, push: -1, epoch: epoch, head: head, time: time, rows: rows)
    guard let cursor = push.cursor else { return answer }
    if push.epoch != epoch {
      let first = forks.firstIndex { $0.epoch == push.epoch } ?? 0
      answer.kind = .forked(forks[first...].map(\.head).min() ?? 0)
      return answer
    }
    guard cursor >= floor || broken == .expiredPushIsApplied else {
      answer.kind = .expired
      return answer
    }
    if !forgets { for (key, record) in push.records.sorted(by: { $0.key < $1.key }) { put(key, record, at: time) } }
    return Answer(kind: .synced, push: push.id, epoch: epoch, head: head, time: time, rows: rows)
  }

  /// Writes dead to the children of dead articles, and removes what has been dead for longer than the retention.
  mutating func purge(retention: Int64, at time: Int64) {
    for (key, row) in rows.sorted(by: { $0.key < $1.key })
    where row.record["life"]?.value == "\"dead\"" && time - row.since > retention {
      for child in rows.keys.sorted() where Self.parent(of: child, rows[child]?.record ?? [:]) == key {
        guard let record = rows[child]?.record, record["life"]?.value != "\"dead\"" else { continue }
        let base = record["life"]?.stamp.map(ToyDevice.parts)
        let stamp = ToyDevice.later((time, 0), base.map { ($0.0, $0.1 + 2) } ?? (0, 0))
        put(
          child,
          ["life": ToyRegister(stamp: ToyDevice.stamp(stamp.0, stamp.1, Self.replica), value: "\"dead\"")], at: time)
      }
    }
  }

  mutating func remove(retention: Int64, at time: Int64) {
    for (key, row) in rows.sorted(by: { $0.key < $1.key })
    where row.record["life"]?.value == "\"dead\"" && time - row.since > retention {
      let hasChildren = rows.contains { Self.parent(of: $0.key, $0.value.record) == key }
      guard !hasChildren else { continue }
      floor = max(floor, row.number)
      rows[key] = nil
      touched.insert(key)
    }
  }

  static func parent(of key: Key, _ record: ToyDevice.Record) -> Key? {
    switch key.type {
    case "progress": Key("article", key.id)
    case "bookmark": record["article"].map { Key("article", String($0.value.dropFirst().dropLast())) }
    default: nil
    }
  }
}
