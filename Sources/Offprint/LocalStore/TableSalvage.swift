import OffprintSQLite

/// Reads what can be read of a damaged database, row by row, past the pages that cannot.
struct TableSalvage {
  let connection: Connection

  /// How many numbers in a row are tried behind one that cannot be read: a page holds far fewer rows.
  private static let triesMax = 50_000

  /// Gives every readable row of a table with row numbers; the first value is the number.
  ///
  /// Each row is taken in whole or not at all: what `body` did before it failed is undone.
  ///
  /// - Parameters:
  ///   - target: The database that `body` writes to, in a transaction.
  ///   - body: Its `constraint` and `unexpectedValue` are the row's fault, which is then left out; all else it throws ends
  ///     the walk.
  /// - Returns: whether all of the table could be walked, and every row was taken.
  func walk(
    _ table: String, _ columns: String, number: String = "rowid", into target: Connection,
    _ body: ([Value]) throws -> Void
  ) throws -> Bool {
    let sql = "SELECT \(number), \(columns) FROM \(table) WHERE \(number) > ? ORDER BY \(number) LIMIT 1"
    var after: Int64 = 0
    var tries = 0
    var isWhole = true
    while tries < Self.triesMax {
      guard let found = try rows(sql, [.integer(after)]) else {
        // The next row stands on a damaged page, or holds what its column may not: the one behind it may be whole.
        isWhole = false
        guard after < .max else { return false }
        after += 1
        tries += 1
        continue
      }
      guard let row = found.first else { return isWhole }
      guard let number = row[0].integer, number > after else { return false }
      after = number
      tries = 0
      do {
        try target.savepoint { try body(row) }
      } catch let error as SQLiteError where error.kind == .constraint || error.kind == .unexpectedValue {
        isWhole = false
      }
    }
    return false
  }

  /// All rows of a query; nil if it meets damage.
  func rows(_ sql: String, _ values: [Value] = []) throws -> [[Value]]? {
    do {
      return try connection.query(sql, values) { try $0.values() }
    } catch let error as SQLiteError {
      guard Self.isDamage(error) else { throw error }
      return nil
    }
  }

  /// Of the source alone: the target's errors never come here.
  private static func isDamage(_ error: SQLiteError) -> Bool {
    [.corrupt, .notADatabase, .unexpectedValue, .other, .ioError].contains(error.kind)
  }
}
