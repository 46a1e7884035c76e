/// The name of a register, compared by its bytes (Protocol, REG-1).
///
/// Swift's own string equality would take canonically equivalent names for one; SQLite and other languages would not.
public struct RegisterName: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The name.
  public let text: String

  /// A name of 1 to 512 bytes without control characters; nil for any other text.
  public init?(_ text: String) {
    guard (1...Limits.registerNameBytesMax).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else { return nil }
    self.text = text
  }

  /// A name written in this program.
  public init(stringLiteral text: String) { self.text = text }

  /// A name that was checked before it was stored by this program.
  public init(trusted text: String) { self.text = text }

  /// The name.
  public var description: String { text }

  /// Equality of bytes.
  public static func == (one: Self, other: Self) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }
  /// Order of bytes.
  public static func < (one: Self, other: Self) -> Bool { one.text.utf8.lexicographicallyPrecedes(other.text.utf8) }

  /// Feeds the bytes.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  /// What stands behind `prefix`, if the name begins with it.
  public func suffix(after prefix: String) -> String? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }
}

extension RegisterName {
  /// `life`: `"live"` or `"dead"`.
  public static let life: RegisterName = "life"
  /// `url`: the address as given at the save.
  public static let url: RegisterName = "url"
  /// `saved`: when, in milliseconds since 1970.
  public static let saved: RegisterName = "saved"
  /// `title`: the person's own title.
  public static let title: RegisterName = "title"
  /// `byline`: the person's own byline.
  public static let byline: RegisterName = "byline"
  /// `archived`: put away.
  public static let archived: RegisterName = "archived"
  /// `favourite`: marked.
  public static let favourite: RegisterName = "favourite"
  /// `same`: the id of a record found to be the same page.
  public static let same: RegisterName = "same"
  /// `content`: the body's hash and size.
  public static let content: RegisterName = "content"
  /// `images`: the images that the body names.
  public static let images: RegisterName = "images"
  /// `fetch`: how far fetching has got.
  public static let fetch: RegisterName = "fetch"
  /// `article`: of a bookmark, the article's id.
  public static let article: RegisterName = "article"
  /// `range`: of a bookmark, where the passage starts and ends.
  public static let range: RegisterName = "range"
  /// `quote`: of a bookmark, the passage's text.
  public static let quote: RegisterName = "quote"
  /// `note`: of a bookmark, what the person wrote.
  public static let note: RegisterName = "note"
  /// `colour`: of a bookmark.
  public static let colour: RegisterName = "colour"
  /// `created`: of a bookmark, when, in milliseconds since 1970.
  public static let created: RegisterName = "created"

  /// The prefix of `tag:NAME`.
  public static let tagPrefix = "tag:"
  /// The prefix of `at:REPLICA`.
  public static let positionPrefix = "at:"
  /// The prefix of what extraction found.
  public static let foundPrefix = "found."

  /// `tag:NAME`; nil if the whole is no register name.
  public static func tag(_ name: String) -> RegisterName? { name.isEmpty ? nil : RegisterName(tagPrefix + name) }
  /// `at:REPLICA`
  public static func position(of replica: ReplicaID) -> RegisterName {
    RegisterName(trusted: positionPrefix + replica.description)
  }

  /// The tag's name, if this is a `tag:` register.
  public var tag: String? { suffix(after: Self.tagPrefix) }
  /// The replica, if this is an `at:` register of good form.
  public var replica: ReplicaID? { suffix(after: Self.positionPrefix).flatMap { ReplicaID($0) } }
}
