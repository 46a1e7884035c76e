/// What must hold in a simulated world, known apart from the product.
///
/// The simulator tells what people do (``begin(_:at:_:before:)``, ``finish(_:_:after:)``), what each replica then holds
/// (``observe(_:_:_:)``), what crosses the network (``sent(_:_:)``, ``acknowledged(_:refusing:)``, ``answered(_:)``) and
/// which misfortunes happen. The oracle knows for every edit which edits its author had seen, and so what must become of
/// it. What does not hold is a ``Violation`` in ``violations``; nothing traps.
///
/// It imports nothing and shares no code with the product: one mistake must not be made twice in the same way. It keeps
/// no clock and draws no random number, and the order of what it reports does not depend on that of sets or dictionaries.
/// An observation costs as much as the record has registers, whatever the history.
package struct Oracle: Sendable {
  /// A running number that names an edit.
  package typealias EditID = Int

  /// What does not hold, in the order in which it was found.
  package internal(set) var violations: [Violation] = []

  var replicas: [Replica] = []
  var replicaIndexes: [ExactText: Int] = [:]
  var accounts: [Account] = []
  var accountIndexes: [ExactText: Int] = [:]
  var recordIndexes: [RecordPlace: Int] = [:]
  var records: [RecordInfo] = []
  var cells: [Cell] = []
  var slots: [Slot] = []
  /// How many edits each family has.
  var families: [Int] = []
  var edits: [Edit] = []
  var actions: [[EditID]] = []
  var pushes: [Push] = []
  var backups: [Backup] = []
  /// Replica ids under which copies of one library have written positions.
  var sharedReplicaIDs: Set<ExactText> = []
  /// Whether the server's clock was ever set: stamps taken before and after it do not tell the order of edits.
  var serverClockHasStepped = false
  /// How often an excuse was granted to an edit, and how often one was needed to keep the peace.
  var granted: [Excuse: Int] = [:]
  var needed: [Excuse: Int] = [:]

  /// A world in which nothing has happened yet.
  package init() {}

  /// Adds a device with an empty library.
  /// - Parameter replicaID: The id in its stamps, 16 hexadecimal digits.
  package mutating func addDevice(_ name: String, account: String, replicaID: String) {
    add(Replica(name: name, account: accountIndex(account), isServer: false, replicaID: replicaID))
  }

  /// Adds an account's copy at the server.
  /// - Parameter replicaID: The id in the stamps of what the server writes itself: its purge, and what it extracts.
  package mutating func addServer(_ name: String, account: String, replicaID: String) {
    let index = accountIndex(account)
    add(Replica(name: name, account: index, isServer: true, replicaID: replicaID))
    accounts[index].server = replicaIndexes[ExactText(name)]
  }

  /// Takes what was found since the last call.
  package mutating func takeViolations() -> [Violation] {
    defer { violations = [] }
    return violations
  }

  /// How often each kind of excuse was granted to an edit, and how often it was needed: without it there would have been
  /// a violation. Kinds that never occurred are left out.
  package var excuses: [(kind: Excuse, granted: Int, needed: Int)] {
    Excuse.allCases.compactMap { kind in
      let counts = (granted[kind] ?? 0, needed[kind] ?? 0)
      return counts == (0, 0) ? nil : (kind, counts.0, counts.1)
    }
  }

  /// Who wrote what: for messages.
  package func describe(_ edit: EditID) -> String {
    guard edits.indices.contains(edit) else { return "edit \(edit)" }
    let known = edits[edit]
    let cell = cells[known.cell]
    let stamps = known.stamps.isEmpty ? "not fixed" : known.stamps.joined(separator: ", ")
    return "edit \(edit) of \(records[cell.record].key) \(cell.name.text) = \(known.expectation.text)"
      + " by \(known.author), time \(known.time) (\(stamps); \(known.outcome))"
  }

  // MARK: - Names

  mutating func accountIndex(_ name: String) -> Int {
    if let known = accountIndexes[ExactText(name)] { return known }
    families.append(0)
    accounts.append(Account(positions: families.count - 1))
    accountIndexes[ExactText(name)] = accounts.count - 1
    return accounts.count - 1
  }

  private mutating func add(_ replica: Replica) {
    guard replicaIndexes[ExactText(replica.name)] == nil else {
      return report(.misuse, "the replica \(replica.name) is there already", replica: replica.name)
    }
    replicaIndexes[ExactText(replica.name)] = replicas.count
    replicas.append(replica)
  }

  /// The number of a replica; an unknown name is the simulator's mistake and reported as one.
  mutating func index(of replica: String) -> Int? {
    if let index = replicaIndexes[ExactText(replica)] { return index }
    report(.misuse, "there is no replica \(replica)", replica: replica)
    return nil
  }

  mutating func recordIndex(_ account: Int, _ key: RecordKey) -> Int {
    let place = RecordPlace(account: account, type: ExactText(key.type), id: ExactText(key.id))
    if let index = recordIndexes[place] { return index }
    records.append(RecordInfo(account: account, key: key))
    recordIndexes[place] = records.count - 1
    return records.count - 1
  }

  mutating func cellIndex(_ record: Int, _ name: String) -> Int {
    let exact = ExactText(name)
    if let index = records[record].cells[exact] { return index }
    let slot = slotIndex(record, exact)
    cells.append(Cell(record: record, name: exact, slot: slot))
    records[record].cells[exact] = cells.count - 1
    records[record].order.append(cells.count - 1)
    return cells.count - 1
  }

  private mutating func slotIndex(_ record: Int, _ name: ExactText) -> Int {
    let info = records[record]
    let isPosition = info.key.type == "progress" && name.text.utf8.starts(with: "at:".utf8)
    if isPosition, let slot = info.positions { return slot }
    let family: Int
    if isPosition {
      family = accounts[info.account].positions
    } else {
      families.append(0)
      family = families.count - 1
    }
    slots.append(Slot(record: record, family: family, isPosition: isPosition))
    if isPosition { records[record].positions = slots.count - 1 }
    return slots.count - 1
  }
}
