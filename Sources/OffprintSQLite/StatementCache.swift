/// The compiled statements of one connection by their SQL.
final class StatementCache {
  /// More than any program of ours has; a bound in case SQL is ever built from data.
  private static let statementsMax = 256

  private var statements: [SQL: Statement] = [:]

  /// The cached statement, unless there is none or it is being stepped by a caller further up.
  func free(_ sql: String) -> Statement? {
    guard let statement = statements[SQL(text: sql)], !statement.isBusy else { return nil }
    statement.clear()
    return statement
  }

  func keep(_ statement: Statement, for sql: String) {
    if statements.count >= Self.statementsMax { statements.removeAll() }
    statements[SQL(text: sql)] = statement
  }

  func removeAll() {
    statements.removeAll()
  }

  /// SQL compared by its bytes: to Swift "é" and "e\u{301}" are one key, to SQLite two literals.
  private struct SQL: Hashable {
    let text: String

    static func == (left: SQL, right: SQL) -> Bool {
      var (left, right) = (left.text, right.text)
      return left.withUTF8 { left in
        right.withUTF8 { right in
          // The same literal of our source, as nearly always, is the same place in memory.
          left.count == right.count && (left.baseAddress == right.baseAddress || left.elementsEqual(right))
        }
      }
    }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}
