import CSQLite

/// The SQLite that this program runs with.
package enum SQLiteLibrary {
  /// Its version: `3.40.1`.
  package static var version: String { String(cString: sqlite3_libversion()) }

  /// Whether it has the WAL-reset bug (3.7.0 to 3.51.2): two connections that write and checkpoint at one moment can damage a
  /// database. Our stores never do that; see ``Connection``.
  package static var hasWALResetBug: Bool { (3_007_000..<3_051_003).contains(sqlite3_libversion_number()) }
}
