/// Why no article could be read from some bytes. None of these goes away by trying again.
public enum ReaderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// More bytes than the reader takes.
  case tooLarge(bytes: Int, bytesMax: Int)
  /// The bytes are those of another kind of file, named in plain words.
  case binary(kind: String)
  /// A text holds the character U+0000, which no text has; `offset` counts bytes from the start.
  case containsNUL(offset: Int)
  /// More elements than the reader takes.
  case tooManyElements(elementsMax: Int)
  /// There is nothing to read.
  case empty
  /// The HTML library had no memory for the page.
  case outOfMemory

  /// The reason in one sentence without a full stop, for people.
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let bytesMax): "it has \(bytes) bytes, the most that is read is \(bytesMax)"
    case .binary(let kind): "it is \(kind), neither HTML nor plain text"
    case .containsNUL(let offset): "it has a NUL byte at offset \(offset), so it is no text"
    case .tooManyElements(let elementsMax): "it has more than \(elementsMax) elements"
    case .empty: "it has no text"
    case .outOfMemory: "there is not enough memory to parse it"
    }
  }
}
