import OffprintCrypto
import OffprintWire

/// Accounts and their devices: who may sign in, and as what.
package struct Accounts: Sendable {
  let store: any Store
  let environment: ServerEnvironment
  let passwords: PasswordHash
  /// What is verified where there is no such user, so that both cases cost the same.
  let decoy: String
  /// The quota of accounts that have none of their own.
  private let quota: AccountQuota

  /// How often `lastSeen` is written, in milliseconds.
  package static let lastSeenMilliseconds: Int64 = 60_000

  /// The accounts of a store.
  /// - Throws: ``StoreError`` if not even one password can be hashed.
  package init(
    store: any Store, environment: ServerEnvironment, passwords: PasswordHash, quota: AccountQuota = .standard
  ) throws {
    self.store = store
    self.quota = quota
    self.environment = environment
    self.passwords = passwords
    decoy = try passwords.hash(environment.randomBytes(16))
  }

  /// Why an account could not be made.
  package enum CreationError: Error, Sendable, Hashable {
    /// The name is empty, too long, or holds control characters.
    case badName
    /// The password is shorter or longer than allowed, in UTF-8 bytes.
    case badPasswordLength
    /// There is an account of that name.
    case exists
  }

  /// Makes an account. There is no way to this over HTTP.
  /// - Throws: ``CreationError``, ``StoreError``.
  package func create(name: String, password: String) throws -> Account {
    guard Self.isName(name) else { throw CreationError.badName }
    guard Self.isPasswordLength(password.utf8.count) else { throw CreationError.badPasswordLength }
    let account = Account(
      id: environment.randomID(), name: name, passwordHash: try passwords.hash(Array(password.utf8)),
      created: environment.now())
    try store.write { transaction in
      guard try transaction.account(named: name) == nil else { throw CreationError.exists }
      try transaction.insert(account, log: environment.randomID(), replica: environment.randomReplica())
    }
    return account
  }

  /// Whether a user may have that name: 1 to 64 bytes without control characters.
  package static func isName(_ name: String) -> Bool {
    (1...Limits.userNameBytesMax).contains(name.utf8.count) && isPlain(name)
  }

  /// Whether a device may have that name: 1 to 100 bytes without control characters.
  package static func isDeviceName(_ name: String) -> Bool {
    (1...Limits.deviceNameBytesMax).contains(name.utf8.count) && isPlain(name)
  }

  static func isPasswordLength(_ bytes: Int) -> Bool {
    (Limits.passwordBytesMin...Limits.passwordBytesMax).contains(bytes)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }

  /// A device just made, with the only sight of its token.
  package struct SignedIn: Sendable {
    /// The device.
    package var device: Device
    /// The name of its account.
    package var user: String
    /// Its token.
    package var token: Token
    /// The server's id.
    package var server: RecordID
  }

  /// Why somebody who may sign in cannot.
  package enum SignInError: Error, Sendable, Hashable {
    /// The account has as many devices as it may have.
    case tooManyDevices(limit: Int64)
  }

  /// Makes a device for whoever knows the password; nil for a wrong name or password and a disabled account, at the same cost.
  /// - Throws: ``SignInError``, ``StoreError``.
  package func signIn(user: String, password: String, deviceName: String) throws -> SignedIn? {
    let account = try store.read { try $0.account(named: user) }
    let known = try PasswordHash.verify(Array(password.utf8), against: account?.passwordHash ?? decoy)
    guard known, account != nil else { return nil }
    return try store.write { transaction in
      // As it is now: hashing took its time.
      guard let now = try transaction.account(named: user), now.id == account?.id, now.disabled == nil,
        now.passwordHash == account?.passwordHash
      else { return nil }
      return try addDevice(to: now, name: deviceName, in: transaction)
    }
  }

  /// Adds a device with a new token.
  /// - Throws: ``SignInError``, ``StoreError``.
  func addDevice(to account: Account, name: String, in transaction: any StoreTransaction) throws -> SignedIn {
    if let most = account.quota.resolved(server: quota).devices, try transaction.deviceCount(of: account.id) >= most {
      throw SignInError.tooManyDevices(limit: most)
    }
    guard let token = Token(bytes: environment.randomBytes(Token.byteCount)) else {
      throw StoreError.failed("no randomness")
    }
    let device = Device(id: environment.randomID(), account: account.id, name: name, created: environment.now())
    try transaction.insert(device, tokenHash: token.hash)
    return SignedIn(device: device, user: account.name, token: token, server: try transaction.serverID())
  }

  /// The device that a token belongs to, revoked or not.
  /// - Throws: ``StoreError``.
  package func device(_ token: Token) throws -> Device? {
    try store.read { try $0.device(tokenHash: token.hash) }
  }

  /// Revokes a device of the account.
  /// - Returns: whether there was such a device.
  /// - Throws: ``StoreError``.
  package func revoke(_ device: RecordID, of account: RecordID) throws -> Bool {
    try store.write { try $0.revoke(device, of: account, at: environment.now()) }
  }

  /// Writes what was lately heard of devices, all in one transaction. A full disk does not stop anybody from reading.
  func write(_ notes: [RecordID: DeviceNotes.Note]) {
    guard !notes.isEmpty else { return }
    _ = try? store.write { transaction in
      for (device, note) in notes {
        try transaction.noteSeen(device, of: note.account, at: note.seen, number: note.number)
      }
    }
  }
}
