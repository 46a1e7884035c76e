import OffprintSQLite
import OffprintWire

/// The library's single values, by name.
enum MetaKey: String, CaseIterable {
  /// This library's own id, also in `library.json`.
  case library
  /// Write transactions so far; `library.json` remembers it at a clean close.
  case changes
  /// This installation's replica id.
  case replica
  /// The number of the last push begun by this replica.
  case pushNumber
  /// The value of ``Environment/installationMarker`` that the replica id belongs to.
  case marker
  /// The cursor to go on with.
  case cursor
  /// Its number.
  case number
  /// Whether the first sync or the re-read under way has not met its end.
  case unfinished
  /// `expired` or `unknown` while everything is read again.
  case reread
  /// Counts re-reads; records carry the one in which they were last met.
  case generation
  /// The entity tag of the last answer at the head.
  case entityTag
  /// The greatest server time met, in milliseconds.
  case contact
  case sampleServer, sampleBoot, sampleBootID, sampleError
  /// What the library is bound to.
  case server, account
  case user, url, device, deviceName
  case lastSuccess, lastAttempt, lastProblem, nextTry, failures
  case repairFailures, repairNotBefore
  /// Set while a sync must offer every content again.
  case offersAllContents
  /// The hash behind which the next sync begins to fetch texts: those up to it were damaged on the server, or were met.
  case textsAfter
  /// What the repair that made this database did.
  case repair
  /// Set by a repair that could not read whose the library is: who signs in next must say that it is theirs.
  case ownerUnknown

  /// No number here is meant to come near the ends; where damage has put one there, adding to it must not stop the program,
  /// nor make a number that `library.json` cannot hold (Protocol, JSON-2).
  static func bounded(_ number: Int64) -> Int64 { min(max(number, -limit), limit) }

  /// The number if it can be one; 0 for what only damage can have written.
  static func plausible(_ number: Int64) -> Int64 { number.magnitude < limit.magnitude ? number : 0 }

  private static let limit: Int64 = 1 << 52
}

extension LibraryStore {
  func meta(_ key: MetaKey) throws -> Value {
    try row("SELECT value FROM meta WHERE key = ?", .text(key.rawValue))?.first ?? .null
  }

  func metaInteger(_ key: MetaKey) throws -> Int64 { MetaKey.bounded(try meta(key).integer ?? 0) }
  func metaText(_ key: MetaKey) throws -> String? { try meta(key).text }

  func setMeta(_ key: MetaKey, _ value: Value) throws {
    if case .null = value {
      try run("DELETE FROM meta WHERE key = ?", .text(key.rawValue))
    } else {
      try run(
        "INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        .text(key.rawValue), value)
    }
  }

  func setMeta(_ key: MetaKey, _ number: Int64?) throws { try setMeta(key, Value.optional(number)) }
  func setMeta(_ key: MetaKey, _ text: String?) throws { try setMeta(key, Value.optional(text)) }

  /// This installation's replica id.
  func replica() throws -> ReplicaID {
    guard let replica = try metaText(.replica).flatMap({ ReplicaID($0) }) else {
      throw OffprintError(.damaged, "the library has lost its replica id; \(StoreFailure.repairAdvice)")
    }
    return replica
  }

  /// Whether stamps of that replica were made by this library, under its present id or an earlier one.
  func isOwn(_ replica: ReplicaID) throws -> Bool {
    try row("SELECT 1 FROM own_replica WHERE replica = ?", .text(replica.description)) != nil
  }
}
