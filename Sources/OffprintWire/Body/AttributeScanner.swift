/// The attributes of one tag, one after the other, as ranges of the input.
///
/// Follows the HTML standard's attribute states: a quote has a meaning only at the start of a value, `/` separates, a
/// `>` outside of quotes ends the tag. Doubles are given as often as they stand.
package struct AttributeScanner {
  /// One attribute, references in its value not decoded.
  package struct Attribute: Equatable {
    /// The name as written; at least one byte.
    package let name: Range<Int>
    /// The value without its quotes, empty where the attribute has none.
    package let value: Range<Int>
  }

  /// Where the next attribute is looked for; behind the tag when all are read.
  package private(set) var position: Int
  /// The index of the `>` that ends the tag: nil before all attributes are read, and where the input ends first.
  package private(set) var closingBracket: Int?
  private let bytes: [UInt8]

  /// A scanner at the first byte behind a tag's name.
  package init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    self.position = start
  }

  /// The next attribute, or nil at the tag's end.
  package mutating func next() -> Attribute? {
    if closingBracket != nil { return nil }
    skip { $0.isASCIIWhiteSpace || $0 == UInt8(ascii: "/") }
    guard position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: ">") {
      closingBracket = position
      position += 1
      return nil
    }
    let nameStart = position
    // An `=` that starts a name belongs to it.
    position += 1
    skip { !$0.endsTagName && $0 != UInt8(ascii: "=") }
    let name = nameStart..<position
    skip { $0.isASCIIWhiteSpace }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
      return Attribute(name: name, value: name.upperBound..<name.upperBound)
    }
    position += 1
    skip { $0.isASCIIWhiteSpace }
    return Attribute(name: name, value: readValue())
  }

  private mutating func readValue() -> Range<Int> {
    guard position < bytes.count else { return position..<position }
    let quote = bytes[position]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      position += 1
      let start = position
      skip { $0 != quote }
      let end = position
      position = min(position + 1, bytes.count)
      return start..<end
    }
    let start = position
    skip { !$0.isASCIIWhiteSpace && $0 != UInt8(ascii: ">") }
    return start..<position
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while position < bytes.count, condition(bytes[position]) { position += 1 }
  }
}
