import OffprintHTTP
import OffprintWire

extension ServerCore {
  /// `POST /v1/devices`: signs a device in (Protocol, DEV-1).
  func signIn(_ call: Route.Call) throws -> Answer {
    let body = try call.jsonObject(["user", "password", "device"])
    guard let user = body["user"]?.string, let password = body["password"]?.string,
      let name = body["device"]?.string
    else { throw Problem(.badRequest, "user, password and device are needed, as strings") }
    guard Accounts.isDeviceName(name) else {
      throw Problem(
        .badRequest, "the device's name is empty, too long, or holds control characters",
        members: [JSONValue.Member("limit", .integer(Int64(Limits.deviceNameBytesMax)))])
    }
    guard password.utf8.count <= Limits.passwordBytesMax, user.utf8.count <= Limits.userNameBytesMax else {
      throw Problem(.badRequest, "the user's name or the password is too long")
    }
    let keys = ["address " + address(of: call.request), "user " + user]
    if let seconds = limiter.secondsToWait(keys, now: call.now) {
      throw Problem(.rateLimited, "too many failed sign-ins", retryAfterSeconds: seconds)
    }
    guard let signedIn = try accounts.signIn(user: user, password: password, deviceName: name) else {
      limiter.noteFailure(keys, now: call.now)
      figures.count(.failedSignIns)
      throw Problem(.unauthorized, "wrong user name or password")
    }
    var answer = Answer.json(
      .members(
        ("account", .string(signedIn.device.account.description)), ("device", .string(signedIn.device.id.description)),
        ("name", .string(signedIn.device.name)), ("server", .string(signedIn.server.description)),
        ("token", .string(signedIn.token.text))),
      status: 201)
    answer.mayCompress = false
    return answer
  }

  /// Where the client is, for limits alone.
  private func address(of request: HTTPRequest) -> String {
    if configuration.trustsForwardedFor, let forwarded = request.headers.all("X-Forwarded-For").last {
      // The last entry is the proxy's own word; those before it are the client's.
      return String(forwarded.split(separator: ",").last ?? "").filter { $0 != " " }
    }
    return request.peer ?? "-"
  }

  /// `GET /v1/devices` (Protocol, DEV-3).
  func devices(_ call: Route.Call) throws -> Answer {
    let sender = try call.device()
    let devices = try store.read { try $0.devices(of: sender.account) }
    let list = devices.map { device in
      JSONValue.members(
        ("created", .integer(device.created)), ("current", .bool(device.id == sender.id)),
        ("id", .string(device.id.description)), ("lastSeen", device.lastSeen.map { .integer($0) } ?? .null),
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
    signals.notify(sender.account)
    return Answer(status: 204)
  }
}
