/// A page as a flat list of nodes in document order: numbers and ranges, no references, so that going over it costs little.
struct Page {
  /// An element or a text.
  struct Node {
    /// What it is.
    var tag: Tag
    /// What its attributes say it is there for.
    var hints: Hints = []
    /// The element it stands in; -1 for the outermost.
    var parent: Int32
    /// The node behind its last one.
    var end: Int32 = 0
    /// The first byte of a text in `pool`, or the first attribute of an element.
    var start: UInt32
    /// The bytes of a text, or the attributes of an element.
    var count: UInt32
  }

  /// An attribute, its value in `pool`, references decoded.
  struct Attribute {
    var name: AttributeName
    var value: Range<UInt32>
  }

  var nodes: [Node] = []
  var attributes: [Attribute] = []
  var pool: [UInt8] = []
  /// Scripts of JSON-LD.
  var linkedData: [[UInt8]] = []
  /// Whether the page is nested too deeply, so that what follows is missing.
  var isTruncated = false

  /// The bytes of a text.
  func text(_ node: Int) -> ArraySlice<UInt8> {
    pool[Int(nodes[node].start)..<Int(nodes[node].start + nodes[node].count)]
  }

  /// The bytes of an attribute's value; nil without it.
  func attribute(_ name: AttributeName, of node: Int) -> ArraySlice<UInt8>? {
    guard nodes[node].tag != .text else { return nil }
    for index in Int(nodes[node].start)..<Int(nodes[node].start + nodes[node].count)
    where attributes[index].name == name {
      return pool[Int(attributes[index].value.lowerBound)..<Int(attributes[index].value.upperBound)]
    }
    return nil
  }

  /// An attribute's value; nil without it.
  func string(_ name: AttributeName, of node: Int) -> String? {
    attribute(name, of: node).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The nodes within an element, in document order.
  func inner(_ node: Int) -> Range<Int> { node + 1..<Int(nodes[node].end) }

  /// All text within a node, a space at each edge of a block.
  func wholeText(_ node: Int, bytesMax: Int = 8_192) -> String {
    var bytes: [UInt8] = []
    for index in node..<Int(nodes[node].end) {
      if bytes.count > bytesMax { break }
      if nodes[index].tag == .text {
        bytes += text(index).prefix(bytesMax)
      } else if nodes[index].tag.isBlock || nodes[index].tag == .br {
        bytes.append(0x20)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
