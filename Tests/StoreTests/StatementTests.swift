import Foundation
import OffprintServer
import Testing

/// Every statement of the store is about one account (E8), or stands in the table of those that cannot be.
///
/// Read from the source: what is not there cannot run, and SQL is never put together from data (the values are bound).
@Suite struct StatementTests {
  /// The statements that name no account, each with why.
  private static let exceptions: [(beginning: String, why: String)] = [
    ("SELECT id FROM server", "the server's own id"),
    ("SELECT 1 FROM server", "whether there is one"),
    ("INSERT INTO server", "made once"),
    ("SELECT access FROM server", "a number about all accounts that tells of none"),
    ("UPDATE server SET access", "the same"),
    (
      "SELECT \\(Self.accountColumns) FROM account ORDER BY name",
      "all accounts, for the operator, the purge and the start"
    ),
    ("SELECT \\(Self.accountColumns) FROM account WHERE name = ?1", "the way in: a user's name"),
    ("INSERT INTO account", "makes an account"),
    (
      "SELECT \\(Self.deviceColumns) FROM device d JOIN account a ON a.row = d.account WHERE d.token = ?1",
      "the way in: a token"
    ),
    ("UPDATE pairing SET tries = tries - 1 WHERE handle = ?1", "the way in: a pairing code"),
    ("SELECT a.id, p.handle", "the way in: a pairing code"),
    ("DELETE FROM pairing WHERE expires <= ?1", "codes that have ended, whoever's"),
    ("INSERT INTO content (", "bytes by their hash; who has them stands in content_owner"),
    ("DELETE FROM content WHERE hash = ?1 AND NOT EXISTS", "bytes that nobody has any more"),
    ("DELETE FROM content WHERE hash = ?1", "damaged bytes, met by a reader who has them"),
    ("SELECT fragment, crc, size, kept FROM content WHERE hash = ?1", "the same"),
    ("UPDATE content_owner SET unnamed = ?1 WHERE unnamed = ?2", "upkeep, over all accounts: what begins to age"),
    ("SELECT o.account, o.hash, ifnull(", "upkeep, over all accounts: what has aged, each with its account"),
    ("UPDATE run SET body = NULL WHERE row = ?1", "a damaged row, met by its account's reader"),
    ("SELECT a.id, a.row, r.bucket FROM record r JOIN account a", "whose a damaged row is"),
    ("SELECT \\(Self.recordColumns) FROM record WHERE row = ?1", "a damaged row, met by its account's reader"),
    ("UPDATE record SET live = 0, since = ?2 WHERE row = ?1", "a damaged row, met by its account's reader"),
    ("SELECT id FROM account WHERE disabled IS NULL", "whose turn it is to fetch, over all accounts"),
    ("PRAGMA ", "about the connection"),
  ]

  /// What makes a statement one about an account: the account's row or id, bound.
  private static let bounds = [
    "account = ?1", "d.account = ?1", "o.account = ?1", "f.account = ?1", "a.id = ?1",
    "account = (SELECT row FROM account WHERE id = ?1)",
  ]

  /// The statements in the store's sources, on one line each, with where they stand.
  private static func statements() throws -> [(place: String, sql: String)] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/OffprintServer")
    var found: [(String, String)] = []
    let walk = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))
    while let path = walk?.nextObject() as? String {
      // The schema makes tables, before there is any account; an operator's checks and copies are of whole databases, and no
      // request reaches them.
      guard path.hasSuffix(".swift"), !path.contains("ServerSchema"), !path.hasPrefix("Operating/") else { continue }
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      for literal in literals(in: text) where isStatement(literal) { found.append((path, literal)) }
    }
    return found
  }

  private static func isStatement(_ text: String) -> Bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "WITH ", "PRAGMA "].contains { text.hasPrefix($0) }
  }

  /// The string literals of Swift source, white space as one space.
  private static func literals(in source: String) -> [String] {
    var found: [String] = []
    var rest = source[...]
    while let quote = rest.firstIndex(of: "\"") {
      let isLong = rest[quote...].hasPrefix("\"\"\"")
      let mark = isLong ? "\"\"\"" : "\""
      let start = rest.index(quote, offsetBy: mark.count)
      guard let end = rest[start...].range(of: mark) else { break }
      found.append(rest[start..<end.lowerBound].split(whereSeparator: \.isWhitespace).joined(separator: " "))
      rest = rest[end.upperBound...]
    }
    return found
  }

  private static func isAboutAnAccount(_ sql: String) -> Bool {
    if bounds.contains(where: sql.contains) { return true }
    // A new row begins with whose it is.
    if sql.hasPrefix("INSERT INTO"), sql.contains("(account, ") { return true }
    // The row of the account itself.
    let isOfAccount = sql.hasPrefix("UPDATE account SET") || sql.contains("FROM account WHERE")
    return isOfAccount && (sql.contains("WHERE id = ?1") || sql.contains("WHERE row = ?1"))
  }

  @Test func `E8: every statement has the account in it, or is one of the exceptions`() throws {
    let statements = try Self.statements()
    #expect(statements.count > 50)
    let strays = statements.filter { statement in
      !Self.isAboutAnAccount(statement.sql) && !Self.exceptions.contains { statement.sql.hasPrefix($0.beginning) }
    }
    #expect(strays.isEmpty, "\(strays.map { "\($0.place): \($0.sql)" }.joined(separator: "\n"))")
  }

  @Test func `E8: the table of exceptions holds nothing that is not there`() throws {
    let statements = try Self.statements()
    let idle = Self.exceptions.filter { exception in !statements.contains { $0.sql.hasPrefix(exception.beginning) } }
    #expect(idle.isEmpty, "\(idle)")
  }
}
