/// Writes the blocks of a ``BodyBuilder`` as HTML: the only place where bodies get their bytes.
///
/// Top-level blocks end in a line feed; there is no other white space that is not text. Text and attributes escape
/// `&`, `<`, `>`, attributes `"` too; all else is plain UTF-8.
enum BodyWriter {
  /// The bytes of the blocks of the first node.
  static func write(_ nodes: [BodyBuilder.Node]) -> [UInt8] {
    var bytes: [UInt8] = []
    guard let root = nodes.first else { return bytes }
    var open: [(node: Int, next: Int)] = []
    for top in root.children {
      open.append((top, 0))
      begin(nodes[top], in: &bytes)
      while let (index, next) = open.last {
        let node = nodes[index]
        if next < node.children.count {
          open[open.count - 1].next += 1
          let child = node.children[next]
          open.append((child, 0))
          begin(nodes[child], in: &bytes)
        } else {
          open.removeLast()
          if let name = node.element.name { bytes += Array("</\(name)>".utf8) }
        }
      }
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func begin(_ node: BodyBuilder.Node, in bytes: inout [UInt8]) {
    if let name = node.element.name { bytes += Array("<\(name)>".utf8) }
    bytes += node.content
  }
}
