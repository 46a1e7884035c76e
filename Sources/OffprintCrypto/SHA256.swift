#if canImport(CryptoKit)
  import CryptoKit
#else
  import CSodium
#endif

/// SHA-256 (FIPS 180-4), fed piece by piece.
///
/// A value: a copy taken half-way goes on by itself, so that a common prefix is hashed once.
package struct SHA256: Sendable {
  /// The length of a hash in bytes.
  package static let byteCount = 32

  #if canImport(CryptoKit)
    private var state = CryptoKit.SHA256()

    /// The hash of nothing so far.
    package init() {}
  #else
    private var state = crypto_hash_sha256_state()

    /// The hash of nothing so far.
    package init() {
      _ = Sodium.isReady
      crypto_hash_sha256_init(&state)
    }
  #endif

  /// Adds bytes; the pointer is not kept.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    #if canImport(CryptoKit)
      state.update(bufferPointer: bytes)
    #else
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
      crypto_hash_sha256_update(&state, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    #endif
  }

  /// Adds bytes.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds bytes.
  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the UTF-8 bytes of a text.
  package mutating func update(utf8 text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The 32 bytes of the hash of all that was added. The value itself stays as it is and can be fed on.
  package func finalize() -> [UInt8] {
    #if canImport(CryptoKit)
      return Array(state.finalize())
    #else
      var state = state
      return [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        crypto_hash_sha256_final(&state, base)
        count = Self.byteCount
      }
    #endif
  }

  /// The 32 bytes of the hash of `bytes`.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The 32 bytes of the hash of `bytes`.
  package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }
}
