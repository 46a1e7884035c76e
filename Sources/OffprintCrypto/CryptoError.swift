/// What can fail in this module; everything else in it cannot.
package enum CryptoError: Error, Equatable, Sendable {
  /// The cryptographic library could not be set up (libsodium's `sodium_init` answered -1).
  ///
  /// Retrying does not help within this process. Password hashing must not go on; see ``Sodium/requireReady()``.
  case libraryUnavailable
}
