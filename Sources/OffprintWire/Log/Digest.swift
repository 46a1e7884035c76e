/// A proof of equality: how many live records, and the sum of their state hashes mod 2^64 (Protocol, DIG-1).
public struct Digest: Sendable, Hashable {
  /// Live records.
  public var count: Int64
  /// Sum of their state hashes mod 2^64.
  public var sum: UInt64

  /// A digest of these parts.
  public init(count: Int64 = 0, sum: UInt64 = 0) {
    self.count = count
    self.sum = sum
  }

  /// Buckets of a digest, by ``RecordKey/bucket``.
  public static let bucketCount = 256

  /// Takes a live record in.
  public mutating func add(_ stateHash: UInt64) {
    count += 1
    sum &+= stateHash
  }

  /// Takes a live record out.
  public mutating func remove(_ stateHash: UInt64) {
    count -= 1
    sum &-= stateHash
  }

  /// The digest of both sets together.
  public static func + (one: Self, other: Self) -> Self {
    Digest(count: one.count + other.count, sum: one.sum &+ other.sum)
  }

  /// The sum as on the wire: 16 hexadecimal digits.
  public var sumText: String { FixedHex.text(sum, digits: 16) }
}
