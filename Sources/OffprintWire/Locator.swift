/// A place in an article's text that survives another screen, another font and a body extracted anew.
///
/// It says the place three times: as a block and an offset, which hold in the very same body; by the text around it, which
/// holds where that text still stands; and by the share of the text before it. Counted in Unicode scalars of the text
/// of ``BodyText``, never in pixels or bytes of markup.
public struct Locator: Sendable, Hashable {
  /// The first 16 hexadecimal digits of the hash of the body that it was made in; nil if that was not known.
  public var body: String?
  /// The index of the block, from 0.
  public var block: Int
  /// How many scalars of the block's text stand before the place.
  public var offset: Int
  /// The share of the whole text before the place, in millionths, rounded down: 0...1,000,000.
  public var fraction: Int
  /// Up to 32 scalars of the block's text before the place.
  public var before: String
  /// Up to 32 scalars of the block's text after the place.
  public var after: String

  /// How many scalars of text a locator keeps on each side.
  package static let contextScalarsMax = 32

  /// A locator of these parts, not checked against any text.
  public init(body: String?, block: Int, offset: Int, fraction: Int, before: String, after: String) {
    self.body = body
    self.block = block
    self.offset = offset
    self.fraction = fraction
    self.before = before
    self.after = after
  }

  /// Whether two locators say the same, byte for byte: texts that only look the same are different.
  public static func == (one: Locator, other: Locator) -> Bool {
    one.block == other.block && one.offset == other.offset && one.fraction == other.fraction
      && one.before.utf8.elementsEqual(other.before.utf8) && one.after.utf8.elementsEqual(other.after.utf8)
      && (one.body.map { Array($0.utf8) }) == (other.body.map { Array($0.utf8) })
  }

  /// Feeds the parts that tell most locators apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(block)
    hasher.combine(offset)
    hasher.combine(fraction)
  }
}
