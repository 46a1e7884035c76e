import CSQLite

extension Connection {
  /// Runs one statement to its end.
  ///
  /// ```swift
  /// try connection.run("INSERT INTO head (account, number) VALUES (?1, ?2)", [.blob(account), .integer(0)])
  /// ```
  package func run(_ sql: String, _ values: [Value] = []) throws(SQLiteError) {
    try cached(sql).run(values)
  }

  /// Calls `body` for each row.
  package func forEach(_ sql: String, _ values: [Value] = [], _ body: (Row) throws -> Void) throws {
    let statement = try cached(sql)
    defer { statement.clear() }
    try statement.bind(values)
    while let row = try statement.step() { try body(row) }
  }

  /// What `body` makes of each row.
  package func query<T>(_ sql: String, _ values: [Value] = [], _ body: (Row) throws -> T) throws -> [T] {
    var results: [T] = []
    try forEach(sql, values) { results.append(try body($0)) }
    return results
  }

  /// What `body` makes of the first row; nil if there is none.
  package func first<T>(_ sql: String, _ values: [Value] = [], _ body: (Row) throws -> T) throws -> T? {
    let statement = try cached(sql)
    defer { statement.clear() }
    try statement.bind(values)
    guard let row = try statement.step() else { return nil }
    return try body(row)
  }

  /// Runs several statements without parameters, as a schema has. The first failure ends it; wrap it in a transaction.
  package func script(_ sql: String) throws(SQLiteError) {
    var rest = Array(sql.utf8)[...]
    while true {
      let (pointer, tail) = try handle.prepare(rest, persistent: false)
      guard let pointer else {
        // A comment between statements compiles to nothing; the end is where nothing is left.
        if tail.isEmpty || tail.count == rest.count { return }
        rest = tail
        continue
      }
      try Statement(connection: handle, pointer: pointer).run([])
      rest = tail
    }
  }
}
