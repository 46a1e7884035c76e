import OffprintOracle
import OffprintSeed
import Testing
#if canImport(Glibc)
  import Glibc
#endif
@Suite struct DebugTests {
  @Test func `debug`() {
    guard let s = getenv("DBG"), let seed = UInt64(String(cString: s)) else { return }
    let f = String(cString: getenv("FILTER"))
    var world = ToyWorld(seed: seed, hasCopies: getenv("COPIES") != nil)
    world.run(steps: 300)
    for l in world.log
    where l.contains(f) || l.hasPrefix("--") || l.hasPrefix("serverr") || l.hasPrefix("re") || l.hasPrefix("clo") {
      print(
        l.split(separator: "|").filter {
          $0.contains(f) || !$0.contains("article") && !$0.contains("progress") && !$0.contains("bookmark:")
        }.joined())
    }
    print(world.oracle.violations)
  }
}
