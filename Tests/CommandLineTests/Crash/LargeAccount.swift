import OffprintCrypto
import OffprintServer
import OffprintWire

/// Fills a server's only account with articles, without a client.
enum LargeAccount {
  static func fill(_ folder: String, articles: Int) throws {
    let store = try StoreSQLite(folder: folder, use: .command) { SecureRandom.bytes($0) }
    defer { store.close() }
    guard let account = try store.read({ try $0.accounts() }).first else { throw StoreError.failed("no account") }
    let batch = 5_000
    for first in stride(from: 0, to: articles, by: batch) {
      let records = (first..<min(first + batch, articles)).map { record($0) }
      try store.write { transaction in
        _ = try LogWriter(account: account.id, transaction: transaction, now: 1_700_000_000_000)
          .write(records.map { (before: nil, after: $0, hash: $0.stateHash) })
      }
    }
  }

  private static func record(_ index: Int) -> Record {
    let stamp = Stamp(milliseconds: 1_700_000_000_000 + UInt64(index), counter: 0, replica: ReplicaID(bits: 77))
    func register(_ name: RegisterName, _ value: JSONValue) -> RegisterMap.Entry {
      RegisterMap.Entry(name, Register(stamp: stamp, value: CanonicalValue(value)))
    }
    let key = RecordKey(.article, RecordID(high: 0x1000, low: UInt64(index)))
    return Record(
      key: key,
      registers: RegisterMap([
        register(.life, .string("live")), register(.saved, .integer(1_700_000_000_000 + Int64(index))),
        register(.title, .string("Article \(index)")), register(.url, .string("https://example.org/large/\(index)")),
      ]))
  }
}
