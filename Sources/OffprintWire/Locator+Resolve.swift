extension Locator {
  /// How a place was found again.
  public enum Certainty: String, Sendable, Hashable, CaseIterable {
    /// In the same body, by block and offset.
    case exact
    /// By the text around it.
    case quote
    /// By the share of the text before it alone.
    case approximate
  }

  /// The place of this locator in a text, and how it was found.
  ///
  /// The same body, and block and offset in range: exact. Else the match of `before` and `after` together, or failing
  /// that of one of them alone with 16 scalars or more, within one block and nearest to the fraction, the earlier at equal
  /// distance. Else by the fraction. Any values are taken; time is linear in the text and the locator.
  public func resolve(in text: BodyText) -> (block: Int, offset: Int, how: Certainty) {
    let position = BodyPosition(block: block, offset: offset)
    if let body, let other = text.bodyHash, body.utf8.elementsEqual(other.utf8), text.contains(position) {
      return (block, offset, .exact)
    }
    if let found = anchor(in: text) { return (found.block, found.offset, .quote) }
    let guess = text.position(atFraction: fraction)
    return (guess.block, guess.offset, .approximate)
  }

  /// From this length on a text on one side alone says where it stands.
  private static let oneSideScalarsMin = 16

  private func anchor(in text: BodyText) -> BodyPosition? {
    let beforeBytes = Array(before.utf8)
    let afterBytes = Array(after.utf8)
    if let found = nearest(beforeBytes + afterBytes, placeAt: beforeBytes.count, in: text) { return found.position }
    var sides: [Candidate] = []
    if !afterBytes.isEmpty, before.unicodeScalars.count >= Self.oneSideScalarsMin,
      let found = nearest(beforeBytes, placeAt: beforeBytes.count, in: text)
    {
      sides.append(found)
    }
    if !beforeBytes.isEmpty, after.unicodeScalars.count >= Self.oneSideScalarsMin,
      let found = nearest(afterBytes, placeAt: 0, in: text)
    {
      sides.append(found)
    }
    return sides.min { ($0.distance, $0.position) < ($1.distance, $1.position) }?.position
  }

  private struct Candidate {
    var position: BodyPosition
    var distance: Int
  }

  /// The match whose place is nearest to the fraction.
  ///
  /// - Parameter placeAt: How many bytes of the pattern stand before the place.
  private func nearest(_ bytes: [UInt8], placeAt: Int, in text: BodyText) -> Candidate? {
    let pattern = BytePattern(bytes)
    let wanted = min(max(fraction, 0), 1_000_000) * text.scalarCount
    var best: Candidate?
    for index in text.blocks.indices {
      let utf8 = text.utf8(ofBlock: index)
      guard utf8.count >= bytes.count else { continue }
      var counted = utf8.startIndex
      var scalars = 0
      pattern.forEachMatch(in: utf8) { start in
        while counted < start + placeAt {
          if !utf8[counted].isUTF8Continuation { scalars += 1 }
          counted += 1
        }
        let position = BodyPosition(block: index, offset: scalars)
        // In millionths of a scalar, so that nothing is rounded.
        let distance = abs(text.scalarsBefore(position) * 1_000_000 - wanted)
        if distance < best?.distance ?? .max { best = Candidate(position: position, distance: distance) }
        return true
      }
    }
    return best
  }
}
