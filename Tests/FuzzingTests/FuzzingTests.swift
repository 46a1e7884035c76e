import Foundation
import OffprintFuzzing
import OffprintTesting
import Testing

/// What every run of this process follows from: `OFFPRINT_SEED`, or else a new seed, printed at the start.
private let runSeed: UInt64 = {
  let seed = SeededGenerator.seed(else: .random(in: .min ... .max))
  FileHandle.standardError.write(Data("FuzzingTests: OFFPRINT_SEED=\(seed)\n".utf8))
  return seed
}()

/// The fuzzer's entry points without the fuzzer: over what it found worth keeping, and over seeded damage to that.
@Suite struct FuzzingTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func `every kept input holds its promises`(name: String) async throws {
    let target = try #require(FuzzTarget.named(name))
    let corpus = try KeptInputs.of(target, in: "corpus")
    #expect(!corpus.isEmpty)
    for input in try corpus + KeptInputs.of(target, in: "regressions") {
      do { try await target.check(input.bytes) } catch { Issue.record("\(input.name): \(error)") }
    }
  }

  /// Inputs as a loop of chance makes them: much less than the fuzzer finds, but in every run of the tests.
  @Test(arguments: FuzzTarget.all.map(\.name))
  func `damaged inputs hold their promises`(name: String) async throws {
    let target = try #require(FuzzTarget.named(name))
    let kept = try (KeptInputs.of(target, in: "corpus") + KeptInputs.of(target, in: "regressions")).map(\.bytes)
    for index in 0..<Self.cases(of: name) {
      var generator = SeededGenerator(seed: runSeed, case: index)
      let damaged = Mutation.damaged(generator.pick(kept), donor: generator.pick(kept), &generator)
      do { try await target.check(Array(damaged.prefix(target.bytesMax))) } catch {
        Issue.record("OFFPRINT_SEED=\(runSeed), \(name), case \(index): \(error)")
        return
      }
    }
  }

  /// A few seconds in all: whole libraries and servers cost a thousand times what a cursor costs.
  private static func cases(of name: String) -> Int {
    switch name {
    case "client": 20
    case "request": 200
    case "html": 1_000
    default: 3_000
    }
  }

  @Test func `what is kept stays small`() throws {
    #expect(try KeptInputs.totalBytes() < 1_000_000)
  }

  @Test func `a target is found by its name`() {
    #expect(FuzzTarget.named("cursor")?.name == "cursor" && FuzzTarget.named("nothing") == nil)
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
  }
}
