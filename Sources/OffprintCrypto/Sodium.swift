#if canImport(CryptoKit)
  // CryptoKit needs no setting up.
#else
  import CSodium

  /// libsodium, set up once for the process.
  package enum Sodium {
    /// Whether `sodium_init` succeeded.
    ///
    /// A static `let` is initialised by exactly one thread while others wait, which is what `sodium_init` asks for. Should it
    /// fail, the random generator is still seeded here, still by one thread: it and SHA-256 need nothing else, so neither is
    /// weakened; only callers of other primitives have to ask.
    package static let isReady: Bool = {
      if sodium_init() >= 0 { return true }
      randombytes_stir()
      return false
    }()

    /// To be called before any libsodium primitive that this module does not wrap (password hashing).
    ///
    /// - Throws: ``CryptoError/libraryUnavailable``.
    package static func requireReady() throws(CryptoError) {
      guard isReady else { throw .libraryUnavailable }
    }
  }
#endif
