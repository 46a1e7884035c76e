/// What the oracle reads of a reading position.
struct Position: Sendable, Equatable {
  var fraction: Int
  var round: Int
  var finished: Bool
  /// Replica ids with the stamps their positions had, in the order of the text.
  var seen: [(replica: String, stamp: String)]

  init(fraction: Int, round: Int, finished: Bool, seen: [(replica: String, stamp: String)]) {
    self.fraction = fraction
    self.round = round
    self.finished = finished
    self.seen = seen
  }

  /// Reads the value of an `at:` register; nil if a part that counts is missing or is not what it should be.
  init?(_ json: String) {
    var reader = JSONReader(json)
    guard let members = reader.members(), let fraction = members["fraction"].flatMap({ Int($0) }),
      let round = members["round"].flatMap({ Int($0) }), let finished = members["finished"],
      finished == "true" || finished == "false", let text = members["seen"], (0...1_000_000).contains(fraction),
      round >= 1
    else { return nil }
    var inner = JSONReader(text)
    guard let seen = inner.members() else { return nil }
    self.init(
      fraction: fraction, round: round, finished: finished == "true",
      seen: seen.sorted { $0.key < $1.key }.map { ($0.key, String($0.value.dropFirst().dropLast())) })
  }

  static func == (one: Self, other: Self) -> Bool {
    one.fraction == other.fraction && one.round == other.round && one.finished == other.finished
      && one.seen.elementsEqual(other.seen) { $0.replica == $1.replica && $0.stamp == $1.stamp }
  }
}

/// The members of one object of canonical JSON, as texts. Depth does not matter: inner values are passed over by their
/// brackets and strings.
struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The members by name; nil if this is not one object.
  mutating func members() -> [String: String]? {
    guard take(UInt8(ascii: "{")) else { return nil }
    var members: [String: String] = [:]
    if take(UInt8(ascii: "}")) { return at == bytes.count ? members : nil }
    repeat {
      guard let name = value(), name.utf8.first == UInt8(ascii: "\""), take(UInt8(ascii: ":")), let value = value()
      else { return nil }
      members[String(name.dropFirst().dropLast())] = value
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}")) && at == bytes.count ? members : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// The text of one value, strings with their quotes; nil at the end.
  private mutating func value() -> String? {
    let start = at
    var depth = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        guard at < bytes.count else { return nil }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
        if depth == 0 { return start < at ? String(decoding: bytes[start..<at], as: UTF8.self) : nil }
        if bytes[at] == UInt8(ascii: "}") || bytes[at] == UInt8(ascii: "]") { depth -= 1 }
      default: break
      }
      at += 1
    }
    return start < at && depth == 0 ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
  }
}

extension Oracle {
  /// What an edit's value may be.
  enum Expectation: Sendable {
    case exactly(String)
    case position(Position)
    case anything

    /// Whether this value can be the edit's. Of a position `seen` is judged apart, so that a wrong one has a name.
    func admits(_ value: String) -> Bool {
      switch self {
      case .exactly(let text): text.utf8.elementsEqual(value.utf8)
      case .anything: true
      case .position(let expected):
        if let position = Position(value) {
          position.fraction == expected.fraction && position.round == expected.round
            && position.finished == expected.finished
        } else {
          false
        }
      }
    }

    /// For messages.
    var text: String {
      switch self {
      case .exactly(let text): text
      case .anything: "(anything)"
      case .position(let position): "position \(position.fraction), round \(position.round)"
      }
    }

    /// The bytes, once they are known.
    var value: String? {
      if case .exactly(let text) = self { text } else { nil }
    }
  }
}
