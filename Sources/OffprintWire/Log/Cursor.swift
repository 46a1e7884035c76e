import OffprintCrypto

/// A place in one account's change log. Clients keep its text and never read it (Protocol, CUR-1).
public struct Cursor: Sendable, Hashable {
  /// The account.
  public var account: RecordID
  /// The log.
  public var log: RecordID
  /// Everything numbered up to here has been given.
  public var number: Int64
  /// The head when an unfinished first sync began: dead records up to there are not owed to it. Nil once finished.
  public var start: Int64?

  /// A cursor of these parts.
  public init(account: RecordID, log: RecordID, number: Int64, start: Int64? = nil) {
    self.account = account
    self.log = log
    self.number = number
    self.start = start
  }

  /// The opaque text: base64url of version, account, log, number, start and four bytes of checksum.
  public var text: String {
    var bytes: [UInt8] = [1] + account.bytes + log.bytes
    Self.append(number, to: &bytes)
    bytes.append(start == nil ? 0 : 1)
    Self.append(start ?? 0, to: &bytes)
    return Base64URL.encode(bytes + SHA256.hash(bytes).prefix(4))
  }

  /// Reads the text of a cursor this kind of server made; nil for anything else.
  public init?(_ text: String) {
    guard text.utf8.count <= 128, let bytes = Base64URL.decode(text), bytes.count == 54, bytes[0] == 1,
      SHA256.hash(Array(bytes[..<50])).prefix(4).elementsEqual(bytes[50...]),
      let account = RecordID(bytes: bytes[1..<17]), let log = RecordID(bytes: bytes[17..<33]),
      let number = Self.number(bytes[33..<41]), let start = Self.number(bytes[42..<50]), bytes[41] <= 1,
      bytes[41] == 1 || start == 0
    else { return nil }
    self.init(account: account, log: log, number: number, start: bytes[41] == 1 ? start : nil)
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value <= UInt64(JSONValue.integerMax) ? Int64(value) : nil
  }
}
