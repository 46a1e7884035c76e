import OffprintWire

/// Signing in with a pairing code in place of a password (Protocol, DEV-9).
extension Accounts {
  /// How long a code is valid where nothing else is asked for, in milliseconds.
  package static let pairingMilliseconds: Int64 = 600_000
  /// Wrong tries that burn a code.
  package static let pairingTriesMax: Int64 = 5
  /// Codes that an account may have at one time.
  package static let pairingsMax: Int64 = 10

  /// Why there is no pairing code.
  package enum PairingError: Error, Sendable, Hashable {
    /// There is no account of that name.
    case noAccount
    /// The account is disabled.
    case disabled
    /// There are ``pairingsMax`` codes that have not ended yet.
    case tooMany
  }

  /// Makes a pairing code, whose secret is seen here alone.
  /// - Parameter isReusable: whether it stays valid after it was used: for trying things out on one machine.
  /// - Throws: ``PairingError``, ``StoreError``.
  package func makePairingCode(
    user: String, validMilliseconds: Int64 = pairingMilliseconds, isReusable: Bool = false
  ) throws -> (code: PairingCode, expires: Int64) {
    let code = PairingCode(random: environment.randomNumber())
    let now = environment.now()
    let secretHash = try passwords.hash(Array(code.secret.utf8))
    return try store.write { transaction in
      guard let account = try transaction.account(named: user) else { throw PairingError.noAccount }
      guard account.disabled == nil else { throw PairingError.disabled }
      let pairing = Pairing(
        account: account.id, handle: code.handle, secretHash: secretHash, created: now,
        expires: now + validMilliseconds, triesLeft: Self.pairingTriesMax, isReusable: isReusable)
      // One that has the same handle has a fifth of a million's chance; the newer one is the one that is wanted.
      if let other = try transaction.pairing(code.handle) {
        try transaction.removePairing(other.handle, of: other.account)
      }
      try transaction.insert(pairing)
      guard try transaction.pairingCount(of: account.id) <= Self.pairingsMax else { throw PairingError.tooMany }
      return (code, pairing.expires)
    }
  }

  /// Makes a device for whoever has a valid code; nil for a wrong, used, burnt or expired one, at the same cost.
  ///
  /// The try is taken, durably, before the secret is looked at: however many ask at one moment, no more than five are answered.
  /// - Throws: ``SignInError``, ``StoreError``.
  package func signIn(code text: String, deviceName: String) throws -> SignedIn? {
    let code = PairingCode(text)
    let now = environment.now()
    var pairing: Pairing?
    if let code { pairing = try store.write { try $0.takePairingTry(code.handle, now: now) } }
    let known = try PasswordHash.verify(Array((code?.secret ?? text).utf8), against: pairing?.secretHash ?? decoy)
    guard known, let pairing else { return nil }
    return try store.write { transaction in
      // Somebody may have been faster, or taken it back.
      guard try transaction.pairing(pairing.handle)?.secretHash == pairing.secretHash else { return nil }
      guard let account = try transaction.account(pairing.account), account.disabled == nil else { return nil }
      if pairing.isReusable {
        try transaction.setPairingTries(Self.pairingTriesMax, handle: pairing.handle, of: account.id)
      } else {
        try transaction.removePairing(pairing.handle, of: account.id)
      }
      return try addDevice(to: account, name: deviceName, in: transaction)
    }
  }
}
