import OffprintHTTP
import OffprintWire

/// Signing in and out (Protocol, DEV).
extension Library {
  /// Signs this library in. The first sign-in binds it to server and account for good.
  ///
  /// - Throws: `.decisionNeeded` if the library belongs to another account; `.notSignedIn` for a wrong name or password.
  @discardableResult
  public func login(
    to url: String, user: String, password: String, device: String, over transport: any Transport
  ) async throws(OffprintError) -> Account {
    let base = try Self.baseURL(url)
    let answer = try await send(
      TransportRequest(
        url: base + "/v1/devices", method: "POST", headers: ["Content-Type": "application/json"],
        body: JSONValue.members(("device", .string(device)), ("password", .string(password)), ("user", .string(user)))
          .canonicalBytes, responseBytesMax: 1 << 16, timeoutSeconds: 30, deadlineSeconds: 60), over: transport)
    guard answer.response.status == 201 else {
      if answer.problem?.slug == .unauthorized {
        throw OffprintError(.notSignedIn, "the server does not know this user and password", retry: .afterSignIn)
      }
      throw answer.error(doing: "signing in")
    }
    guard let json = try? JSONValue(parsing: answer.response.body),
      let account = json["account"]?.string.flatMap({ RecordID($0) }),
      let server = json["server"]?.string.flatMap({ RecordID($0) }),
      let id = json["device"]?.string.flatMap({ RecordID($0) }), let token = json["token"]?.string,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !token.isEmpty
    else { throw ServerAnswer.notOffprint }
    let credential = Credential(
      url: base, user: user, account: account, server: server, device: id,
      deviceName: json["name"]?.string ?? device, token: token)
    guard try bind(to: credential) else {
      _ = try? await send(Self.revocation(of: credential), over: transport)
      throw OffprintError(
        .decisionNeeded,
        "this library belongs to another account; use another folder (--library) for this one", retry: .afterDecision)
    }
    try write { try $0.note(serverTime: answer.serverTime, roundTrip: 10_000) }
    return Account(user: user, url: base, account: account, device: id, deviceName: credential.deviceName)
  }

  /// Signs out: the server forgets the token, this device drops it; the library stays and works offline.
  ///
  /// - Returns: whether the server was told; if not, it knows the device until its owner revokes it.
  /// - Throws: `.decisionNeeded` if there are unsent edits and they are not to be discarded.
  @discardableResult
  public func logout(discardUnsent: Bool, over transport: any Transport) async throws(OffprintError) -> Bool {
    let credential = try credential()
    try settleUnsent(discard: discardUnsent, doing: "sign out")
    let answer = try? await send(Self.revocation(of: credential), over: transport)
    let store = try store()
    store.folder.remove(store.folder.credential)
    return answer?.response.status == 204 || answer?.response.status == 401
  }

  /// Throws the copy of the account away, to be read anew from nothing; this library goes on under a new replica id.
  ///
  /// - Throws: `.decisionNeeded` if there are unsent edits and they are not to be discarded.
  public func reset(discardUnsent: Bool) throws(OffprintError) {
    try settleUnsent(discard: discardUnsent, doing: "reset")
    try write { try $0.forgetRecords() }
  }

  /// The token at hand.
  func credential() throws(OffprintError) -> Credential {
    let folder = try store().folder
    guard let bytes = try folder.read(folder.credential), let credential = Credential(parsing: bytes) else {
      throw OffprintError(
        .notSignedIn, "this library is not signed in; everything works offline, `offprint login` connects it",
        retry: .afterSignIn)
    }
    return credential
  }

  func send(_ request: TransportRequest, over transport: any Transport) async throws(OffprintError) -> ServerAnswer {
    let response: HTTPResponse
    do throws(TransportError) { response = try await transport.send(request) } catch {
      throw OffprintError(error, reaching: request.url)
    }
    return try ServerAnswer(response)
  }

  private static func revocation(of credential: Credential) -> TransportRequest {
    TransportRequest(
      url: "\(credential.url)/v1/devices/\(credential.device)", method: "DELETE",
      headers: ["Authorization": "Bearer \(credential.token)"], responseBytesMax: 1 << 16, timeoutSeconds: 10,
      deadlineSeconds: 20)
  }

  private static func baseURL(_ text: String) throws(OffprintError) -> String {
    guard PageAddress(text) != nil, !text.contains("?"), !text.contains("#") else {
      throw OffprintError(
        .invalidInput, "the server's address must begin with http:// or https:// and name a host, without a password")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// Binds the library at its first sign-in; false if it belongs to another account.
  private func bind(to credential: Credential) throws(OffprintError) -> Bool {
    let isOurs = try write { store in
      let server = try store.metaText(.server)
      let account = try store.metaText(.account)
      guard server ?? credential.server.description == credential.server.description,
        account ?? credential.account.description == credential.account.description
      else { return false }
      try store.setMeta(.server, credential.server.description)
      try store.setMeta(.account, credential.account.description)
      try store.setMeta(.url, credential.url)
      try store.setMeta(.user, credential.user)
      try store.setMeta(.device, credential.device.description)
      try store.setMeta(.deviceName, credential.deviceName)
      return true
    }
    let folder = try store().folder
    if isOurs { try folder.write(folder.credential, credential.bytes) }
    return isOurs
  }

  /// Lets nothing unsent be lost silently: stops, or writes it to a file first.
  private func settleUnsent(discard: Bool, doing what: String) throws(OffprintError) {
    let unsent = try read { try $0.unsentCount() }
    guard unsent > 0 else { return }
    guard discard else {
      throw OffprintError(
        .decisionNeeded,
        "\(unsent) changes have not reached the server; sync first, or \(what) with --discard-unsent, which keeps them in a"
          + " file", retry: .afterDecision)
    }
    let folder = try store().folder
    let lines = try read { try $0.unsentLines() }
    try folder.write(folder.path + "/unsent-\(environment.wallMilliseconds()).jsonl", lines)
    try write { try $0.discardUnsent() }
  }
}
