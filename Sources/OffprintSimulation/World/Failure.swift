/// A promise that a world broke.
package struct Failure: Error, Sendable, CustomStringConvertible {
  /// The invariant: `G1`, `I2` ..., as the tests' guide lists them.
  package var invariant: String
  /// What happened, in one line.
  package var reason: String
  /// What should be, a line each.
  package var expected: [String] = []
  /// What is.
  package var actual: [String] = []
  /// How many events had been played.
  package var event: Int = 0

  /// A broken promise.
  package init(
    invariant: String, reason: String, expected: [String] = [], actual: [String] = [], event: Int = 0
  ) {
    self.invariant = invariant
    self.reason = reason
    self.expected = expected
    self.actual = actual
    self.event = event
  }

  /// The invariant and the reason.
  package var description: String { "\(invariant): \(reason)" }

  /// The two columns, expected and actual, for people; empty if there is nothing to compare.
  package var comparison: [String] {
    let rows = max(expected.count, actual.count)
    guard rows > 0 else { return [] }
    let width = min(76, max(8, expected.map(\.count).max() ?? 0))
    let pad = { (text: String) in text + String(repeating: " ", count: max(0, width - text.count)) }
    return [pad("expected") + "  actual"]
      + (0..<rows).map { row in
        let left = row < expected.count ? expected[row] : ""
        let right = row < actual.count ? actual[row] : ""
        return pad(left) + (left == right ? "  " : " |") + right
      }
  }
}
