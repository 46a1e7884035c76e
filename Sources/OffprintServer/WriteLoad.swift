/// What a writing transaction is to the others that wait for their turn.
package struct WriteLoad: Sendable, Hashable {
  /// About how many bytes it writes. Bodies are committed together up to a limit, so that the write-ahead log stays small.
  package var bytes: Int
  /// Whether it lets all others go first, and is asked by ``StoreTransaction/othersWait`` to be short.
  package var isBackground: Bool

  /// A request that writes about so many bytes.
  package static func request(bytes: Int = 0) -> WriteLoad { WriteLoad(bytes: max(0, bytes), isBackground: false) }
  /// Upkeep that nobody waits for.
  package static let background = WriteLoad(bytes: 0, isBackground: true)
}
