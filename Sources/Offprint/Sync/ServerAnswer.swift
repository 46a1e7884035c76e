import OffprintHTTP
import OffprintWire

/// What every answer is checked for before anything of it is believed.
package struct ServerAnswer {
  let response: HTTPResponse
  /// The server's clock, in milliseconds.
  let serverTime: Int64

  /// Takes an answer of an Offprint server.
  /// - Throws: `.notAnOffprintServer` for anything else, such as the page of a captive portal.
  package init(_ response: HTTPResponse) throws(OffprintError) {
    guard let time = response.headers["Offprint-Time"].flatMap({ Int64($0) }) else { throw Self.notOffprint }
    self.response = response
    serverTime = time
  }

  static let notOffprint = OffprintError(
    .notAnOffprintServer, "what answered is not an Offprint server; check the address, or sign in to the network first")

  /// Whether the body is of that type, parameters aside.
  func isOfType(_ type: String) -> Bool {
    response.headers["Content-Type"]?.split(separator: ";").first?.trimmingSpaces == type
  }

  /// The problem the server names; nil if it names none.
  var problem: Problem? {
    isOfType("application/problem+json") ? Problem(parsing: response.body) : nil
  }

  /// Seconds the server asks to wait.
  var retryAfterSeconds: Int? {
    response.headers["Retry-After"].flatMap { Int($0) }.map { min(max($0, 1), 86_400) }
  }

  /// The lines of an NDJSON body.
  var lines: [[UInt8]] { response.body.split(separator: 0x0A).map { Array($0) } }

  /// Checks that an answer to a signed-in request speaks of the account the library is bound to.
  func check(account: RecordID) throws(OffprintError) {
    guard let named = response.headers["Offprint-Account"] else { return }
    guard named == account.description else {
      throw OffprintError(
        .decisionNeeded,
        "the server answers for another account than the one this library belongs to; nothing was changed",
        retry: .afterDecision)
    }
  }

  /// The error that a problem means where nothing better is known.
  package func error(doing what: String) -> OffprintError {
    let problem = problem
    switch problem?.slug {
    case .unauthorized?:
      return OffprintError(
        .notSignedIn, "the server does not know this device; sign in again with `offprint login`", retry: .afterSignIn)
    case .deviceRevoked?:
      return OffprintError(
        .deviceRevoked, "this device was signed out; its unsent edits are kept, sign in again with `offprint login`",
        retry: .afterSignIn)
    case .wrongAccount?:
      return OffprintError(
        .decisionNeeded, "the server says this library belongs to another account; nothing was changed",
        retry: .afterDecision)
    case .upgradeRequired?:
      return OffprintError(.server, "the server asks for a newer Offprint", retry: .afterUpgrade)
    case .some(let slug):
      let detail = TerminalText.plain(problem?.detail ?? slug.title)
      return OffprintError(
        .server, "\(what): \(slug.title) (\(detail))",
        retry: slug.isRetryable ? .after(seconds: retryAfterSeconds ?? 60) : .never)
    case nil where response.status >= 500:
      return OffprintError(
        .unreachable, "the server answers \(response.status); it may be starting or behind a broken proxy",
        retry: .after(seconds: retryAfterSeconds ?? 60))
    case nil: return Self.notOffprint
    }
  }
}

/// Text from a server made fit for a sentence: one line, no control characters, not endless.
enum TerminalText {
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
