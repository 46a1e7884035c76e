import OffprintWire

/// What a store tells its operator beside answers: nothing is lost yet, but somebody should know.
package enum StoreEvent: Sendable, Hashable {
  /// A record was met with bytes that no longer give its hash. It is left out of the digest, so that devices offer theirs.
  case damagedRecord(of: RecordID, row: Int64)
  /// A stored content was met whose bytes are not those that were kept. It is dropped, so that devices are asked for it again.
  case damagedContent
  /// The write-ahead log cannot be cut, because another program reads the database for long; it has grown to this size.
  case logHeld(bytes: Int)
}
