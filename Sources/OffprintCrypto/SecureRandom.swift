#if canImport(CryptoKit)
  import CryptoKit
#else
  import CSodium
#endif

/// Random bytes fit for keys and tokens, from the operating system.
///
/// For composing code only: everything below gets its randomness injected, so that a simulation can replay it.
package enum SecureRandom {
  /// `count` random bytes; none if `count` is not positive.
  package static func bytes(_ count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    #if canImport(CryptoKit)
      return SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
    #else
      _ = Sodium.isReady
      return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let base = buffer.baseAddress else { return }
        randombytes_buf(base, count)
        initialized = count
      }
    #endif
  }
}
