import CSodium
import OffprintCrypto

/// argon2id (RFC 9106) through libsodium, in its own text form with salt and cost inside.
///
/// Slow and memory-hungry by design: callers run it on threads of its own, never on those that serve requests.
package struct PasswordHash: Sendable {
  /// Passes over the memory.
  private let operations: UInt64
  /// Bytes of memory.
  private let memoryBytes: Int

  /// The cost libsodium recommends for signing in over a network: 2 passes over 64 MiB.
  package static let interactive = PasswordHash(operations: 2, memoryBytes: 67_108_864)
  /// The least libsodium allows: for tests alone, where hundreds of accounts are made.
  package static let cheapestForTests = PasswordHash(operations: 1, memoryBytes: 8_192)

  /// Makes the text to be stored. The password's bytes count as they are; no Unicode normalisation.
  /// - Throws: ``StoreError/failed(_:)`` if there is not enough memory.
  package func hash(_ password: [UInt8]) throws -> String {
    try Sodium.requireReady()
    var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
    let code = password.withUnsafeBytes { bytes in
      crypto_pwhash_str_alg(
        &text, bytes.bindMemory(to: CChar.self).baseAddress ?? Self.nothing, UInt64(bytes.count), operations,
        memoryBytes, crypto_pwhash_ALG_ARGON2ID13)
    }
    guard code == 0 else { throw StoreError.failed("not enough memory to hash a password") }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the password is the one that was hashed.
  /// - Throws: ``CryptoError``.
  package static func verify(_ password: [UInt8], against text: String) throws(CryptoError) -> Bool {
    try Sodium.requireReady()
    return password.withUnsafeBytes { bytes in
      crypto_pwhash_str_verify(
        text, bytes.bindMemory(to: CChar.self).baseAddress ?? nothing, UInt64(bytes.count)) == 0
    }
  }

  /// An address for the empty password, whose buffer has none.
  /// Never written to and never freed, hence the same for all threads.
  nonisolated(unsafe) private static let nothing: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()
}
