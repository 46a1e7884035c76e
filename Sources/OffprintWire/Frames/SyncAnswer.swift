/// What became of one pushed record (Protocol, PUSH-4).
public struct PushResult: Sendable {
  /// The type as sent.
  public var typeText: String
  /// The id as sent.
  public var idText: String
  /// Stored or refused.
  public var outcome: Outcome

  /// The two outcomes.
  public enum Outcome: Sendable {
    /// Joined and durable. `record` is the stored state where it is not the state sent.
    case stored(hash: UInt64, number: Int64, record: Record?)
    /// Not stored; the client keeps it and shows it.
    case refused(Refusal)
  }

  /// A result of these parts; texts of bad form are cut to 100 bytes.
  public init(typeText: String, idText: String, outcome: Outcome) {
    self.typeText = typeText.prefix(bytes: 100)
    self.idText = idText.prefix(bytes: 100)
    self.outcome = outcome
  }

  /// The record this speaks of; nil if type or id have a bad form.
  public var key: RecordKey? {
    guard let type = RecordType(typeText), let id = RecordID(idText) else { return nil }
    return RecordKey(type, id)
  }
}

/// The last line of a page; without it the page moves nothing (Protocol, PULL-4).
public struct PageEnd: Sendable, Hashable {
  /// The cursor to go on with.
  public var cursor: String
  /// Its number.
  public var number: Int64
  /// Whether there is more to read at once.
  public var more: Bool
  /// The digest at that number; nil while there is more.
  public var digest: Digest?

  /// An end line of these parts.
  public init(cursor: String, number: Int64, more: Bool, digest: Digest?) {
    self.cursor = cursor
    self.number = number
    self.more = more
    self.digest = digest
  }

  /// The strong entity tag of a page that ends so: cursor and digest (Protocol, PULL-7).
  public var entityTag: String { "\"\(cursor).\(digest?.sumText ?? "")\"" }
}

/// One line of the answer to `POST /v1/sync` or `GET /v1/changes`.
public enum SyncAnswerLine: Sendable {
  /// What became of a pushed record.
  case result(PushResult)
  /// A record of the page with its number.
  case record(Record, number: Int64)
  /// The last line.
  case end(PageEnd)
  /// A line this program does not know, or a record it cannot read: passed over, the reason kept for people.
  case unreadable(String)

  /// Writes the line with its line feed.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .result(let result):
      writer.name("result")
      Self.write(result, to: &writer)
    case .record(let record, let number):
      writer.name("record")
      record.write(to: &writer, number: number)
    case .end(let end):
      writer.name("end")
      Self.write(end, to: &writer)
    case .unreadable: break
    }
    writer.endObject()
    writer.endLine()
  }

  private static func write(_ result: PushResult, to writer: inout JSONWriter) {
    writer.beginObject()
    if case .stored(let hash, _, _) = result.outcome {
      writer.name("hash")
      writer.string(FixedHex.text(hash, digits: 16))
    }
    writer.name("id")
    writer.string(result.idText)
    switch result.outcome {
    case .stored(_, let number, let record):
      writer.name("number")
      writer.integer(number)
      if let record {
        writer.name("record")
        record.write(to: &writer, number: number)
      }
      writer.name("status")
      writer.string("stored")
    case .refused(let refusal):
      writer.name("problem")
      writer.write(refusal.json)
      writer.name("status")
      writer.string("refused")
    }
    writer.name("type")
    writer.string(result.typeText)
    writer.endObject()
  }

  private static func write(_ end: PageEnd, to writer: inout JSONWriter) {
    writer.beginObject()
    if let digest = end.digest {
      writer.name("count")
      writer.integer(digest.count)
    }
    writer.name("cursor")
    writer.string(end.cursor)
    if let digest = end.digest {
      writer.name("digest")
      writer.string(digest.sumText)
    }
    writer.name("more")
    writer.bool(end.more)
    writer.name("number")
    writer.integer(end.number)
    writer.endObject()
  }
}
