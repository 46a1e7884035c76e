import OffprintWire

/// A pairing code as the store keeps it: what stands for a password once, for a few minutes.
package struct Pairing: Sendable, Hashable {
  /// The account that it signs in to.
  package var account: RecordID
  /// The part of the code by which it is found.
  package var handle: String
  /// The hash of its other part.
  package var secretHash: String
  /// When it was made, in milliseconds since 1970.
  package var created: Int64
  /// When it ends.
  package var expires: Int64
  /// Tries that are left.
  package var triesLeft: Int64
  /// Whether it may be used again: for trying things out alone.
  package var isReusable: Bool

  /// A pairing of these parts.
  package init(
    account: RecordID, handle: String, secretHash: String, created: Int64, expires: Int64, triesLeft: Int64,
    isReusable: Bool
  ) {
    self.account = account
    self.handle = handle
    self.secretHash = secretHash
    self.created = created
    self.expires = expires
    self.triesLeft = triesLeft
    self.isReusable = isReusable
  }
}
