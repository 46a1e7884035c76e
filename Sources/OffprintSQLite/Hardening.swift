import CSQLite

/// What every connection is set to, and how it is read back. The reasons are in SQLite's "Defense Against The Dark Arts".
enum Hardening {
  struct Switch {
    let name: String
    let option: Int32
    let on: Bool
  }

  struct Limit {
    let name: String
    let id: Int32
    let value: Int32
  }

  /// Debian's and Apple's SQLite come with most of these the unsafe way round.
  static func switches(checkpointsOnClose: Bool) -> [Switch] {
    [
      Switch(name: "defensive", option: SQLITE_DBCONFIG_DEFENSIVE, on: true),
      Switch(name: "writable_schema", option: SQLITE_DBCONFIG_WRITABLE_SCHEMA, on: false),
      Switch(name: "trusted_schema", option: SQLITE_DBCONFIG_TRUSTED_SCHEMA, on: false),
      Switch(name: "load_extension", option: SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, on: false),
      Switch(name: "fts3_tokenizer", option: SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, on: false),
      // A misspelt column must be an error, not a text literal.
      Switch(name: "dqs_ddl", option: SQLITE_DBCONFIG_DQS_DDL, on: false),
      Switch(name: "dqs_dml", option: SQLITE_DBCONFIG_DQS_DML, on: false),
      // No schema of ours has any; a planted one could run with the reader's rights.
      Switch(name: "trigger", option: SQLITE_DBCONFIG_ENABLE_TRIGGER, on: false),
      Switch(name: "view", option: SQLITE_DBCONFIG_ENABLE_VIEW, on: false),
      Switch(name: "foreign_keys", option: SQLITE_DBCONFIG_ENABLE_FKEY, on: true),
      Switch(name: "no_checkpoint_on_close", option: SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on: !checkpointsOnClose),
    ]
  }

  static let limits: [Limit] = [
    // Contents are at most 32 MiB.
    Limit(name: "length", id: SQLITE_LIMIT_LENGTH, value: 64 << 20),
    Limit(name: "sql_length", id: SQLITE_LIMIT_SQL_LENGTH, value: 1 << 20),
    Limit(name: "column", id: SQLITE_LIMIT_COLUMN, value: 128),
    Limit(name: "expr_depth", id: SQLITE_LIMIT_EXPR_DEPTH, value: 100),
    Limit(name: "compound_select", id: SQLITE_LIMIT_COMPOUND_SELECT, value: 32),
    Limit(name: "vdbe_op", id: SQLITE_LIMIT_VDBE_OP, value: 250_000),
    Limit(name: "function_arg", id: SQLITE_LIMIT_FUNCTION_ARG, value: 64),
    // VACUUM needs 1; backups go through the backup API, which needs none.
    Limit(name: "attached", id: SQLITE_LIMIT_ATTACHED, value: 0),
    Limit(name: "like_pattern_length", id: SQLITE_LIMIT_LIKE_PATTERN_LENGTH, value: 1_000),
    Limit(name: "variable_number", id: SQLITE_LIMIT_VARIABLE_NUMBER, value: 4_096),
    // Foreign key actions count as triggers.
    Limit(name: "trigger_depth", id: SQLITE_LIMIT_TRIGGER_DEPTH, value: 16),
    Limit(name: "worker_threads", id: SQLITE_LIMIT_WORKER_THREADS, value: 0),
  ]

  /// Pragmas with the value that reading them gives. Those of the file (`journal_mode`) come last: they are the first to read it.
  static func pragmas(_ connection: Connection) -> [(name: String, value: String)] {
    let checkpoints = !connection.role.isReader && connection.checkpointing == .automatic
    var pragmas = [
      ("trusted_schema", "0"), ("cell_size_check", "1"), ("mmap_size", "0"), ("foreign_keys", "1"),
      // 2 is FULL: a commit is on the disk before it returns.
      ("synchronous", "2"), ("wal_autocheckpoint", checkpoints ? "1000" : "0"),
    ]
    if !connection.role.isReader { pragmas.append(("journal_mode", "wal")) }
    return pragmas
  }
}

/// The settings of a connection as SQLite gives them back, beside what they should be.
package struct HardeningReport: Equatable, Sendable {
  /// One switch, limit or pragma.
  package struct Setting: Equatable, Sendable {
    /// Such as `switch defensive`, `limit attached`, `pragma synchronous`.
    package let name: String
    /// What it is.
    package let value: String
    /// What it should be.
    package let wanted: String
  }

  /// All settings, in a fixed order.
  package let settings: [Setting]

  /// Those that are not as they should be; empty unless this SQLite lacks a switch.
  package var deviations: [Setting] { settings.filter { $0.value != $0.wanted } }
}

extension Connection {
  /// Reads every hardening and durability setting back.
  package func hardeningReport() throws -> HardeningReport {
    let pointer = try handle.open()
    var settings: [HardeningReport.Setting] = []
    for item in Hardening.switches(checkpointsOnClose: checkpointsOnClose) {
      let value = offprint_sqlite_get_switch(pointer, item.option)
      settings.append(.init(name: "switch \(item.name)", value: "\(value)", wanted: item.on ? "1" : "0"))
    }
    for limit in Hardening.limits {
      let value = sqlite3_limit(pointer, limit.id, -1)
      settings.append(.init(name: "limit \(limit.name)", value: "\(value)", wanted: "\(limit.value)"))
    }
    for pragma in Hardening.pragmas(self) {
      let value = try pragmaText(pragma.name)
      settings.append(.init(name: "pragma \(pragma.name)", value: value, wanted: pragma.value))
    }
    return HardeningReport(settings: settings)
  }

  private var checkpointsOnClose: Bool { !role.isReader && checkpointing == .automatic }

  /// Sets what is about the connection. Nothing of the file is read yet.
  func harden() throws(SQLiteError) {
    let pointer = try handle.open()
    for item in Hardening.switches(checkpointsOnClose: checkpointsOnClose) {
      let code = offprint_sqlite_set_switch(pointer, item.option, item.on ? 1 : 0)
      guard code == SQLITE_OK else { throw SQLiteError(code: code) }
    }
    for limit in Hardening.limits { sqlite3_limit(pointer, limit.id, limit.value) }
  }

  /// Sets the pragmas; the last of them reads the file, so damage shows here.
  func configure() throws(SQLiteError) {
    for pragma in Hardening.pragmas(self) {
      let value = pragma.name == "synchronous" ? "\(synchronous.rawValue)" : pragma.value
      try handle.execute("PRAGMA \(pragma.name)=\(value)")
    }
    guard !role.isReader else {
      // Reads the header: a file that is no database is found out now and not at the first query.
      return try handle.execute("PRAGMA schema_version")
    }
    // SQLite falls back silently, to reading for a file it may not write, to another journal where there can be no WAL.
    guard sqlite3_db_readonly(try handle.open(), "main") == 0 else { throw SQLiteError(code: SQLITE_READONLY) }
    guard try pragmaText("journal_mode") == "wal" else {
      throw SQLiteError(.other, code: SQLITE_ERROR, message: "the database cannot use write-ahead logging")
    }
    try syncLog()
  }

  /// Makes durable what was found. A process that was killed before it had synced its last commit has left it whole in the log,
  /// where SQLite takes it for committed without syncing it: what is answered from it a power loss could take back.
  private func syncLog() throws(SQLiteError) {
    // The log is opened by the first reading.
    try handle.execute("PRAGMA schema_version")
    let code = offprint_sqlite_sync_log(try handle.open())
    guard code == SQLITE_OK else { throw SQLiteError(code: code) }
  }

  func pragmaText(_ name: String) throws(SQLiteError) -> String {
    let statement = try prepare("PRAGMA \(name)")
    switch try statement.step().map({ row throws(SQLiteError) in try row.value(0) }) {
    case .integer(let value): return "\(value)"
    case .text(let value): return value
    default: return ""
    }
  }
}
