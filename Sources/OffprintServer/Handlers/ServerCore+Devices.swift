import OffprintHTTP
import OffprintWire

extension ServerCore {
  /// `POST /v1/devices`: signs a device in by password or pairing code (Protocol, DEV-1, DEV-9).
  func signIn(_ call: Route.Call) throws -> Answer {
    let body = try call.jsonObject(["user", "password", "device", "code"])
    guard let name = body["device"]?.string else { throw Problem(.badRequest, "the device's name is needed") }
    guard Accounts.isDeviceName(name) else {
      throw Problem(
        .badRequest, "the device's name is empty, too long, or holds control characters",
        members: [JSONValue.Member("limit", .integer(Int64(Limits.deviceNameBytesMax)))])
    }
    do {
      let signedIn =
        body["code"] == nil ? try byPassword(body, name, call) : try byCode(body, name, call)
      var answer = Answer.json(
        .members(
          ("account", .string(signedIn.device.account.description)),
          ("device", .string(signedIn.device.id.description)), ("name", .string(signedIn.device.name)),
          ("server", .string(signedIn.server.description)), ("token", .string(signedIn.token.text)),
          ("user", .string(signedIn.user))),
        status: 201)
      answer.mayCompress = false
      return answer
    } catch Accounts.SignInError.tooManyDevices(let limit) {
      throw Problem(
        .quotaExceeded, "the account has as many devices as it may have; sign one out first",
        members: [JSONValue.Member("limit", .integer(limit))])
    }
  }

  private func byPassword(_ body: JSONValue, _ name: String, _ call: Route.Call) throws -> Accounts.SignedIn {
    guard let user = body["user"]?.string, let password = body["password"]?.string else {
      throw Problem(.badRequest, "user, password and device, or code and device are needed, as strings")
    }
    guard password.utf8.count <= Limits.passwordBytesMax, user.utf8.count <= Limits.userNameBytesMax else {
      throw Problem(.badRequest, "the user's name or the password is too long")
    }
    let address = ClientAddress.limitKey(of: call.request, trusted: configuration.trustedProxies)
    return try limited(signInLimiter, [.address(address), .user(user)], call.now, "wrong user name or password") {
      try accounts.signIn(user: user, password: password, deviceName: name)
    }
  }

  private func byCode(_ body: JSONValue, _ name: String, _ call: Route.Call) throws -> Accounts.SignedIn {
    guard let code = body["code"]?.string, body["user"] == nil, body["password"] == nil else {
      throw Problem(.badRequest, "a pairing code is a string, and stands in place of user and password")
    }
    guard code.utf8.count <= PairingCode.textBytesMax else { throw Problem(.badRequest, "the code is too long") }
    let address = ClientAddress.limitKey(of: call.request, trusted: configuration.trustedProxies)
    return try limited(pairingLimiter, [.address(address)], call.now, "wrong pairing code, or one that has ended") {
      try accounts.signIn(code: code, deviceName: name)
    }
  }

  /// Counts what fails, and lets nobody try who has failed too often.
  private func limited(
    _ limiter: SignInLimiter, _ keys: [SignInLimiter.Key], _ now: Int64, _ refusal: String,
    _ attempt: () throws -> Accounts.SignedIn?
  ) throws -> Accounts.SignedIn {
    if let seconds = limiter.secondsToWait(keys, now: now) {
      throw Problem(.rateLimited, "too many failed sign-ins", retryAfterSeconds: seconds)
    }
    guard let signedIn = try attempt() else {
      limiter.noteFailure(keys, now: now)
      figures.count(.failedSignIns)
      throw Problem(.unauthorized, refusal)
    }
    return signedIn
  }

  /// `GET /v1/devices` (Protocol, DEV-3).
  func devices(_ call: Route.Call) throws -> Answer {
    let sender = try call.device()
    let devices = try store.read { try $0.devices(of: sender.account) }
    let list = devices.map { device in
      let seen = notes.note(of: device.id)?.seen ?? device.lastSeen
      return JSONValue.members(
        ("created", .integer(device.created)), ("current", .bool(device.id == sender.id)),
        ("id", .string(device.id.description)), ("lastSeen", seen.map { .integer($0) } ?? .null),
        ("name", .string(device.name)))
    }
    return .json(.members(("devices", .array(list))))
  }

  /// `DELETE /v1/devices/{id}`: revokes a device, at once and on open long polls too (Protocol, DEV-3).
  func revoke(_ call: Route.Call) throws -> Answer {
    let sender = try call.device()
    guard let id = call.parameters.first.flatMap({ RecordID($0) }), try accounts.revoke(id, of: sender.account) else {
      throw Problem(.notFound, "there is no such device")
    }
    notes.drop(id)
    signals.notify(sender.account)
    return Answer(status: 204)
  }
}
