/// SplitMix64: a small generator whose whole future follows from its seed, on every platform and in every version.
///
/// The choices below are its own and not the standard library's, whose way of drawing from a range may change: a seed
/// that failed once must fail again.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that begins at `seed`.
  package init(seed: UInt64) { state = seed }

  /// A generator for one case of a run: the cases of one seed have nothing to do with each other.
  package init(seed: UInt64, case index: Int) {
    var mixed = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03)
    state = mixed.next()
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of 0 ..< `end`; 0 if `end` is not positive.
  package mutating func below(_ end: Int) -> Int {
    end > 0 ? Int(truncatingIfNeeded: next() % UInt64(end)) : 0
  }

  /// A number of the range.
  package mutating func number(in range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True in one of `count` cases.
  package mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// One of the elements.
  package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// The elements in another order.
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var shuffled = elements
    for index in stride(from: shuffled.count - 1, to: 0, by: -1) { shuffled.swapAt(index, below(index + 1)) }
    return shuffled
  }

  /// As many elements as are wanted, made one by one.
  package mutating func many<Element>(_ count: Int, _ make: (inout Self) -> Element) -> [Element] {
    (0..<max(0, count)).map { _ in make(&self) }
  }
}
