import OffprintFiles
import OffprintSQLite
import OffprintWire
import OffprintLocks

#if MUTANTS
  import OffprintMutants
#endif

/// The default store: one SQLite file `offprintd.sqlite` in a data folder.
///
/// One writer that commits waiting requests together, readers on snapshots of their own. Another process (`offprintd user add`)
/// may open the same folder: whoever writes holds the file `lock` for the whole transaction with its checkpoint, which also keeps
/// SQLite's WAL-reset bug away (two connections writing and checkpointing at one moment).
package final class StoreSQLite: Store {
  /// What the store is opened for.
  package enum Use: Sendable {
    /// To serve: one process at a time. Logs that are older than the side file says are forked.
    case serving
    /// For one command, beside a server or without one.
    case command
  }

  /// What the store takes before it refuses.
  package struct Limits: Sendable {
    /// How long one answer may read, in milliseconds: as long as it does, the write-ahead log cannot begin anew.
    package var readMilliseconds: Int64 = 30_000
    /// Transactions that may wait for the disk.
    package var writesWaiting = 1_024

    /// The limits of a server.
    package init() {}
  }

  private let folder: DataFolder
  private let writer: CommitQueue
  private let readers: ReaderPool
  /// Kept locked for as long as this serves.
  private let serving: (any FileLock)?
  private let heads: Mutex<HeadsFile>
  private let report: @Sendable (StoreEvent) -> Void

  /// Commits after which the side file is written anew.
  private static let commitsPerHeadsFile = 1_024
  /// Reader connections kept open: as many as threads push, each of which reads once it has written.
  private static let readersKept = 64
  /// What one of them keeps of the file in memory, in KiB; the system keeps the rest.
  private static let readerCacheKibibytes = 512

  /// Opens the folder's database, made if the folder never held one.
  ///
  /// - Parameters:
  ///   - folder: the data folder, made with mode 0700 if it is not there.
  ///   - random: so many random bytes, for the server's id and new logs.
  ///   - files: the disk the folder is on.
  ///   - limits: what it takes before it refuses.
  ///   - ticks: milliseconds that never go back, by which reading is cut off; nobody is without them.
  ///   - report: told what the operator should know.
  ///   - schema: the tables to bring it to; tests of upgrades give another one.
  /// - Throws: ``StoreError``.
  package init(
    folder path: String, use: Use, random: @escaping @Sendable (Int) -> [UInt8], files: any FileSystem = SystemFiles(),
    limits: Limits = Limits(), ticks: @escaping @Sendable () -> Int64 = { 0 },
    report: @escaping @Sendable (StoreEvent) -> Void = { _ in },
    schema: Schema = ServerSchema.schema
  ) throws {
    let folder = try DataFolder(preparing: path, files: files)
    self.folder = folder
    serving = use == .serving ? try folder.openLock(folder.serveLock) : nil
    if let serving, !serving.tryLock() { throw StoreError.inUse }
    let lock = try folder.openLock(folder.writeLock)
    let side = try HeadsFile(in: folder)
    heads = Mutex(side ?? HeadsFile())
    self.report = report
    let readers = ReaderPool(
      keptMax: Self.readersKept, limitMilliseconds: limits.readMilliseconds, clock: ticks
    ) {
      let reader = try schema.openReader(path: folder.database, vfs: files.sqliteVFS)
      try reader.run("PRAGMA cache_size=-\(Self.readerCacheKibibytes)", [])
      return reader
    }
    self.readers = readers

    guard lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else { throw StoreError.busy }
    let connection: Connection
    let log: LogKeeper
    do {
      if use == .serving { folder.removeLeftovers() }
      connection = try schema.openWriter(
        path: folder.database, presence: side == nil ? .mayCreate : .mustExist,
        vfs: files.sqliteVFS)
      #if MUTANTS
        if Mutant.isOn(.serverSynchronousNormal) { try connection.run("PRAGMA synchronous=NORMAL", []) }
      #endif
      try connection.transaction { try Self.identify(connection, random) }
      if side == nil { try HeadsFile().write(to: folder) }
      log = try LogKeeper(connection, readers: readers, report: report)
    } catch {
      lock.unlock()
      throw StoreError(error, whileWriting: false)
    }
    lock.unlock()
    let moved = Moved()
    writer = CommitQueue(connection, log: log, lock: lock, waitingMax: limits.writesWaiting) { moved.note($0) }
    self.moved = moved
    if use == .serving { try forkOlderLogs(random) }
  }

  /// Accounts that moved since the side file was written. Apart from `self`, which does not exist yet when the writer is made.
  private let moved: Moved

  private final class Moved: Sendable {
    private let state = Mutex<(accounts: Set<RecordID>, commits: Int)>(([], 0))

    func note(_ accounts: Set<RecordID>) {
      state.withLock { state in
        state.accounts.formUnion(accounts)
        state.commits += 1
      }
    }

    /// What moved, if there were so many commits.
    func take(afterCommits count: Int) -> Set<RecordID> {
      state.withLock { state in
        guard state.commits >= count else { return [] }
        defer { state = ([], 0) }
        return state.accounts
      }
    }
  }

  /// Runs `body` in one writing transaction; see ``Store/write(_:_:)``.
  package func write<T>(_ load: WriteLoad, _ body: (any StoreTransaction) throws -> T) throws -> T {
    let result: T
    do {
      result = try writer.write(load) { try body($0) }
    } catch {
      throw Self.translated(error, whileWriting: true)
    }
    noteHeads(afterCommits: Self.commitsPerHeadsFile)
    return result
  }

  /// Runs `body` on one snapshot; see ``Store/read(_:)``.
  package func read<T>(_ body: (any StoreReader) throws -> T) throws -> T {
    var damage = SQLiteReader.MetDamage()
    defer { if !damage.isEmpty { setAside(damage) } }
    do {
      return try readers.read { reader in
        defer { damage = reader.damage }
        return try body(reader)
      }
    } catch {
      throw Self.translated(error, whileWriting: false)
    }
  }

  /// Transactions that wait for their turn now.
  package var writesWaiting: Int { writer.waitingCount }

  /// Takes damaged records out of the digest, so that every device sees a difference and those that have them offer theirs, and
  /// drops damaged contents and runs. Should this fail, the next one who meets them tries again.
  private func setAside(_ damage: SQLiteReader.MetDamage) {
    let events = try? writer.write(.request()) { transaction -> [StoreEvent] in
      for run in damage.runs { try transaction.loosenRun(row: run) }
      let records = try damage.records.compactMap { row -> StoreEvent? in
        try transaction.setAside(row: row).map { .damagedRecord(of: $0, row: row) }
      }
      let contents = try damage.contents.filter { try transaction.dropDamagedContent($0) }
      return records + contents.map { _ in .damagedContent }
    }
    for event in events ?? [] { report(event) }
  }

  /// Lets the runs of an account go that say other than their records. O(size of the log).
  /// - Throws: ``StoreError``.
  func loosenWrongRuns(of account: RecordID) throws {
    do {
      let wrong = try readers.read { reader in
        var wrong: [ClosedRange<Int64>] = []
        try reader.forEachWrongRun(of: account) { wrong.append($0) }
        return wrong
      }
      for numbers in wrong {
        try writer.write(.background) { transaction in
          try transaction.loosenRun(at: numbers.lowerBound, accountRow: transaction.row(account))
        }
      }
    } catch {
      throw Self.translated(error, whileWriting: true)
    }
  }

  /// Writes the side file, checkpoints and closes. Later calls fail.
  package func close() {
    noteHeads(afterCommits: 1)
    readers.close()
    writer.close()
    serving?.writeHolder("")
    serving?.unlock()
  }

  /// Notes the address this serves at, for commands beside it.
  package func noteAddress(_ url: String) { serving?.writeHolder(url) }

  /// The address that the server of this folder serves at, or served at before it was killed; nil if none does.
  package func servingAddress() throws -> String? {
    let address = try folder.openLock(folder.serveLock).readHolder()
    return address.isEmpty ? nil : address
  }

  private static func identify(_ connection: Connection, _ random: (Int) -> [UInt8]) throws {
    let known = try connection.first("SELECT 1 FROM server", []) { _ in true }
    guard known == nil else { return }
    try connection.run("INSERT INTO server (id) VALUES (?1)", [.blob(random(16))])
  }

  /// Forks each log that is older than the side file remembers: the database was put back by hand.
  private func forkOlderLogs(_ random: (Int) -> [UInt8]) throws {
    #if MUTANTS
      if Mutant.isOn(.restoreNotNoticed) { return }
    #endif
    let file = heads.withLock { $0 }
    let older = try read { reader in
      try reader.accounts().compactMap { account -> RecordID? in
        guard let log = try reader.log(of: account.id), file.isAhead(of: log.position) else { return nil }
        return account.id
      }
    }
    for account in older { try recordRestore(of: account, random: random) }
    noteAllHeads()
  }

  /// Brings the side file up to what the database holds: a process that was killed did not write how far it had got, and a
  /// restore by hand after that would go unnoticed. Its failure harms nobody: it may lag behind.
  private func noteAllHeads() {
    let logs = try? read { reader in
      try reader.accounts().compactMap { try reader.log(of: $0.id)?.position }
    }
    heads.withLock { heads in
      let before = heads.entries
      for log in logs ?? [] { heads.entries[log.account] = HeadsFile.Entry(log: log.log, head: log.head) }
      if heads.entries != before { try? heads.write(to: folder) }
    }
  }

  /// Notes that the database was restored: the log forks at its head and goes on under a new id.
  /// - Throws: ``StoreError``.
  package func recordRestore(of account: RecordID, random: (Int) -> [UInt8]) throws {
    guard let log = RecordID(bytes: random(16)) else { throw StoreError.failed("no randomness") }
    let replica = ReplicaID(bits: random(8).reduce(0) { $0 << 8 | UInt64($1) })
    try write { try $0.fork(to: log, replica: replica, of: account) }
    noteHeads(afterCommits: 1)
  }

  /// Writes the side file if there were so many commits since. Its failure harms nobody: it may lag behind.
  private func noteHeads(afterCommits count: Int) {
    let accounts = moved.take(afterCommits: count)
    guard !accounts.isEmpty else { return }
    let logs = try? read { reader in try accounts.compactMap { try reader.log(of: $0)?.position } }
    guard let logs else { return }
    heads.withLock { heads in
      for log in logs { heads.entries[log.account] = HeadsFile.Entry(log: log.log, head: log.head) }
      try? heads.write(to: folder)
    }
  }

  /// SQLite's and the schema's errors as the store's; all else as it is.
  private static func translated(_ error: any Error, whileWriting: Bool) -> any Error {
    error is SQLiteError || error is SchemaError ? StoreError(error, whileWriting: whileWriting) : error
  }
}

extension StoreSQLite {
  /// Every structural error SQLite finds in the database; empty if it is whole. O(size of the file).
  /// - Throws: ``StoreError``.
  package func integrityErrors() throws -> [String] {
    try read { reader in try (reader as? SQLiteReader)?.connection.integrityCheck() ?? [] }
  }
}
