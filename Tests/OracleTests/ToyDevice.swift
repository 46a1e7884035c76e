import OffprintOracle

/// A rule that the toy breaks on purpose.
enum BrokenRule: String, CaseIterable, Sendable {
  case noTieBreak, ackWithoutCommit, dropOnForeignLog, cleanAfterSending, stampsIgnoreBase, forgetsUnfixedAtCrash
  case halfAnAction, expiredPushIsApplied, copiesKeepTheirID, tombstonesGoEarly, noTrash, seenOfOneOnly, lossyBackup
  case savesDefaults, joinKeepsLesser, resetsThrowAway

  /// The misfortunes that show it, by their numbers in the world's step; they then come more often.
  var needs: [Int] {
    switch self {
    case .copiesKeepTheirID: [58, 59, 60, 60]
    case .expiredPushIsApplied, .noTrash: [52, 57, 57]
    case .tombstonesGoEarly: [51, 55, 56]
    case .resetsThrowAway: [61]
    default: []
    }
  }

  /// What the oracle says when it finds out.
  var findings: Set<Oracle.Invariant> {
    switch self {
    case .noTieBreak: [.allEndEqual, .acknowledgedIsKept, .stampNeverFalls, .restartKeepsDone]
    case .ackWithoutCommit: [.acknowledgedIsKept]
    case .dropOnForeignLog, .noTrash: [.nothingIsLost, .unsentIsKept]
    case .cleanAfterSending: [.allEndEqual, .unsentIsKept]
    case .stampsIgnoreBase: [.readsOwnEdits, .stampNeverFalls, .informedWins, .restartKeepsDone]
    case .forgetsUnfixedAtCrash, .halfAnAction: [.restartKeepsDone]
    case .expiredPushIsApplied: [.deletedStaysDeleted, .allEndEqual]
    case .tombstonesGoEarly: [.deletedStaysDeleted]
    case .copiesKeepTheirID:
      [.foreignStampIsNoticed]
    case .seenOfOneOnly: [.positionNamesSeen]
    case .lossyBackup: [.backupIsWhole]
    case .savesDefaults: [.valueHasAuthor]
    case .joinKeepsLesser: [.stampNeverFalls, .acknowledgedIsKept]
    case .resetsThrowAway: [.unsentIsKept]
    }
  }
}

struct ToyRegister: Equatable {
  var stamp: String?
  var value: String
}

/// One device of the toy: registers with aware stamps, provisional until the server's time is known.
struct ToyDevice: Equatable {
  typealias Key = Oracle.RecordKey
  typealias Record = [String: ToyRegister]

  /// What the stamp of an unconfirmed edit is made from.
  struct Made: Equatable {
    var wall: Int64
    var time: Int64
    var boot: Int
    var base: ToyRegister?
    var contact: Int64
    var value: String
    var isLowest = false
    var stamp: String?
  }

  var name: String
  var replica: String
  var broken: BrokenRule?
  var records: [Key: Record] = [:]
  var confirmed: [Key: Record] = [:]
  var confirmedNumber: [Key: Int] = [:]
  var made: [Key: [String: Made]] = [:]
  var tried: Set<Key> = []
  var epoch: Int?
  var cursor: Int?
  var contact: Int64 = 0
  var boot = 0
  var wallOffset: Int64 = 0
  /// The server's time minus the true time, while it is known.
  var estimate: Int64?
  var deadSince: [Key: Int64] = [:]
  var touched: Set<Key> = []

  static func stamp(_ milliseconds: Int64, _ counter: Int64, _ replica: String) -> String {
    hex(milliseconds, 12) + "-" + hex(counter, 8) + "-" + replica
  }

  static func later(_ one: (Int64, Int64), _ other: (Int64, Int64)) -> (Int64, Int64) { one < other ? other : one }

  static func hex(_ value: Int64, _ digits: Int) -> String {
    let text = String(max(0, value), radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  static func parts(_ stamp: String) -> (Int64, Int64) {
    let fields = stamp.split(separator: "-")
    return (Int64(fields[0], radix: 16) ?? 0, Int64(fields[1], radix: 16) ?? 0)
  }

  static func join(_ one: Record, _ other: Record, broken: BrokenRule?) -> Record {
    one.merging(other) { mine, theirs in
      let (first, second) = (mine.stamp ?? "~", theirs.stamp ?? "~")
      if first == second { return broken == .noTieBreak || mine.value >= theirs.value ? mine : theirs }
      return (first > second) != (broken == .joinKeepsLesser && mine.value > theirs.value) ? mine : theirs
    }
  }

  func state(_ key: Key) -> Oracle.State? {
    records[key].map { record in Oracle.State(record.map { Oracle.Held($0.key, $0.value.stamp, $0.value.value) }) }
  }

  var states: [Key: Oracle.State] {
    Dictionary(uniqueKeysWithValues: records.keys.map { ($0, state($0) ?? .init([])) })
  }

  mutating func write(_ key: Key, _ register: String, _ value: String, at time: Int64) {
    let waiting = made[key]?[register].flatMap { $0.stamp == nil ? $0 : nil }
    let base = waiting.map(\.base) ?? records[key]?[register]
    made[key, default: [:]][register] = Made(
      wall: time + wallOffset, time: time, boot: boot, base: base, contact: contact, value: value)
    records[key, default: [:]][register] = ToyRegister(stamp: nil, value: value)
    if register == "life" {
      tried.remove(key)
      deadSince[key] = value == "\"dead\"" ? time : nil
    }
    touched.insert(key)
    fix(key, at: time)
  }

  mutating func fix(_ key: Key, at time: Int64) {
    for (register, edit) in made[key] ?? [:] where edit.stamp == nil {
      let base = edit.base?.stamp.map(Self.parts)
      var stamp: (Int64, Int64)
      if edit.isLowest {
        stamp = Self.later((edit.contact, 0), base.map { ($0.0, $0.1 + 1) } ?? (0, 0))
      } else if let estimate {
        let now = time + estimate
        let age = max(0, edit.boot == boot ? time - edit.time : time + wallOffset - edit.wall)
        stamp = broken == .stampsIgnoreBase ? (max(0, now - age), 0) : (max(now - age, min(edit.contact, now) + 1), 0)
        if broken != .stampsIgnoreBase, let base, stamp.0 <= base.0 { stamp = (base.0, base.1 + 2) }
      } else {
        continue
      }
      let isPosition = register.hasPrefix("at:")
      let writer = broken == .noTieBreak && !isPosition ? String(repeating: "0", count: 16) : replica
      let text = Self.stamp(stamp.0, stamp.1, writer)
      made[key]?[register]?.stamp = text
      records[key]?[register] = ToyRegister(stamp: text, value: edit.value)
      touched.insert(key)
    }
  }

  /// A new replica id: unconfirmed edits go back to what they replaced and get their lowest stamps.
  mutating func rekey(to new: String, at time: Int64) {
    let old = replica
    replica = new
    for (key, edits) in made {
      for (register, edit) in edits {
        var moved = edit
        moved.stamp = nil
        moved.isLowest = true
        records[key]?[register] = edit.base
        var target = register
        if register == "at:" + old {
          records[key]?[register] = confirmed[key]?[register]
          made[key]?[register] = nil
          target = "at:" + new
          moved.base = nil
        }
        made[key]?[target] = moved
        records[key]?[target] = ToyRegister(stamp: nil, value: edit.value)
      }
      touched.insert(key)
      fix(key, at: time)
    }
  }

  func isDirty(_ key: Key) -> Bool {
    (made[key] ?? [:]).values.contains { $0.stamp == nil } || confirmed[key] != records[key]
  }

  /// Joins what the server holds and notes it as confirmed.
  mutating func receive(_ key: Key, _ state: Record, number: Int, at time: Int64) {
    fix(key, at: time)
    let before = records[key]
    records[key] = Self.join(before ?? [:], state, broken: broken)
    for (register, edit) in made[key] ?? [:] {
      let lost = records[key]?[register]?.stamp != edit.stamp
      if lost || state[register]?.stamp == edit.stamp { made[key]?[register] = nil }
    }
    confirmed[key] = state
    confirmedNumber[key] = number
    tried.remove(key)
    if records[key] != before { touched.insert(key) }
    if records[key]?["life"]?.value == "\"dead\"" {
      deadSince[key] = deadSince[key] ?? time
    } else {
      deadSince[key] = nil
    }
  }

  mutating func forget(_ key: Key) {
    records[key] = nil
    confirmed[key] = nil
    confirmedNumber[key] = nil
    made[key] = nil
    deadSince[key] = nil
    tried.remove(key)
    touched.insert(key)
  }

  /// The positions of an article, and the one shown.
  func shown(_ key: Key) -> (fraction: Int, round: Int)? {
    let entries = (records[key] ?? [:]).filter { $0.key.hasPrefix("at:") }
      .map { (name: $0.key, stamp: $0.value.stamp ?? "~", position: ToyPosition($0.value.value)) }
    guard let round = entries.map(\.position.round).max() else { return nil }
    let top = entries.filter { $0.position.round == round }
    let open = top.filter { one in
      !top.contains { $0.name != one.name && ($0.position.seen[String(one.name.dropFirst(3))] ?? "") >= one.stamp }
    }
    let shown = (open.isEmpty ? top : open).max {
      ($0.position.fraction, $0.stamp, $0.name) < ($1.position.fraction, $1.stamp, $1.name)
    }
    return shown.map { ($0.position.fraction, round) }
  }
}

/// A position as the toy writes it.
struct ToyPosition {
  var fraction: Int
  var round: Int
  var seen: [String: String]

  init(fraction: Int, round: Int, seen: [String: String]) {
    self.fraction = fraction
    self.round = round
    self.seen = seen
  }

  init(_ json: String) {
    let words = json.split(whereSeparator: { "{}\":,".contains($0) }).map(String.init)
    func number(_ name: String) -> Int { words.firstIndex(of: name).flatMap { Int(words[$0 + 1]) } ?? 0 }
    let names = words.drop { $0 != "seen" }.dropFirst()
    var seen: [String: String] = [:]
    for index in stride(from: names.startIndex, to: names.endIndex - 1, by: 2) { seen[names[index]] = names[index + 1] }
    self.init(fraction: number("fraction"), round: number("round"), seen: seen)
  }

  var json: String {
    let members = seen.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
    return "{\"finished\":false,\"fraction\":\(fraction),\"locator\":null,\"round\":\(round),\"seen\":{"
      + members.joined(separator: ",") + "}}"
  }
}
