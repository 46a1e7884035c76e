import OffprintFiles
import OffprintSQLite
import OffprintWire

extension StoreFiles {
  /// What a restore did.
  package struct Restored: Sendable {
    /// What the check of the database that is now in place came to.
    package var report: CheckReport
    /// Where the data are that were replaced; nil if there were none.
    package var replaced: String?
    /// The version of the backup, if it was older than this program's.
    package var migratedFrom: Int32?
  }

  /// Puts a backup in the place of the database. No server may run, and none can start meanwhile.
  ///
  /// The new database is made ready beside the old one: copied, checked, brought up to date, every log forked at its head, so
  /// that each device notices and offers what the backup lacks (Protocol, CUR-4, RESET-2). Only then do the files change
  /// places, and nothing is deleted: the replaced ones move to a folder of their own. Interrupted before that, nothing has
  /// happened; interrupted in the middle of it, no server starts before the restore was repeated.
  ///
  /// - Parameters:
  ///   - backup: the file, which stays as it is.
  ///   - admitsDamage: whether a backup that has damage is put in place all the same.
  ///   - keptAs: the name of the folder for the replaced files, made in the data folder.
  ///   - random: so many random bytes, for the new logs.
  /// - Throws: ``Damaged``, ``StoreError``, and what `progress` throws.
  package func restore(
    from backup: String, admitsDamage: Bool = false, keptAs: String, random: (Int) -> [UInt8],
    progress: @escaping (CopyProgress) throws -> Void = { _ in }
  ) throws -> Restored {
    let locks = try [folder.serveLock, folder.copyLock, folder.writeLock].map { try folder.openLock($0) }
    guard locks[0].tryLock() else { throw StoreError.inUse }
    defer { for lock in locks { lock.unlock() } }
    guard locks[1].tryLock(), locks[2].lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else {
      throw StoreError.busy
    }
    do {
      for suffix in DataFolder.databaseSuffixes { folder.files.remove(folder.restoring + suffix) }
      let found = try copyIn(backup, progress)
      let logs = try makeReady(random)
      let report = try check(file: folder.restoring) { try progress(.checking($0)) }
      guard report.isSound || admitsDamage else {
        folder.files.remove(folder.restoring)
        throw Damaged(report: report)
      }
      let replaced = try moveAside(to: folder.path + "/" + keptAs)
      try folder.files.move(folder.restoring, to: folder.database)
      var heads = HeadsFile()
      for log in logs { heads.entries[log.account] = HeadsFile.Entry(log: log.log, head: log.head) }
      try heads.write(to: folder)
      return Restored(report: report, replaced: replaced, migratedFrom: found < schema.version ? found : nil)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Copies the backup in and gives its version.
  private func copyIn(_ backup: String, _ progress: @escaping (CopyProgress) throws -> Void) throws -> Int32 {
    // What stands in a log beside the file would be left out without a word.
    guard !folder.files.exists(backup + "-wal") else {
      throw StoreError.unusable("\(backup) has a write-ahead log beside it: it is a database in use and no backup")
    }
    do {
      // Known to be ours before a byte is copied.
      let version = try schema.version(ofImmutable: backup)
      guard version > 0 else { throw StoreError.damaged("the backup is empty") }
      let reader = try Connection(path: backup, role: .immutableReader)
      defer { reader.close() }
      try reader.backup(
        to: folder.restoring, replacing: true, pagesPerStep: Self.pagesPerStep,
        progress: { try progress(.copying(done: $0.totalPages - $0.remainingPages, of: $0.totalPages)) })
      return version
    } catch SchemaError.missing {
      throw StoreError.unusable("there is no file \(backup)")
    } catch let error as SQLiteError where error.kind == .notADatabase || error.kind == .corrupt {
      throw StoreError.damaged("the backup is damaged, or no backup: \(error.message)")
    }
  }

  /// Brings the copy up to date and forks every log in it; it is one file again when this returns.
  private func makeReady(_ random: (Int) -> [UInt8]) throws -> [LogPosition] {
    let writer = try schema.openWriter(path: folder.restoring, presence: .mustExist)
    defer { writer.close() }
    let logs = try writer.transaction {
      let transaction = SQLiteTransaction(writer)
      return try transaction.accounts().compactMap { account -> LogPosition? in
        guard let log = RecordID(bytes: random(16)) else { throw StoreError.failed("no randomness") }
        let replica = ReplicaID(bits: random(8).reduce(0) { $0 << 8 | UInt64($1) })
        try transaction.fork(to: log, replica: replica, of: account.id)
        return try transaction.log(of: account.id)?.position
      }
    }
    guard try writer.checkpoint(.truncate) else { throw StoreError.failed("the restored database could not be closed") }
    return logs
  }

  /// Moves the present files away, the database first: without it no server starts, whenever this is interrupted.
  private func moveAside(to target: String) throws -> String? {
    let names =
      DataFolder.databaseSuffixes.map { folder.database + $0 } + [folder.heads]
    let there = names.filter { folder.files.exists($0) }
    guard !there.isEmpty else { return nil }
    try folder.files.makeFolder(target)
    for path in there {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      // Copied and not moved: it says that there were data, which is what keeps a server from making new ones.
      if path == folder.heads {
        if let bytes = try? folder.read(path, bytesMax: HeadsFile.bytesMax) {
          try folder.replace(target + "/" + name, with: bytes)
        }
      } else {
        try folder.files.move(path, to: target + "/" + name)
      }
    }
    return target
  }
}
