import OffprintProcesses
import Foundation
import OffprintCrypto
import OffprintSQLite
import OffprintTesting

/// Ways to damage a database file, from outside.
struct FileDamage: Sendable, CustomStringConvertible {
  let description: String
  let apply: @Sendable (_ database: String) throws -> Void

  init(_ description: String, _ apply: @escaping @Sendable (_ database: String) throws -> Void) {
    self.description = description
    self.apply = apply
  }

  /// Cuts the file to what `size` makes of its size.
  static func cut(_ description: String, _ size: @escaping @Sendable (Int) -> Int) -> FileDamage {
    FileDamage(description) { path in
      let bytes = try DamagedFiles.bytes(path)
      try DamagedFiles.write(path, Array(bytes.prefix(size(bytes.count))))
    }
  }

  /// Writes bytes at a place.
  static func overwrite(_ description: String, at offset: Int, _ bytes: [UInt8]) -> FileDamage {
    FileDamage(description) { path in
      var file = try DamagedFiles.bytes(path)
      file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
      try DamagedFiles.write(path, file)
    }
  }

  /// Puts something else in place of the file.
  static func replace(_ description: String, _ bytes: [UInt8]) -> FileDamage {
    FileDamage(description) { try DamagedFiles.write($0, bytes) }
  }

  /// What nobody can take for a whole database: files cut short, and foreign ones.
  static let unreadable: [FileDamage] = [
    .cut("cut to nothing") { _ in 0 }, .cut("cut to 100 bytes") { _ in 100 },
    .cut("cut to one page") { _ in 4_096 }, .cut("cut to a half") { $0 / 2 / 4_096 * 4_096 },
    .cut("without its last page") { $0 - 4_096 },
    .overwrite("another magic", at: 0, Array("SQLight format".utf8)),
    .overwrite("no page size", at: 16, [0xFF, 0xFF]),
    .replace("random bytes", SeededBytes.bytes(20_000, seed: 5)), .replace("a text file", Array("dear diary\n".utf8)),
  ]
}

/// Random bytes of a seed.
enum SeededBytes {
  static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(count)
  }
}

/// Files and rows, read and written behind the programs' backs.
enum DamagedFiles {
  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  /// Writes into the file that is there: its inode, and with it the installation marker, stay.
  static func write(_ path: String, _ bytes: [UInt8]) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(bytes))
  }

  /// The hash of a file; empty if there is none.
  static func hash(_ path: String) -> String { (try? bytes(path)).map { Hex.encode(SHA256.hash($0)) } ?? "" }

  /// Runs statements in a database, as no program of ours would.
  static func run(_ database: String, _ sql: String, _ values: [Value] = []) throws {
    let connection = try Connection(path: database, role: .writer(create: false))
    defer { connection.close() }
    try connection.run(sql, values)
  }

  /// Signs devices of the first account in, past the password.
  static func insertDevices(_ database: String, tokens: [String]) throws {
    let connection = try Connection(path: database, role: .writer(create: false))
    defer { connection.close() }
    try connection.transaction {
      for (number, token) in tokens.enumerated() {
        guard let bytes = Hex.decode(token) else { continue }
        try connection.run(
          "INSERT INTO device (account, id, name, token, created) SELECT min(row), ?, ?, ?, 0 FROM account",
          [.blob(Array(SHA256.hash(bytes).prefix(16))), .text("device \(number)"), .blob(SHA256.hash(bytes))])
      }
    }
  }

  /// All rows of a query.
  static func rows(_ database: String, _ sql: String) throws -> [[Value]] {
    let connection = try Connection(path: database, role: .reader)
    defer { connection.close() }
    return try connection.query(sql) { try $0.values() }
  }

  /// Changes one byte of a column in every row that the condition names.
  static func flipByte(
    _ database: String, table: String, column: String, where condition: String, at place: (Int) -> Int
  ) throws -> Int {
    let connection = try Connection(path: database, role: .writer(create: false))
    defer { connection.close() }
    let rows = try connection.query("SELECT rowid, \(column) FROM \(table) WHERE \(condition)") { row in
      (try row.int64(0), try row.blob(1))
    }
    try connection.transaction {
      for (number, bytes) in rows {
        var damaged = bytes
        damaged[place(bytes.count)] ^= 0x01
        try connection.run("UPDATE \(table) SET \(column) = ? WHERE rowid = ?", [.blob(damaged), .integer(number)])
      }
    }
    return rows.count
  }
}

extension RealWorld {
  func database(_ device: String) -> String { folder.file("\(device)/library.sqlite") }
  var serverDatabase: String { folder.file("server/offprintd.sqlite") }

  /// A file with an article's text.
  func page(_ name: String, words: Int = 300, seed: UInt64) throws -> String {
    var generator = SeededGenerator(seed: seed)
    let text = (0..<words).map { _ in ["boat", "paper", "river", "lamp", "net", "lock"][Int(generator.next() % 6)] }
    let path = folder.file("\(name).txt")
    try Data("Story \(name)\n\n\(text.joined(separator: " "))\n".utf8).write(to: URL(fileURLWithPath: path))
    return path
  }
}
