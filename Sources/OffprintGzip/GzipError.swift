/// Why bytes could not be inflated or deflated. None of these goes away by trying again but ``outOfMemory``.
package enum GzipError: Error, Equatable, Sendable {
  /// There would be more output than the caller allowed; nothing beyond the limit was handed out.
  case outputLimit(bytesMax: Int)
  /// The input ends before its stream does. Empty input too: a stream has at least a header.
  case truncated
  /// The input goes on after the end of its stream.
  case trailingBytes
  /// The header is not one of the format asked for.
  case badHeader
  /// The compressed data breaks the rules of deflate (RFC 1951).
  case badData
  /// The data inflated, but the length or CRC-32 kept beside it (RFC 1952) does not agree.
  case badChecksum
  /// The stream needs a preset dictionary, which no format of ours has.
  case presetDictionary
  /// The caller asked for something zlib does not know (a level outside `0...9`) or used a finished stream.
  case misuse
  /// There is no memory for zlib's window (about 40 KB to inflate, 270 KB to deflate).
  case outOfMemory
}
