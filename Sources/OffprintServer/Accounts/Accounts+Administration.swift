import OffprintWire

/// What an operator does with accounts; beside a running server, which sees it at once.
extension Accounts {
  /// There is no account of that name.
  package struct UnknownUser: Error, Sendable, Hashable {}

  /// Sets a new password.
  /// - Parameter signsOut: whether all devices are signed out as well; else they stay, for their tokens are no passwords.
  /// - Returns: the devices signed out.
  /// - Throws: ``UnknownUser``, ``CreationError/badPasswordLength``, ``StoreError``.
  package func setPassword(_ password: String, of name: String, signsOut: Bool) throws -> Int {
    guard Self.isPasswordLength(password.utf8.count) else { throw CreationError.badPasswordLength }
    let hash = try passwords.hash(Array(password.utf8))
    let now = environment.now()
    return try store.write { transaction in
      let account = try Self.account(name, in: transaction)
      try transaction.setPasswordHash(hash, of: account.id)
      // Whoever has a code has it by the old password's owner.
      try transaction.removePairings(of: account.id)
      guard signsOut else { return 0 }
      let devices = try transaction.devices(of: account.id)
      for device in devices { _ = try transaction.revoke(device.id, of: account.id, at: now) }
      return devices.count
    }
  }

  /// Disables an account, or enables it. Nothing of what it holds changes.
  /// - Returns: whether that changed anything.
  /// - Throws: ``UnknownUser``, ``StoreError``.
  package func setDisabled(_ isDisabled: Bool, user name: String) throws -> Bool {
    let now = environment.now()
    return try store.write { transaction in
      let account = try Self.account(name, in: transaction)
      guard (account.disabled != nil) != isDisabled else { return false }
      try transaction.setDisabled(isDisabled ? now : nil, of: account.id)
      return true
    }
  }

  /// Gives an account a quota of its own.
  /// - Returns: the account as it is then.
  /// - Throws: ``UnknownUser``, ``StoreError``.
  package func setQuota(of name: String, _ change: (inout OwnQuota) -> Void) throws -> Account {
    try store.write { transaction in
      var account = try Self.account(name, in: transaction)
      change(&account.quota)
      try transaction.setQuota(account.quota, of: account.id)
      return account
    }
  }

  /// What goes with an account.
  package struct Belongings: Sendable, Hashable {
    /// The account.
    package var account: Account
    /// Its records, dead ones too.
    package var records: Int64
    /// Contents it has stored; those that others have stored as well stay with them.
    package var contents: Int64
    /// Devices that are signed in.
    package var devices: Int64
  }

  /// What would go with an account.
  /// - Throws: ``UnknownUser``, ``StoreError``.
  package func belongings(of name: String) throws -> Belongings {
    try store.read { reader in
      let account = try Self.account(name, in: reader)
      return Belongings(
        account: account, records: try reader.recordCount(of: account.id),
        contents: try reader.contentCount(of: account.id), devices: try reader.deviceCount(of: account.id))
    }
  }

  /// Records removed in one transaction.
  package static let removalBatch = 500

  /// Removes an account with all it holds: its devices at once, the rest in small transactions, between which others write.
  ///
  /// A removal that was cut short leaves a disabled account; the next one goes on with it.
  /// - Parameter progress: called after each transaction.
  /// - Throws: ``UnknownUser``, ``StoreError``.
  package func remove(_ name: String, progress: () -> Void = {}) throws {
    let now = environment.now()
    let id = try store.write { transaction in
      let account = try Self.account(name, in: transaction)
      try transaction.beginRemoval(of: account.id, at: now)
      return account.id
    }
    var isMore = true
    while isMore {
      progress()
      isMore = try store.write { try $0.removeSome(of: id, limit: Self.removalBatch) }
    }
  }

  /// The devices of an account with how far each is behind, oldest first.
  package struct ListedDevice: Sendable, Hashable {
    /// The device.
    package var device: Device
    /// Changes it has not been given; nil if it never asked for any.
    package var behind: Int64?
  }

  /// The devices of an account.
  /// - Throws: ``UnknownUser``, ``StoreError``.
  package func devices(of name: String) throws -> [ListedDevice] {
    try store.read { reader in
      let account = try Self.account(name, in: reader)
      let head = try reader.log(of: account.id)?.position.head ?? 0
      return try reader.devices(of: account.id).map { device in
        // A number above the head is of a log that was restored to an older state since.
        ListedDevice(device: device, behind: device.number.map { max(0, head - $0) })
      }
    }
  }

  private static func account(_ name: String, in reader: any StoreReader) throws -> Account {
    guard let account = try reader.account(named: name) else { throw UnknownUser() }
    return account
  }
}
