/// The text of a body in its canonical blocks: what a locator points into, what is searched and shown without markup.
///
/// A block is one of the elements of ``BodyElement`` that holds text outside of any inner block; blocks stand in the order
/// in which their elements start. A block's text is that text with each run of ASCII white space (TAB, LF, FF, CR,
/// space) as one space, in `pre` as it is, and without ASCII white space at its ends. A `br`, and the start and the end of an inner
/// block, count as white space (in `pre` each as a LF). `&amp; &lt; &gt; &quot; &nbsp;` and numeric references are
/// decoded, all others are kept as they stand. Nothing is normalised. Bytes that are no UTF-8 count as U+FFFD, one for
/// each maximal wrong part. Text outside of all blocks does not count. (Protocol, locators.)
public struct BodyText: Sendable {
  /// One block.
  public struct Block: Sendable, Hashable {
    /// The element that it is the text of.
    public internal(set) var element: BodyElement
    /// How the item of a list that this block begins is marked.
    public internal(set) var marker: ListMarker?
    /// How many lists the block stands in.
    public var listDepth: Int { Int(depth) }
    /// The length of the text in Unicode scalars; at least 1.
    public var scalarCount: Int { Int(scalars) }
    /// How many scalars the blocks before it have together.
    public var scalarsBefore: Int { Int(before) }

    // A hostile body has millions of blocks: 32 bits suffice for the lengths, since the input is cut to `inputBytesMax`.
    var depth: UInt16
    var start: UInt32
    var length: UInt32
    var scalars: UInt32
    var before: UInt32
    var item: Int32

    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
  }

  /// The mark before an item of a list.
  public enum ListMarker: Sendable, Hashable {
    /// An item of a list without order.
    case bullet
    /// The place in a list with order, from 1.
    case number(Int)
  }

  /// More of a body than this is not read; twice the limit of contents (Protocol, contents).
  package static let inputBytesMax = 1 << 26

  /// The blocks in document order.
  public let blocks: [Block]
  /// The length of all blocks together, in Unicode scalars.
  public let scalarCount: Int
  /// The first 16 hexadecimal digits of the content's hash, if it is known; locators are marked with it.
  public let bodyHash: String?
  /// The texts of the blocks in the order in which they end.
  private let pool: [UInt8]

  /// Reads a body; any bytes are taken, in time linear in their number.
  ///
  /// - Parameters:
  ///   - html: The body's bytes, a fragment of HTML in UTF-8.
  ///   - contentHash: The content's hash in hexadecimal digits; the first 16 are kept.
  public init(html: [UInt8], contentHash: String? = nil) {
    var reader = BodyBlocks()
    reader.read(html.count > Self.inputBytesMax ? Array(html[..<Self.inputBytesMax]) : html)
    blocks = reader.blocks
    pool = reader.pool
    scalarCount = blocks.last.map { $0.scalarsBefore + $0.scalarCount } ?? 0
    bodyHash = contentHash.map { String($0.prefix(16)) }
  }

  /// The text of a block; empty where there is no such block.
  public func text(ofBlock block: Int) -> String {
    String(decoding: utf8(ofBlock: block), as: UTF8.self)
  }

  /// The text of a block in UTF-8; empty where there is no such block.
  package func utf8(ofBlock block: Int) -> ArraySlice<UInt8> {
    blocks.indices.contains(block) ? pool[blocks[block].range] : []
  }

  /// Whether that place is in the text; a block's end is.
  package func contains(_ position: BodyPosition) -> Bool {
    blocks.indices.contains(position.block) && (0...blocks[position.block].scalarCount).contains(position.offset)
  }

  /// How many scalars stand before a place in the text.
  package func scalarsBefore(_ position: BodyPosition) -> Int {
    guard contains(position) else { return position.block < 0 || blocks.isEmpty ? 0 : scalarCount }
    return blocks[position.block].scalarsBefore + position.offset
  }

  /// The share of the text before a place, in millionths, rounded down; 0 in a body without text.
  public func fraction(at position: BodyPosition) -> Int {
    scalarCount == 0 ? 0 : scalarsBefore(position) * 1_000_000 / scalarCount
  }

  /// The place that has that share of the text before it, rounded down to a scalar.
  ///
  /// The end of a block is the start of the next one; only the end of all is the end of a block. The first place
  /// for 0 or less and in a body without text, the last for a million or more.
  public func position(atFraction millionths: Int) -> BodyPosition {
    position(afterScalars: scalarCount * min(max(millionths, 0), 1_000_000) / 1_000_000)
  }

  /// The place that has so many scalars before it; see ``position(atFraction:)``.
  package func position(afterScalars count: Int) -> BodyPosition {
    guard let last = blocks.last else { return BodyPosition(block: 0, offset: 0) }
    if count >= scalarCount { return BodyPosition(block: blocks.count - 1, offset: last.scalarCount) }
    var low = 0
    var high = blocks.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if blocks[middle].scalarsBefore <= count { low = middle } else { high = middle - 1 }
    }
    return BodyPosition(block: low, offset: max(count, 0) - blocks[low].scalarsBefore)
  }
}
