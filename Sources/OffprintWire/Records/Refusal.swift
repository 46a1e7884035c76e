/// Why one record of a push was not stored; the others of the push are (Protocol, REFUSE-1).
public struct Refusal: Error, Sendable, Hashable {
  /// The kinds of refusal.
  public enum Slug: String, Sendable, Hashable {
    /// The record has a form that no correct client sends.
    case invalid
    /// The record as a whole is too large.
    case tooLarge = "too-large"
    /// A new stamp lies too far ahead of the server's clock.
    case clockSkew = "clock-skew"
    /// The account has no room left.
    case quotaExceeded = "quota-exceeded"
  }

  /// The kind.
  public var slug: Slug
  /// The slug as sent, where this program does not know it: such a refusal is treated as `invalid`.
  public private(set) var unknownSlug: String?
  /// The register or member at fault.
  public var field: String?
  /// The limit that was passed.
  public var limit: Int64?
  /// The server's time in milliseconds, with `clock-skew`.
  public var time: Int64?
  /// A sentence for people; holds no value of the record.
  public var detail: String

  /// A refusal of these parts.
  public init(_ slug: Slug, field: String? = nil, limit: Int64? = nil, time: Int64? = nil, detail: String) {
    self.slug = slug
    self.field = field.map { $0.prefix(bytes: Limits.registerNameBytesMax) }
    self.limit = limit
    self.time = time
    self.detail = detail
  }

  /// The slug as on the wire.
  public var slugText: String { unknownSlug ?? slug.rawValue }

  /// The member `problem` of a result.
  public var json: JSONValue {
    var members = [JSONValue.Member("slug", .string(slugText)), JSONValue.Member("detail", .string(detail))]
    if let field { members.append(JSONValue.Member("field", .string(field))) }
    if let limit { members.append(JSONValue.Member("limit", .integer(limit))) }
    if let time { members.append(JSONValue.Member("time", .integer(time))) }
    return .object(members)
  }

  /// Reads the member `problem` of a result; a slug this program does not know is taken as `invalid`.
  public init(_ json: JSONValue) {
    self.init(
      json["slug"]?.string.flatMap(Slug.init) ?? .invalid, field: json["field"]?.string, limit: json["limit"]?.integer,
      time: json["time"]?.integer, detail: json["detail"]?.string ?? "refused without a reason")
    if let text = json["slug"]?.string, !text.isEmpty, Slug(rawValue: text) == nil {
      unknownSlug = text.prefix(bytes: 100)
    }
  }
}
