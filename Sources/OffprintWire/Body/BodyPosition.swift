/// A place in a body's text: before a scalar of a block, or at the block's end.
public struct BodyPosition: Sendable, Hashable, Comparable {
  /// The index of the block, from 0.
  public var block: Int
  /// How many Unicode scalars of the block's text stand before the place.
  public var offset: Int

  /// The place before the scalar of that number in that block.
  public init(block: Int, offset: Int) {
    self.block = block
    self.offset = offset
  }

  /// Whether a place stands before another one in the text.
  public static func < (one: BodyPosition, other: BodyPosition) -> Bool {
    (one.block, one.offset) < (other.block, other.offset)
  }
}
