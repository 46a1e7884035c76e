import CSQLite

/// The versions of a database's tables, and the only way to open one: nothing is written before the file is known to be ours.
///
/// ```swift
/// let schema = Schema(applicationID: 0x4f66_704c, migrations: [Migration("articles", sql: "CREATE TABLE ...")])
/// let writer = try schema.openWriter(path: path, presence: .mayCreate)
/// let reader = try schema.openReader(path: path)
/// ```
/// The version is the number of migrations applied, kept as `user_version` and written with each of them.
package struct Schema: Sendable {
  /// What must be there.
  package enum Presence: Sendable {
    /// A first run: a file is made, or an empty one filled.
    case mayCreate
    /// A database that is known to have existed.
    case mustExist
  }

  /// SQLite's `application_id` of the file, not 0, which is that of every file without one.
  package let applicationID: Int32
  private let migrations: [Migration]
  /// What commits of its writers wait for.
  private var synchronous = Connection.Synchronous.full

  /// The version this program writes.
  package var version: Int32 { Int32(clamping: migrations.count) }

  /// A schema whose version `n` is what the first `n` migrations make.
  package init(applicationID: Int32, migrations: [Migration]) {
    self.applicationID = applicationID
    self.migrations = migrations
  }

  /// This schema with further versions on top.
  package func appending(_ more: [Migration]) -> Schema {
    var schema = Schema(applicationID: applicationID, migrations: migrations + more)
    schema.synchronous = synchronous
    return schema
  }

  /// This schema with writers that do not wait for the disk: for controls in tests alone, which must be seen to lose commits.
  package var withoutFullSyncs: Schema {
    var schema = self
    schema.synchronous = .normal
    return schema
  }

  /// Opens the writer and brings the tables up to date, each step in a transaction of its own.
  ///
  /// - Throws: ``SchemaError`` (but `outdated`), ``SQLiteError``, or what a migration throws. A step that failed has left no trace.
  package func openWriter(
    path: String, presence: Presence, checkpointing: Connection.Checkpointing = .automatic,
    busyTimeoutMilliseconds: Int32 = 5_000, vfs: String? = nil
  ) throws -> Connection {
    let content = try DatabaseFile(path: path, role: .reader).content(vfs: vfs)
    switch (content, presence) {
    case (.absent, .mustExist): throw SchemaError.missing
    case (.empty, .mustExist): throw SchemaError.empty
    case (.absent, .mayCreate), (.empty, .mayCreate): break
    case (.something, _): try inspectBeforeWriting(path, presence, busyTimeoutMilliseconds, vfs)
    }
    let connection = try Connection(
      path: path, role: .writer(create: presence == .mayCreate), checkpointing: checkpointing,
      busyTimeoutMilliseconds: busyTimeoutMilliseconds, synchronous: synchronous, vfs: vfs)
    do {
      try migrate(connection)
    } catch {
      connection.close()
      throw error
    }
    return connection
  }

  /// As a reader first: a writer would turn a foreign file to write-ahead logging before it could be refused.
  private func inspectBeforeWriting(
    _ path: String, _ presence: Presence, _ busyTimeoutMilliseconds: Int32, _ vfs: String?
  ) throws {
    do {
      let inspector = try Connection(
        path: path, role: .reader, busyTimeoutMilliseconds: busyTimeoutMilliseconds, vfs: vfs)
      defer { inspector.close() }
      let found = try inspector.transaction(.deferred) { try inspect(inspector) }
      if found == 0 && presence == .mustExist { throw SchemaError.empty }
    } catch let error as SQLiteError where error.kind == .readOnly && presence == .mayCreate {
      // The program was killed while it made the file, before there was a write-ahead log: what it had begun waits for a
      // writer to roll it back, which then inspects.
    }
  }

  /// Opens a reader.
  ///
  /// - Parameter isImmutable: whether nobody can change the file; see ``Connection/Role/immutableReader``.
  /// - Throws: ``SchemaError``, ``SQLiteError``.
  package func openReader(
    path: String, isImmutable: Bool = false, busyTimeoutMilliseconds: Int32 = 5_000, vfs: String? = nil
  ) throws -> Connection {
    switch try DatabaseFile(path: path, role: .reader).content(vfs: vfs) {
    case .absent: throw SchemaError.missing
    case .empty: throw SchemaError.empty
    case .something: break
    }
    let connection = try Connection(
      path: path, role: isImmutable ? .immutableReader : .reader, busyTimeoutMilliseconds: busyTimeoutMilliseconds,
      vfs: vfs)
    do {
      let found = try connection.transaction(.deferred) { try inspect(connection) }
      guard found == version else {
        throw found == 0 ? SchemaError.empty : SchemaError.outdated(version: found, known: version)
      }
    } catch {
      connection.close()
      throw error
    }
    return connection
  }

  /// The version of a file, 0 for one with nothing in it; nothing is written.
  ///
  /// - Throws: ``SchemaError`` (but `outdated`), ``SQLiteError``.
  package func version(of path: String) throws -> Int32 { try version(of: path, role: .reader) }

  /// The same of a file that nobody can change, such as a backup; nothing is made beside it.
  package func version(ofImmutable path: String) throws -> Int32 { try version(of: path, role: .immutableReader) }

  private func version(of path: String, role: Connection.Role) throws -> Int32 {
    switch try DatabaseFile(path: path, role: .reader).content(vfs: nil) {
    case .absent: throw SchemaError.missing
    case .empty: return 0
    case .something: break
    }
    let connection = try Connection(path: path, role: role)
    defer { connection.close() }
    return try connection.transaction(.deferred) { try inspect(connection) }
  }

  /// Applies what is missing. The version is read again inside each transaction: another process may have been faster.
  private func migrate(_ connection: Connection) throws {
    var done = false
    while !done {
      done = try connection.transaction(.immediate) {
        let found = try inspect(connection)
        guard found < version else { return true }
        try migrations[Int(found)].apply(connection)
        if found == 0 { try connection.handle.execute("PRAGMA application_id=\(applicationID)") }
        try connection.handle.execute("PRAGMA user_version=\(found + 1)")
        return false
      }
    }
  }

  /// The version of the file, from 0 for one with nothing in it to ``version``.
  private func inspect(_ connection: Connection) throws -> Int32 {
    let application = try number("PRAGMA application_id", connection)
    let found = try number("PRAGMA user_version", connection)
    let tables = try number("SELECT count(*) FROM (SELECT 1 FROM sqlite_schema LIMIT 1)", connection)
    if application == 0 && found == 0 && tables == 0 { return 0 }
    guard application == applicationID else { throw SchemaError.foreign(applicationID: application) }
    guard found >= 1 && tables > 0 else { throw SchemaError.unversioned(version: found) }
    guard found <= version else { throw SchemaError.newer(version: found, known: version) }
    return found
  }

  private func number(_ sql: String, _ connection: Connection) throws -> Int32 {
    guard let number = try connection.first(sql, [], { Int32(exactly: try $0.int64(0)) }) ?? nil else {
      throw SQLiteError(code: SQLITE_CORRUPT)
    }
    return number
  }
}
