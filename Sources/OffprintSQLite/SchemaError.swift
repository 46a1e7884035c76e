/// Why a file was not taken for a database of ours. The file is as it was before.
package enum SchemaError: Error, Equatable, Sendable {
  /// There is no file.
  case missing
  /// There is a file with nothing in it where a database must be. That is damage, never a first run: SQLite takes a file cut to
  /// 0 bytes for a new database without a word.
  case empty
  /// The file belongs to another program (its `application_id`), or to one that has none.
  case foreign(applicationID: Int32)
  /// The file is ours by its `application_id`, but no version of ours has this number.
  case unversioned(version: Int32)
  /// The file was written by a newer program.
  case newer(version: Int32, known: Int32)
  /// The file waits for its writer to bring it up to date. Told to readers only.
  case outdated(version: Int32, known: Int32)
}
