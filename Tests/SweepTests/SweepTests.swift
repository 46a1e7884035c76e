import OffprintFaultDisk
import OffprintSeed
import OffprintSimulation
import Testing

/// That the sweeps run and can tell. `Scripts/simulate` plays all of them at more places, in a build that is ten times as fast,
/// and `offprint-sim sweep` at every one.
@Suite struct `Scripts cut and failed at any call of the disk` {
  /// Places of each sweep.
  private static let most = 2

  /// Every eighth of the sweeps that cut or fail a script.
  private static let some = Sweeps.all.filter { !$0.isAboutMemory && !$0.isControl && !$0.isAboutBits }
    .enumerated().filter { $0.offset.isMultiple(of: 8) }.map(\.element)

  @Test(arguments: some)
  func `nothing acknowledged is lost, nothing is there by half, and it goes on`(name: Sweeps.Name) throws {
    let seed = SeededGenerator.seed(else: 1)
    let report = try Sweeps(seed: seed).run(name, atMost: Self.most)
    #expect(report.holds, "seed \(seed): \(report.line)\n\(report.findings.joined(separator: "\n"))")
  }

  @Test(arguments: Sweeps.all.filter(\.isControl))
  func `without full syncs acknowledged edits are lost, so the sweeps can tell`(name: Sweeps.Name) throws {
    let report = try Sweeps(seed: SeededGenerator.seed(else: 1)).run(name, atMost: 12)
    #expect(report.lost > 0 && report.holds, "\(report.line)")
  }

  @Test func `a flipped bit of a library is noticed, or changes nothing that is read`() throws {
    let seed = SeededGenerator.seed(else: 1)
    for name in Sweeps.all where name.isAboutBits {
      let report = try Sweeps(seed: seed).run(name, atMost: 12)
      #expect(report.holds, "seed \(seed): \(report.line)\n\(report.findings.joined(separator: "\n"))")
    }
  }

  @Test func `an allocation that fails costs nothing but its own step`() async {
    // In a process of its own: SQLite must not have been used yet, and no other thread may use it.
    await #expect(processExitsWith: .success) {
      try #require(FaultMemory.install())
      for name in Sweeps.all where name.isAboutMemory {
        let report = try Sweeps(seed: 1).run(name, atMost: 8)
        #expect(report.holds, "\(report.line)\n\(report.findings.joined(separator: "\n"))")
      }
    }
  }
}
