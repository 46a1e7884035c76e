import Foundation
import OffprintServer
import OffprintTesting
import OffprintWire

/// What every generated case of this process follows from: `OFFPRINT_SEED`, or else a new seed, printed at the start.
let runSeed: UInt64 = {
  let seed = SeededGenerator.seed(else: .random(in: .min ... .max))
  FileHandle.standardError.write(Data("StoreTests: OFFPRINT_SEED=\(seed)\n".utf8))
  return seed
}()

/// Generated cases of a property: `OFFPRINT_CASES` at most so many times the short form's.
func cases(short: Int) -> Int {
  ProcessInfo.processInfo.environment["OFFPRINT_CASES"] == nil ? short : short * 20
}

/// The log of one account, to which anything happens that a server does to logs.
struct RandomLog {
  let store: StoreSQLite
  let account = RecordID(high: 1, low: 1)
  var generator: SeededGenerator
  /// Records sealed into one run.
  let runRecords: Int
  private var milliseconds: Int64 = 1
  private var ids: UInt64 = 0

  init(_ store: StoreSQLite, _ generator: SeededGenerator) throws {
    self.store = store
    self.generator = generator
    runRecords = self.generator.pick([2, 3, 5, 8])
    let owner = Account(id: account, name: "ana", passwordHash: "-", created: 1)
    try store.write {
      try $0.insert(owner, log: RecordID(high: 2, low: 2), replica: ReplicaID(bits: 5))
    }
  }

  mutating func step() throws {
    milliseconds += 1
    switch generator.below(12) {
    case 0...6: try change()
    case 7: try removeTombstones()
    case 8...10: try seal()
    default: try seal(atMost: 1)
    }
  }

  /// Writes new records and changes old ones, some of them to dead ones.
  private mutating func change() throws {
    let count = 1 + generator.below(generator.oneIn(3) ? 30 : 4)
    var changes: [RecordKey: Record] = [:]
    for _ in 0..<count {
      let isNew = ids == 0 || generator.oneIn(2)
      if isNew { ids += 1 }
      let low = isNew ? ids : 1 + UInt64(generator.below(Int(ids)))
      let record = record(low, isDead: generator.oneIn(4))
      changes[record.key] = record
    }
    let records = changes.values.sorted { $0.key.id.bytes.lexicographicallyPrecedes($1.key.id.bytes) }
    try store.write { transaction in
      let before = try records.map { try transaction.record($0.key, of: account) }
      _ = try LogWriter(account: account, transaction: transaction, now: milliseconds)
        .write(zip(before, records).map { ($0, $1, $1.stateHash) })
    }
  }

  private mutating func record(_ low: UInt64, isDead: Bool) -> Record {
    let stamp = Stamp(milliseconds: UInt64(milliseconds), counter: 0, replica: ReplicaID(bits: 1))
    func entry(_ name: RegisterName, _ value: JSONValue) -> RegisterMap.Entry {
      RegisterMap.Entry(name, Register(stamp: stamp, value: CanonicalValue(value)))
    }
    let title = String(repeating: "Tides ", count: generator.oneIn(20) ? 2_000 : generator.below(12))
    return Record(
      key: RecordKey(.article, RecordID(high: 0, low: low)),
      registers: RegisterMap([entry(.life, .string(isDead ? "dead" : "live")), entry(.title, .string(title))]))
  }

  /// Removes some tombstones for good, as a purge does.
  private mutating func removeTombstones() throws {
    let limit = 1 + generator.below(8)
    try store.write { transaction in
      let dead = try transaction.records(of: account, deadSince: milliseconds - 2, after: 0, limit: limit)
      try LogWriter(account: account, transaction: transaction, now: milliseconds).remove(dead)
    }
  }

  /// Seals what can be sealed, or as many steps of it.
  func seal(atMost most: Int = .max) throws {
    let sealer = RunSealer(account: account, recordsMax: runRecords)
    var next: Int64? = 0
    var steps = 0
    while let number = next, steps < most {
      next = try sealer.step(after: number, in: store)
      steps += 1
    }
  }
}
