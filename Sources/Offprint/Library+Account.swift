import OffprintHTTP
import OffprintWire

/// Signing in and out (Protocol, DEV).
extension Library {
  /// Signs this library in. The first sign-in binds it to server and account for good.
  ///
  /// - Parameter isClaimed: Whether the person says that the records are this user's, where a repair could not read whose
  ///   they are; all of them go to the account then.
  /// - Throws: `.decisionNeeded` if the library belongs to another account, or if that is unknown and nobody claims it;
  ///   `.notSignedIn` for a wrong name or password.
  @discardableResult
  public func login(
    to url: String, user: String, password: String, device: String, isClaimed: Bool = false,
    over transport: any Transport
  ) async throws(OffprintError) -> Account {
    try await login(
      SignIn(to: url, user: user, password: password, device: device), isClaimed: isClaimed, over: transport)
  }

  /// Signs this library in by a pairing code, as ``login(to:user:password:device:over:)`` does by a password.
  ///
  /// - Parameter code: the code as it was shown; hyphens, spaces and small letters do not matter.
  /// - Throws: as there; `.notSignedIn` for a code that is not taken.
  @discardableResult
  public func login(
    to url: String, code: String, device: String, isClaimed: Bool = false, over transport: any Transport
  ) async throws(OffprintError) -> Account {
    try await login(SignIn(to: url, code: code, device: device), isClaimed: isClaimed, over: transport)
  }

  private func login(
    _ signIn: SignIn, isClaimed: Bool, over transport: any Transport
  ) async throws(OffprintError) -> Account {
    let sent = environment.bootMilliseconds()
    let answer = try await send(signIn.request, over: transport)
    let roundTrip = environment.bootMilliseconds() - sent
    switch try signIn.finish(answer.response, roundTrip: roundTrip, in: store(), isClaimed: isClaimed) {
    case .signedIn(let account): return account
    case .notBound(let error, let giveBack):
      _ = try? await send(giveBack, over: transport)
      throw error
    }
  }

  /// Signs out: the server forgets the token, this device drops it; the library stays and works offline.
  ///
  /// - Returns: whether the server was told; if not, it knows the device until its owner revokes it.
  /// - Throws: `.decisionNeeded` if there are unsent edits and they are not to be discarded.
  @discardableResult
  public func logout(discardUnsent: Bool, over transport: any Transport) async throws(OffprintError) -> Bool {
    let store = try store()
    let credential = try store.credential()
    guard store.lock != nil else { throw LibraryStore.cannotWrite(store.folder) }
    try store.settleUnsent(discard: discardUnsent, doing: "sign out")
    let answer = try? await send(credential.revocation, over: transport)
    store.folder.remove(store.folder.credential)
    return answer?.response.status == 204 || answer?.response.status == 401
  }

  /// Throws the copy of the account away, to be read anew from nothing; this library goes on under a new replica id.
  ///
  /// - Throws: `.decisionNeeded` if there are unsent edits and they are not to be discarded.
  public func reset(discardUnsent: Bool) throws(OffprintError) {
    try store().reset(discardUnsent: discardUnsent)
  }

  /// The token at hand.
  func credential() throws(OffprintError) -> Credential { try store().credential() }

  func send(_ request: TransportRequest, over transport: any Transport) async throws(OffprintError) -> ServerAnswer {
    let response: HTTPResponse
    do throws(TransportError) { response = try await transport.send(request) } catch {
      throw OffprintError(error, reaching: request.url)
    }
    return try ServerAnswer(response)
  }
}
