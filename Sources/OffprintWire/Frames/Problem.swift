/// An RFC 9457 problem document: how every refused request is answered (Protocol, ERR-1).
public struct Problem: Error, Sendable {
  /// The kind: what a program goes by.
  public var slug: Slug
  /// A sentence about this occurrence; holds no text of the user's, no token, no path.
  public var detail: String
  /// Further members, such as `cursor` with `log-forked`.
  public var members: [JSONValue.Member]
  /// Seconds after which a retry may help, sent as `Retry-After`.
  public var retryAfterSeconds: Int?

  /// A problem of these parts.
  public init(_ slug: Slug, _ detail: String, members: [JSONValue.Member] = [], retryAfterSeconds: Int? = nil) {
    self.slug = slug
    self.detail = detail
    self.members = members
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// The prefix of every `type`.
  public static let typePrefix = "urn:offprint:problem:"

  /// The document, naming the request.
  public func json(requestID: String) -> JSONValue {
    .object(
      [
        JSONValue.Member("type", .string(Self.typePrefix + slug.rawValue)),
        JSONValue.Member("title", .string(slug.title)),
        JSONValue.Member("status", .integer(Int64(slug.status))),
        JSONValue.Member("detail", .string(detail)),
        JSONValue.Member("retryable", .bool(slug.isRetryable)),
        JSONValue.Member("request", .string(requestID)),
      ] + members)
  }

  /// Reads a document; nil if it is none of ours.
  public init?(parsing bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let type = json["type"]?.string, type.hasPrefix(Self.typePrefix),
      let slug = Slug(rawValue: String(type.dropFirst(Self.typePrefix.count)))
    else { return nil }
    self.init(slug, json["detail"]?.string ?? slug.title, members: json.members ?? [])
  }

  /// The member of that name.
  public subscript(name: String) -> JSONValue? { JSONValue.object(members)[name] }
}

extension Problem {
  /// The kinds of problem (Protocol, the table of errors).
  public enum Slug: String, Sendable, CaseIterable {
    case unauthorized
    case deviceRevoked = "device-revoked"
    case wrongAccount = "wrong-account"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case requestTimeout = "request-timeout"
    case deviceRewound = "device-rewound"
    case cursorExpired = "cursor-expired"
    case logForked = "log-forked"
    case logUnknown = "log-unknown"
    case lengthRequired = "length-required"
    case tooLarge = "too-large"
    case inflateLimit = "inflate-limit"
    case uriTooLong = "uri-too-long"
    case unsupportedMediaType = "unsupported-media-type"
    case unsupportedEncoding = "unsupported-encoding"
    case rangeNotSatisfiable = "range-not-satisfiable"
    case upgradeRequired = "upgrade-required"
    case rateLimited = "rate-limited"
    case headersTooLarge = "headers-too-large"
    case badRequest = "bad-request"
    case badJSON = "bad-json"
    case badEncoding = "bad-encoding"
    case badFraming = "bad-framing"
    case internalError = "internal"
    case busy
    case quotaExceeded = "quota-exceeded"
    case storageFull = "storage-full"

    /// The HTTP status.
    public var status: Int {
      switch self {
      case .badRequest, .badJSON, .badEncoding, .badFraming: 400
      case .unauthorized, .deviceRevoked: 401
      case .wrongAccount: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .requestTimeout: 408
      case .deviceRewound: 409
      case .cursorExpired, .logForked, .logUnknown: 410
      case .lengthRequired: 411
      case .tooLarge, .inflateLimit: 413
      case .uriTooLong: 414
      case .unsupportedMediaType, .unsupportedEncoding: 415
      case .rangeNotSatisfiable: 416
      case .upgradeRequired: 426
      case .rateLimited: 429
      case .headersTooLarge: 431
      case .internalError: 500
      case .busy: 503
      case .quotaExceeded, .storageFull: 507
      }
    }

    /// Whether the same request may succeed later by itself.
    public var isRetryable: Bool {
      switch self {
      case .requestTimeout, .rateLimited, .internalError, .busy, .storageFull: true
      default: false
      }
    }

    /// A short title, the same for every occurrence.
    public var title: String {
      switch self {
      case .unauthorized: "Not signed in"
      case .deviceRevoked: "This device was signed out"
      case .wrongAccount: "The cursor belongs to another account"
      case .notFound: "Nothing here"
      case .methodNotAllowed: "Method not allowed"
      case .requestTimeout: "The request took too long"
      case .deviceRewound: "This replica has pushed further before"
      case .cursorExpired: "The cursor is too old"
      case .logForked: "The server was restored from a backup"
      case .logUnknown: "The cursor is from another log"
      case .lengthRequired: "Length required"
      case .tooLarge: "Too large"
      case .inflateLimit: "Too large once inflated"
      case .uriTooLong: "The address is too long"
      case .unsupportedMediaType: "Unsupported media type"
      case .unsupportedEncoding: "Unsupported content encoding"
      case .rangeNotSatisfiable: "Range not satisfiable"
      case .upgradeRequired: "A newer protocol is required"
      case .rateLimited: "Too many requests"
      case .headersTooLarge: "The headers are too large"
      case .badRequest: "Bad request"
      case .badJSON: "Not strict JSON"
      case .badEncoding: "The compressed body is damaged"
      case .badFraming: "Malformed HTTP framing"
      case .internalError: "Internal error"
      case .busy: "The server is busy"
      case .quotaExceeded: "The account is full"
      case .storageFull: "The server's disk is full"
      }
    }
  }
}
