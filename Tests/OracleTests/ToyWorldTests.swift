import OffprintOracle
import OffprintSeed
import Testing

/// The oracle against a toy that keeps the rules, and against one that breaks one of them.
@Suite struct ToyWorldTests {
  static let seed = SeededGenerator.seed(else: 4_000)

  @Test(arguments: [false, true])
  func `a world that keeps the rules is never accused`(hasCopies: Bool) {
    for seed in (0..<60).map({ Self.seed + UInt64($0) }) {
      var world = ToyWorld(seed: seed, hasCopies: hasCopies)
      world.run(steps: 300)
      #expect(world.oracle.violations.isEmpty, "seed \(seed): \(world.oracle.violations.prefix(2))")
    }
  }

  @Test(arguments: BrokenRule.allCases)
  func `a world that breaks one rule is found out, by its name`(rule: BrokenRule) {
    var found: [Oracle.Invariant] = []
    for index in 0..<300 where found.isEmpty {
      var world = ToyWorld(seed: Self.seed + UInt64(index), broken: rule)
      world.run(steps: 300)
      found = world.oracle.violations.map(\.invariant)
    }
    #expect(found.first.map { rule.findings.contains($0) } == true, "\(rule): \(found)")
  }

  @Test func `one seed gives one world and one verdict`() {
    func verdict() -> [String] {
      var world = ToyWorld(seed: 4_000, broken: .joinKeepsLesser)
      world.run(steps: 300)
      return world.oracle.violations.map(\.description)
    }
    let first = verdict()
    #expect(!first.isEmpty)
    #expect(first == verdict())
  }
}
