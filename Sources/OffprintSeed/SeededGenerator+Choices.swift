/// Choices of its own, not the standard library's, whose way of drawing from a range may change: a seed that failed once
/// must fail again.
extension SeededGenerator {
  /// A generator for one case of a run: the cases of one seed have nothing to do with each other.
  package init(seed: UInt64, case index: Int) {
    var mixed = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03)
    self.init(seed: mixed.next())
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
