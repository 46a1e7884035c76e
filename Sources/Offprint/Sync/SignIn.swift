import OffprintHTTP
import OffprintWire

/// Signing in, without I/O: the request, and what its answer means (Protocol, DEV-1).
package struct SignIn {
  /// The server's address without a final slash.
  let base: String
  /// Nil where the code tells the server.
  let user: String?
  let device: String
  /// What to send; its answer goes to ``finish(_:roundTrip:in:)``.
  package let request: TransportRequest

  /// A sign-in of this user and device by password.
  /// - Throws: `.invalidInput` for an address that is none.
  package init(to url: String, user: String, password: String, device: String) throws(OffprintError) {
    try self.init(
      to: url, user: user, device: device,
      body: .members(("device", .string(device)), ("password", .string(password)), ("user", .string(user))))
  }

  /// A sign-in of this device by a pairing code (Protocol, DEV-9).
  /// - Throws: `.invalidInput` for an address that is none.
  package init(to url: String, code: String, device: String) throws(OffprintError) {
    try self.init(
      to: url, user: nil, device: device, body: .members(("code", .string(code)), ("device", .string(device))))
  }

  private init(to url: String, user: String?, device: String, body: JSONValue) throws(OffprintError) {
    base = try Self.baseURL(url)
    self.user = user
    self.device = device
    request = TransportRequest(
      url: base + "/v1/devices", method: "POST", headers: ["Content-Type": "application/json"],
      body: body.canonicalBytes, responseBytesMax: 1 << 16, timeoutSeconds: 30, deadlineSeconds: 60)
  }

  /// What became of a sign-in.
  package enum Outcome: Sendable {
    /// The library is bound to the account and holds the token.
    case signedIn(Account)
    /// The library belongs to another account, or nobody knows to which: the new device is to be given back by this request.
    case notBound(OffprintError, giveBack: TransportRequest)
  }

  /// Takes the answer, and binds the library at its first sign-in.
  /// - Parameters:
  ///   - roundTrip: Milliseconds between sending and the whole answer.
  ///   - isClaimed: Whether the library's records are said to be this user's.
  /// - Throws: `.notSignedIn` for a wrong name, password or code, `.notAnOffprintServer`, `.server`, and what storing throws.
  package func finish(
    _ response: HTTPResponse, roundTrip: Int64, in store: LibraryStore, isClaimed: Bool = false
  ) throws(OffprintError) -> Outcome {
    let answer = try ServerAnswer(response)
    let credential = try credential(from: answer)
    do throws(OffprintError) {
      guard try store.bind(to: credential, isClaimed: isClaimed) else {
        return .notBound(Self.otherAccount, giveBack: credential.revocation)
      }
    } catch  where error.code == .decisionNeeded {
      return .notBound(error, giveBack: credential.revocation)
    }
    try store.write { try store.note(serverTime: answer.serverTime, roundTrip: roundTrip) }
    return .signedIn(
      Account(
        user: credential.user, url: base, account: credential.account, device: credential.device,
        deviceName: credential.deviceName))
  }

  private static let otherAccount = OffprintError(
    .decisionNeeded,
    "this library belongs to another account; use another folder (--library) for this one", retry: .afterDecision)

  private func credential(from answer: ServerAnswer) throws(OffprintError) -> Credential {
    guard answer.response.status == 201 else {
      if answer.problem?.slug == .unauthorized {
        throw OffprintError(
          .notSignedIn,
          user == nil
            ? "the server does not take this pairing code: it is wrong, used, burnt or has ended"
            : "the server does not know this user and password", retry: .afterSignIn)
      }
      throw answer.error(doing: "signing in")
    }
    guard let json = try? JSONValue(parsing: answer.response.body),
      let account = json["account"]?.string.flatMap({ RecordID($0) }),
      let server = json["server"]?.string.flatMap({ RecordID($0) }),
      let id = json["device"]?.string.flatMap({ RecordID($0) }), let token = json["token"]?.string,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !token.isEmpty
    else { throw ServerAnswer.notOffprint }
    return Credential(
      url: base, user: user ?? json["user"]?.string ?? "?", account: account, server: server, device: id,
      deviceName: json["name"]?.string ?? device, token: token)
  }

  private static func baseURL(_ text: String) throws(OffprintError) -> String {
    guard PageAddress(text) != nil, !text.contains("?"), !text.contains("#") else {
      throw OffprintError(
        .invalidInput, "the server's address must begin with http:// or https:// and name a host, without a password")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}

extension Credential {
  /// The request by which the server forgets this token.
  var revocation: TransportRequest {
    TransportRequest(
      url: "\(url)/v1/devices/\(device)", method: "DELETE", headers: ["Authorization": "Bearer \(token)"],
      responseBytesMax: 1 << 16, timeoutSeconds: 10, deadlineSeconds: 20)
  }
}
