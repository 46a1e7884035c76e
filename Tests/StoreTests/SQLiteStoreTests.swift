import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// The contract of a store, kept by SQLite.
@Suite struct SQLiteStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open() throws -> StoreSQLite {
    try StoreSQLite(folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
  }

  private func check(_ promise: (StoreContract) throws -> Void) throws {
    let store = try open()
    defer { store.close() }
    try promise(StoreContract(store))
  }

  @Test func `numbers follow commits`() throws { try check { try $0.numbersFollowCommits() } }
  @Test func `a failed transaction leaves nothing`() throws { try check { try $0.aFailedTransactionLeavesNothing() } }
  @Test func `records come back to their account alone`() throws {
    try check { try $0.recordsComeBackToTheirAccountAlone() }
  }
  @Test func `digests belong to accounts`() throws { try check { try $0.digestsBelongToAccounts() } }
  @Test func `push counters are kept`() throws { try check { try $0.pushCountersAreKept() } }
  @Test func `forks are remembered`() throws { try check { try $0.forksAreRemembered() } }

  @Test func `access can be taken away`() throws { try check { try $0.accessCanBeTakenAway() } }
  @Test func `pairing codes run out`() throws { try check { try $0.pairingCodesRunOut() } }
  @Test func `a removal takes one's own alone`() throws { try check { try $0.removalTakesOnesOwnAlone() } }

  @Test func `what was committed is there after the store was closed and opened again`() throws {
    try check { try $0.numbersFollowCommits() }
    let store = try open()
    defer { store.close() }
    #expect(try store.read { try $0.log(of: RecordID(high: 1, low: 7))?.position.head } == 20)
  }
}
