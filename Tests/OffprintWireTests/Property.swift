import Foundation
import OffprintTesting
import Testing

/// What every generated case of this process follows from: `OFFPRINT_SEED`, or else a new seed, printed at the start.
let runSeed: UInt64 = {
  let seed = SeededGenerator.seed(else: .random(in: .min ... .max))
  FileHandle.standardError.write(Data("OffprintWireTests: OFFPRINT_SEED=\(seed)\n".utf8))
  return seed
}()

/// A case for which a property does not hold.
struct Counterexample: Error {
  var what: String

  init(_ what: String) { self.what = what }
}

/// Throws unless the condition holds: cheaper than an expectation, of which a run has a million.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(Counterexample) {
  if !condition { throw Counterexample(what()) }
}

/// Tries a property on generated cases, stopping at the first for which it does not hold.
func forAll(
  cases: Int = 10_000, sourceLocation: SourceLocation = #_sourceLocation,
  _ property: (inout SeededGenerator) throws(Counterexample) -> Void
) {
  for index in 0..<cases {
    var generator = SeededGenerator(seed: runSeed, case: index)
    do throws(Counterexample) { try property(&generator) } catch {
      Issue.record("OFFPRINT_SEED=\(runSeed), case \(index): \(error.what)", sourceLocation: sourceLocation)
      return
    }
  }
}
