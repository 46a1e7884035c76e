import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Whose this library is, and the token it holds (Protocol, DEV).
extension LibraryStore {
  /// Binds the library at its first sign-in and keeps the token; false if it belongs to another account.
  func bind(to credential: Credential) throws(OffprintError) -> Bool {
    let isOurs = try write {
      #if MUTANTS
        if Mutant.isOn(.bindingIgnored) { try forgetOtherAccount(than: credential) }
      #endif
      let server = try metaText(.server)
      let account = try metaText(.account)
      guard server ?? credential.server.description == credential.server.description,
        account ?? credential.account.description == credential.account.description
      else { return false }
      try setMeta(.server, credential.server.description)
      try setMeta(.account, credential.account.description)
      try setMeta(.url, credential.url)
      try setMeta(.user, credential.user)
      try setMeta(.device, credential.device.description)
      try setMeta(.deviceName, credential.deviceName)
      return true
    }
    if isOurs { try folder.write(folder.credential, credential.bytes) }
    return isOurs
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
  func settleUnsent(discard: Bool, doing what: String) throws(OffprintError) {
    let unsent = try read { try unsentCount() }
    guard unsent > 0 else { return }
    guard discard else {
      throw OffprintError(
        .decisionNeeded,
        "\(unsent) changes have not reached the server; sync first, or \(what) with --discard-unsent, which keeps them in a"
          + " file", retry: .afterDecision)
    }
    let lines = try read { try unsentLines() }
    try folder.write(folder.path + "/unsent-\(environment.wallMilliseconds()).jsonl", lines)
    try write { try discardUnsent() }
  }

  /// Throws the copy of the account away; see ``Library/reset(discardUnsent:)``.
  package func reset(discardUnsent: Bool) throws(OffprintError) {
    try settleUnsent(discard: discardUnsent, doing: "reset")
    try write { try forgetRecords() }
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
