import OffprintCrypto

/// What happened in a world, as lines: the last of them for people, all of them as one hash, which the same seed must give
/// again.
package struct EventLog: Sendable {
  /// Lines kept for people.
  private static let keptMax = 40

  private var hash: [UInt8] = [UInt8](repeating: 0, count: 32)
  private var pending: [UInt8] = []
  private(set) var last: [String] = []
  /// Whether every line is kept.
  package var keepsAll = false

  /// Adds a line.
  mutating func add(_ line: String) {
    pending += line.utf8
    pending.append(0x0A)
    if pending.count > 1 << 14 { fold() }
    last.append(line)
    if !keepsAll, last.count > 2 * Self.keptMax { last.removeFirst(Self.keptMax) }
  }

  /// Adds bytes that only the hash knows, such as a message.
  mutating func add(_ bytes: [UInt8]) {
    pending += bytes
    if pending.count > 1 << 14 { fold() }
  }

  /// The hash over all lines and bytes so far.
  package var digest: String {
    var copy = self
    copy.fold()
    return Hex.encode(copy.hash)
  }

  private mutating func fold() {
    hash = SHA256.hash(hash + pending)
    pending = []
  }
}
