import OffprintServer
import OffprintTesting
import OffprintWire

/// A store in a folder of its own, with two accounts.
struct TwoAccounts {
  static let ids = [RecordID(high: 1, low: 1), RecordID(high: 1, low: 2)]
  let folder: TemporaryFolder
  let store: StoreSQLite

  init() throws {
    folder = try TemporaryFolder()
    store = try StoreSQLite(folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
    for (index, id) in Self.ids.enumerated() {
      let account = Account(id: id, name: "user-\(index)", passwordHash: "-", created: 1)
      try store.write {
        try $0.insert(account, log: RecordID(high: 2, low: UInt64(index)), replica: ReplicaID(bits: 5))
      }
    }
  }
}
