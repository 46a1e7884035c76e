/// Why something could not be fetched. The texts are for the person who saved the address: they name no address, no port and
/// nothing that tells one closed door from another.
package enum FetchError: Error, Sendable, Hashable {
  /// It is no address of http or https, or one with a user's name.
  case invalidAddress
  /// The address, or where it redirects to, is not one that this server may connect to.
  case addressNotAllowed
  /// There is no such name.
  case unknownHost
  /// The name could not be looked up for now.
  case lookupFailed
  /// Nobody answers there.
  case cannotConnect
  /// No secure connection came about.
  case insecure
  /// It took longer than it may.
  case timedOut
  /// The connection broke off.
  case cutOff
  /// What came is no answer of HTTP, or is damaged.
  case badAnswer
  /// More redirects than are followed.
  case tooManyRedirects
  /// The site answered with that status, and asks to be left alone for so many seconds.
  case status(Int, retryAfterSeconds: Int?)
  /// The site answered with nothing, or with something that was not asked for.
  case unsupportedType(String)
  /// A compression that was not asked for.
  case unsupportedEncoding
  /// It is larger than it may be.
  case tooLarge(bytesMax: Int)
  /// It becomes suspiciously large when it is inflated.
  case inflateLimit
  /// The program ends.
  case stopped
  /// Anything else, by libcurl's number.
  case failed(Int)

  /// The name of the reason, for logs.
  package var slug: String {
    switch self {
    case .invalidAddress: "invalid-address"
    case .addressNotAllowed: "address-not-allowed"
    case .unknownHost: "unknown-host"
    case .lookupFailed: "lookup-failed"
    case .cannotConnect: "cannot-connect"
    case .insecure: "insecure"
    case .timedOut: "timed-out"
    case .cutOff: "cut-off"
    case .badAnswer: "bad-answer"
    case .tooManyRedirects: "too-many-redirects"
    case .status(let status, _): "status-\(status)"
    case .unsupportedType: "unsupported-type"
    case .unsupportedEncoding: "unsupported-encoding"
    case .tooLarge: "too-large"
    case .inflateLimit: "inflate-limit"
    case .stopped: "stopped"
    case .failed(let code): "failed-\(code)"
    }
  }

  /// Whether another try later may go better.
  package var isTransient: Bool {
    switch self {
    case .lookupFailed, .cannotConnect, .timedOut, .cutOff, .stopped, .failed: true
    case .status(let status, _): status == 408 || status == 425 || status == 429 || (500...599).contains(status)
    case .invalidAddress, .addressNotAllowed, .unknownHost, .insecure, .badAnswer, .tooManyRedirects, .unsupportedType,
      .unsupportedEncoding, .tooLarge, .inflateLimit:
      false
    }
  }

  /// How long the site asks to be left alone, in seconds; nil if it does not say.
  package var retryAfterSeconds: Int? {
    if case .status(_, let seconds) = self { seconds } else { nil }
  }

  /// The reason in words, without a full stop.
  package var reason: String {
    switch self {
    case .invalidAddress: "this is no address of a web page"
    case .addressNotAllowed: "the server does not fetch from this address: it is not one of the public internet"
    case .unknownHost: "there is no site of that name"
    case .lookupFailed: "the site's name could not be looked up"
    case .cannotConnect: "the site could not be reached"
    case .insecure: "the site could not prove who it is, so nothing was read from it"
    case .timedOut: "the site took too long to answer"
    case .cutOff: "the connection to the site broke off"
    case .badAnswer: "the site answered with something that cannot be read"
    case .tooManyRedirects: "the site redirects over and over"
    case .status(let status, _): Self.reason(ofStatus: status)
    case .unsupportedType(let type): "the address leads to \(Self.kind(ofType: type)), not to a page"
    case .unsupportedEncoding: "the site answered in a compression that was not asked for"
    case .tooLarge(let bytesMax): "it is larger than \(bytesMax >> 20) MiB"
    case .inflateLimit: "it is far larger than it was sent as"
    case .stopped: "the server is stopping"
    case .failed: "it could not be fetched"
    }
  }

  private static func reason(ofStatus status: Int) -> String {
    switch status {
    case 401, 402, 403, 407, 451: "the site does not give this page to the server (\(status))"
    case 404, 410: "the site has no such page (\(status))"
    case 408, 425, 429: "the site asks to come back later (\(status))"
    case 500...599: "the site is in trouble (\(status))"
    default: "the site answered with \(status)"
    }
  }

  private static func kind(ofType type: String) -> String {
    switch type {
    case "": "nothing"
    case "application/pdf": "a PDF file"
    case _ where type.hasPrefix("image/"): "an image"
    case _ where type.hasPrefix("video/"): "a video"
    case _ where type.hasPrefix("audio/"): "a sound"
    default: "a file"
    }
  }
}
