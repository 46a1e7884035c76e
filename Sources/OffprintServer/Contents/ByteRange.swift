/// A `Range` header of one range of bytes (RFC 9110, section 14.1.2).
package enum ByteRange: Sendable, Hashable {
  /// No range asked for, or one that is to be ignored: the whole.
  case whole
  /// These bytes.
  case part(Range<Int>)
  /// 416: nothing of what was asked for exists.
  case unsatisfiable

  /// What a header asks of `size` bytes. Several ranges, other units and broken ones are ignored, as the RFC allows.
  package init(_ header: String?, size: Int) {
    self = .whole
    guard let header, header.utf8.starts(with: "bytes=".utf8) else { return }
    let spec = header.dropFirst("bytes=".count)
    let ends = spec.split(separator: "-", omittingEmptySubsequences: false)
    guard !spec.contains(","), ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]) else {
      return
    }
    switch (first, last) {
    case (nil, nil): return
    case (nil, let length?):
      self = length == 0 || size == 0 ? .unsatisfiable : .part(size - min(length, size)..<size)
    case (let from?, let to):
      if let to, to < from { return }
      self = from >= size ? .unsatisfiable : .part(from..<(to.map { min($0, size - 1) } ?? size - 1) + 1)
    }
  }

  /// An outer nil for what is no number, an inner one for nothing; a number beyond all sizes is a very great one.
  private static func number(_ text: Substring) -> Int?? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return .some(text.isEmpty ? nil : Int(text) ?? .max)
  }
}
