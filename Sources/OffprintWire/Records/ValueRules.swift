/// What the values of known registers look like (Protocol, REG-2), for every register of a pushed record.
///
/// Lengths are another matter: they bind only what a push declares new (``PushRules``), because two legal states may
/// join to one that no single push could have made.
public enum ValueRules {
  /// Checks one register's value.
  /// - Returns: why it is refused; nil if it is good, or if neither type nor name is known.
  public static func refusal(type: RecordType, name: RegisterName, value: CanonicalValue) -> Refusal? {
    let json = value.json
    guard let isGood = rule(type: type, name: name) else { return nil }
    if !isGood(json) { return Refusal(.invalid, field: name.text, detail: "the value has the wrong form") }
    if holdsNull(json) { return Refusal(.invalid, field: name.text, detail: "text may not hold U+0000") }
    return nil
  }

  /// Whether this program knows what that register means.
  public static func isKnown(type: RecordType, name: RegisterName) -> Bool { rule(type: type, name: name) != nil }

  private typealias Rule = @Sendable (JSONValue) -> Bool

  private static func rule(type: RecordType, name: RegisterName) -> Rule? {
    if name == .life { return { $0.string == "live" || $0.string == "dead" } }
    switch type {
    case .article: return articleRule(name)
    case .progress:
      guard name.text.utf8.starts(with: RegisterName.positionPrefix.utf8) else { return nil }
      let isNamed = name.replica != nil
      return { isNamed && Position($0) != nil }
    case .bookmark: return bookmarkRules[name]
    default: return nil
    }
  }

  private static func articleRule(_ name: RegisterName) -> Rule? {
    if let tag = name.tag { return { !tag.isEmpty && ($0.isNull || $0.bool == true) } }
    return articleRules[name]
  }

  private static let articleRules: [RegisterName: Rule] = [
    .url: { $0.isNull || $0.string.map { PageAddress($0) != nil } == true },
    .saved: isCount,
    .title: isText, .byline: isText,
    .archived: isFlag, .favourite: isFlag,
    .same: isID,
    .content: { $0.isNull || isContentReference($0) },
    .images: { $0.isNull || ContentReference.list($0) != nil },
    .fetch: isFetchState,
    "found.title": isText, "found.byline": isText, "found.site": isText, "found.language": isText,
    "found.excerpt": isText, "found.image": isText,
    "found.published": { $0.isNull || $0.integer != nil },
    "found.words": { $0.isNull || isCount($0) },
  ]

  private static let bookmarkRules: [RegisterName: Rule] = [
    .article: isID,
    .range: { value in
      value.isNull || (value["start"].map(isLocator) == true && value["end"].map(isLocator) == true)
    },
    .quote: isText, .note: isText, .colour: isText,
    .created: isCount,
  ]

  private static let isText: Rule = { $0.isNull || $0.string != nil }
  private static let isFlag: Rule = { $0.bool != nil }
  private static let isCount: Rule = { ($0.integer ?? -1) >= 0 }
  private static let isID: Rule = { $0.isNull || $0.string.flatMap { RecordID($0) } != nil }

  private static let isFetchState: Rule = { value in
    ["wanted", "fetching", "failed", "done"].contains(value["state"]?.string)
      && value["at"].map(isCount) == true && value["reason"].map { $0.isNull || $0.string != nil } == true
  }

  /// Whether a value is `{"hash": 64 hex digits, "size": bytes}`.
  public static func isContentReference(_ value: JSONValue) -> Bool {
    ContentReference(value) != nil
  }

  /// Whether a value has the form of a locator (Protocol, LOC-1).
  public static func isLocator(_ value: JSONValue) -> Bool {
    guard let fraction = value["fraction"]?.integer, (0...Position.fractionMax).contains(fraction),
      let block = value["block"].map(isCount), block, let offset = value["offset"].map(isCount), offset,
      let before = value["before"]?.string, let after = value["after"]?.string,
      before.unicodeScalars.count <= 32, after.unicodeScalars.count <= 32, let body = value["body"]
    else { return false }
    return body.isNull || body.string.flatMap { FixedHex.value($0, digits: 16) } != nil
  }

  private static func holdsNull(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): text.utf8.contains(0)
    case .array(let elements): elements.contains(where: holdsNull)
    case .object(let members): members.contains { $0.name.utf8.contains(0) || holdsNull($0.value) }
    case .null, .bool, .integer: false
    }
  }
}
