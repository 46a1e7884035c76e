import OffprintOracle
import OffprintSeed
import Testing

/// The oracle against a toy that keeps the rules, and against one that breaks one of them.
@Suite struct ToyWorldTests {
  static let seed = SeededGenerator.seed(else: 4_000)

  @Test(arguments: [false, true])
  func `a world that keeps the rules is never accused`(hasCopies: Bool) {
    for index in 0..<(getenvcount()) {
      var world = ToyWorld(seed: Self.seed + UInt64(index), hasCopies: hasCopies)
      world.run(steps: 300)
      #expect(
        world.oracle.violations.isEmpty, "seed \(Self.seed + UInt64(index)): \(world.oracle.violations.prefix(2))")
    }
  }

  @Test(arguments: BrokenRule.allCases)
  func `a world that breaks one rule is found out`(rule: BrokenRule) {
    let found = (0..<400).first { index in
      var world = ToyWorld(seed: Self.seed + UInt64(index), broken: rule)
      world.run(steps: 300)
      return !world.oracle.violations.isEmpty
    }
    #expect(found != nil, "\(rule) was not found")
  }
}
import Glibc
func getenvcount() -> Int { getenv("COUNT").flatMap { Int(String(cString: $0)) } ?? 150 }
