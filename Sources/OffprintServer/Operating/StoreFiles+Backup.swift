import OffprintSQLite

extension StoreFiles {
  /// How far a copy has come.
  package enum CopyProgress: Sendable, Hashable {
    /// Pages copied, of how many in all.
    case copying(done: Int, of: Int)
    /// Records and contents of the copy that were held against their hashes.
    case checking(Int)
  }

  /// A copy that was made, checked, and is on the disk.
  package struct Backup: Sendable {
    /// Where it is.
    package var path: String
    /// What the check of the copy came to.
    package var report: CheckReport
  }

  /// The data or a copy of them have damage.
  package struct Damaged: Error {
    /// What was found.
    package var report: CheckReport
  }

  /// Copies the database as of now into a file, while a server reads and writes it, in small steps that hold nobody up.
  ///
  /// The copy has its name only once it is whole, was checked record by record, and is on the disk; an earlier file of that
  /// name stays until then.
  ///
  /// - Parameters:
  ///   - replacing: whether there may be a file of that name.
  ///   - admitsDamage: whether a copy that has damage is kept all the same.
  ///   - progress: what it throws ends the backup, and nothing is left behind.
  /// - Throws: ``Damaged``, ``StoreError``, and what `progress` throws.
  package func backup(
    to path: String, replacing: Bool, admitsDamage: Bool = false,
    progress: @escaping (CopyProgress) throws -> Void = { _ in }
  ) throws -> Backup {
    try whileCopying { try copy(to: path, replacing: replacing, admitsDamage: admitsDamage, progress) }
  }

  private func whileCopying<T>(_ body: () throws -> T) throws -> T {
    let lock = try folder.openLock(folder.copyLock)
    guard lock.tryLock() else { throw StoreError.failed("another backup of these data is being made") }
    defer { lock.unlock() }
    return try body()
  }

  private func copy(
    to path: String, replacing: Bool, admitsDamage: Bool, _ progress: @escaping (CopyProgress) throws -> Void
  ) throws -> Backup {
    do {
      let reader = try schema.openReader(path: folder.database)
      defer { reader.close() }
      var report = CheckReport()
      try reader.backup(
        to: path, replacing: replacing, pagesPerStep: Self.pagesPerStep,
        progress: { try progress(.copying(done: $0.totalPages - $0.remainingPages, of: $0.totalPages)) },
        verify: { copy in
          report = try check(file: copy) { try progress(.checking($0)) }
          guard report.isSound || admitsDamage else { throw Damaged(report: report) }
        })
      return Backup(path: path, report: report)
    } catch {
      throw Self.translated(error)
    }
  }

  /// 1 MiB a step: a step's work is far below what anybody could notice.
  static let pagesPerStep: Int32 = 256

  /// Makes a checked copy in the data folder, hands its path out, and removes it: for a backup that is written elsewhere
  /// byte by byte.
  /// - Throws: as ``backup(to:replacing:admitsDamage:progress:)``, and what `body` throws.
  package func withPassingBackup<T>(
    admitsDamage: Bool = false, progress: @escaping (CopyProgress) throws -> Void = { _ in },
    _ body: (Backup) throws -> T
  ) throws -> T {
    // The lock is held to the end: a server that starts removes what nobody is making.
    try whileCopying {
      let backup = try copy(to: folder.passingCopy, replacing: true, admitsDamage: admitsDamage, progress)
      defer { folder.files.remove(folder.passingCopy) }
      return try body(backup)
    }
  }
}
