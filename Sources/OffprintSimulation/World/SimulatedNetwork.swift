import OffprintHTTP

/// Messages on their way, as the bytes that they are.
struct SimulatedNetwork {
  /// One message.
  struct Message {
    /// Its number, never used again.
    let number: Int
    /// The device that sent the request.
    let device: Int
    /// Which of its syncs it belongs to.
    let sync: Int
    /// What it is.
    let content: Content
  }

  /// A request on its way to the server, or an answer on its way back.
  enum Content {
    case request(HTTPRequest)
    case answer(HTTPResponse)
  }

  /// Messages under way at most; a network that keeps more loses the oldest.
  private static let messagesMax = 64
  /// Requests that a proxy remembers.
  private static let keptMax = 16

  private(set) var messages: [Message] = []
  /// Requests that once were delivered or lost, for a proxy that repeats one.
  private(set) var kept: [Message] = []
  private var nextNumber = 1
  /// The number of the message sent last.
  var lastNumber: Int { nextNumber - 1 }
  /// How many messages were lost, repeated, and delivered before an older one.
  var lost = 0
  var repeated = 0
  var reordered = 0

  /// Sends a message; its number.
  @discardableResult
  mutating func send(_ content: Content, device: Int, sync: Int) -> Int {
    let message = Message(number: nextNumber, device: device, sync: sync, content: content)
    nextNumber += 1
    messages.append(message)
    if messages.count > Self.messagesMax {
      messages.removeFirst()
      lost += 1
    }
    return message.number
  }

  /// Takes the message at that place out.
  mutating func take(at index: Int) -> Message {
    if index > 0 { reordered += 1 }
    let message = messages.remove(at: index)
    if case .request = message.content {
      kept.append(message)
      if kept.count > Self.keptMax { kept.removeFirst() }
    }
    return message
  }

  /// Puts a message back: it arrives once more.
  mutating func repeatLater(_ message: Message) {
    repeated += 1
    messages.append(message)
  }

  /// Loses all that is under way.
  mutating func clear() { messages = [] }
}

extension SimulatedNetwork.Message {
  /// The message with a body that breaks off somewhere, at the end of a line half of the time. Only answers of lines do:
  /// of the others a transport knows the length. Nil: whole.
  func cutOff(_ choice: Int?) -> Self {
    guard let choice, case .answer(var answer) = content, answer.status == 200, !answer.body.isEmpty,
      answer.headers["Content-Type"] == "application/x-ndjson"
    else { return self }
    var end = choice % answer.body.count
    if choice % 2 == 0 {
      end = answer.body[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? end
    }
    answer.body = Array(answer.body.prefix(end))
    return Self(number: number, device: device, sync: sync, content: .answer(answer))
  }

  /// Whether this is that answer without its end. A line feed at the end matters to nobody.
  func lacksEnd(of whole: Self) -> Bool {
    guard case .answer(let mine) = content, case .answer(let all) = whole.content else { return false }
    return mine.body.count + 1 < all.body.count
  }
}
