import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Whose this library is, and the token it holds (Protocol, DEV).
extension LibraryStore {
  /// Binds the library at its first sign-in and keeps the token; false if it belongs to another account.
  ///
  /// - Parameter isClaimed: Whether the person says that the records are theirs, where a repair could not read whose they are.
  /// - Throws: `.decisionNeeded` where that is unknown and nobody has said it.
  func bind(to credential: Credential, isClaimed: Bool = false) throws(OffprintError) -> Bool {
    let isOurs = try write {
      #if MUTANTS
        if Mutant.isOn(.bindingIgnored) { try forgetOtherAccount(than: credential) }
      #endif
      let server = try metaText(.server)
      let account = try metaText(.account)
      guard server ?? credential.server.description == credential.server.description,
        account ?? credential.account.description == credential.account.description
      else { return false }
      guard try isClaimed || metaInteger(.ownerUnknown) == 0 else {
        throw OffprintError(
          .decisionNeeded,
          "a repair could not read whose this library is; nothing was changed. If its articles are \(credential.user)'s, sign"
            + " in with --claim: all of them then go to that account. Else use another folder (--library)",
          retry: .afterDecision)
      }
      try setBinding(credential)
      return true
    }
    if isOurs { try folder.write(folder.credential, credential.bytes) }
    return isOurs
  }

  /// Notes whose this library is, within a transaction.
  func setBinding(_ credential: Credential) throws {
    try setMeta(.server, credential.server.description)
    try setMeta(.account, credential.account.description)
    try setMeta(.url, credential.url)
    try setMeta(.user, credential.user)
    try setMeta(.device, credential.device.description)
    try setMeta(.deviceName, credential.deviceName)
    try setMeta(.ownerUnknown, nil as Int64?)
  }

  /// The token at hand.
  /// - Throws: `.notSignedIn`.
  func credential() throws(OffprintError) -> Credential {
    guard let bytes = try folder.read(folder.credential), let credential = Credential(parsing: bytes) else {
      throw OffprintError(
        .notSignedIn, "this library is not signed in; everything works offline, `offprint login` connects it",
        retry: .afterSignIn)
    }
    return credential
  }

  /// Lets nothing unsent be lost silently: stops, or writes it to a file first.
  package func settleUnsent(discard: Bool, doing what: String) throws(OffprintError) {
    try write { try giveUpUnsent(isAllowed: discard, doing: what) }
  }

  /// Throws the copy of the account away; see ``Library/reset(discardUnsent:)``. What the brake held goes to the trash: the
  /// server may not have it any more.
  package func reset(discardUnsent: Bool) throws(OffprintError) {
    try write {
      try giveUpUnsent(isAllowed: discardUnsent, doing: "reset")
      try releaseHeld()
      try forgetRecords()
    }
  }

  /// In one transaction with what follows, so that no edit of another process comes in between: the file is on the disk
  /// before anything is given up.
  private func giveUpUnsent(isAllowed: Bool, doing what: String) throws {
    let unsent = try unsentCount()
    guard unsent > 0 else { return }
    guard isAllowed else {
      throw OffprintError(
        .decisionNeeded,
        "\(unsent) changes have not reached the server; sync first, or \(what) with --discard-unsent, which keeps them in a"
          + " file", retry: .afterDecision)
    }
    _ = try writeUnsentFile()
    try discardUnsent()
  }

  /// Writes the unsent records to a file of their own in the library's folder.
  /// - Returns: its name.
  func writeUnsentFile() throws -> String {
    let name = folder.freeName("unsent-\(environment.wallMilliseconds())", ".jsonl")
    try folder.write(folder.path + "/" + name, unsentLines())
    return name
  }
}

#if MUTANTS
  extension LibraryStore {
    private func forgetOtherAccount(than credential: Credential) throws {
      guard let account = try metaText(.account), account != credential.account.description else { return }
      try setMeta(.server, nil as String?)
      try setMeta(.account, nil as String?)
      try beginReRead(.unknown)
    }
  }
#endif
