import Offprint
import OffprintFaultDisk
import OffprintSQLite

/// Cuts a repair at every call of its disk. What is left opens, or the next repair ends what was begun; every edit that was not
/// sent is there then, also one that was made between the two, and the library syncs as ever.
struct RepairSweep {
  let script: Script<SweptLibrary>
  let crash: Crash
  let seed: UInt64

  private static let database = SimulatedDevice.folder + "/library.sqlite"

  /// Tries every call, or `most` of them.
  /// - Throws: ``SweepFinding`` if the repair does not come to a good end without a crash.
  func run(_ name: String, atMost most: Int?) throws -> SweepReport {
    var report = SweepReport(name)
    let damaged = try script.finished()
    let database = try Connection(path: Self.database, role: .writer(create: false), vfs: damaged.disk.vfs)
    // Nothing that editing needs: the person may not notice.
    try database.run("UPDATE digest SET count = count + 1")
    database.close()
    let whole = try damaged.copy()
    let calls = whole.disk.calls
    guard try !repair(whole, draw: 0).wasWhole else { throw SweepFinding(.failed, "there is nothing to repair") }
    report.points = whole.disk.calls - calls
    try check(whole, against: try state(of: try damaged.copy()))
    for place in report.places(atMost: most) {
      report.covered += 1
      do {
        try cut(try damaged.copy(), at: place, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "call \(place)", finding.lines)
      } catch {
        report.add(.failed, "call \(place)", ["\(error)"])
      }
    }
    return report
  }

  private func cut(_ subject: SweptLibrary, at place: Int, _ report: inout SweepReport) throws {
    var expected = try state(of: try subject.copy())
    subject.disk.reseed(seed &+ UInt64(place))
    subject.disk.arm(crash, afterCalls: place)
    do {
      _ = try repair(subject, draw: place)
    } catch {
      guard subject.disk.isDown else { throw SweepFinding(.failed, "the repair failed without a fault: \(error)") }
    }
    guard subject.disk.isDown else { return report.count("without the crash") }
    subject.abandon(lostPower: crash == .power)
    subject.disk.beginProcess()
    do {
      try subject.start()
      report.count("opened")
      let store = try subject.store()
      try store.write { _ = try store.add(SavedPage(url: "https://example.org/meanwhile")) }
      expected = subject.lasting(try subject.state())
      subject.stop()
    } catch let error as OffprintError where error.code == .damaged {
      report.count("told to be damaged")
    }
    _ = try repair(subject, draw: place + 1_000_000)
    try check(subject, against: expected)
  }

  private func repair(_ subject: SweptLibrary, draw: Int) throws -> RepairReport {
    subject.device.clocks.reseed(UInt64(draw) &+ 5_000)
    return try LibraryRepair(folder: SimulatedDevice.folder, environment: subject.device.environment)
      .run(discardUnsent: false)
  }

  private func state(of subject: SweptLibrary) throws -> SweptState {
    try subject.start()
    defer { subject.stop() }
    return subject.lasting(try subject.state())
  }

  private func check(_ subject: SweptLibrary, against expected: SweptState) throws {
    do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not open after the repair: \(error)") }
    let faults = try subject.faults()
    guard faults.isEmpty else { throw SweepFinding(.corrupt, faults) }
    let differences = SweptState.differences(expected, subject.lasting(try subject.state()))
    guard differences.isEmpty else { throw SweepFinding(.lost, differences) }
    let strays = subject.disk.files.filter { $0.contains(".partial") || $0.contains(".repaired") }
    guard strays.isEmpty else { throw SweepFinding(.failed, ["left lying:"] + strays) }
    let endFaults = try subject.endFaults()
    guard endFaults.isEmpty else { throw SweepFinding(.lost, endFaults) }
  }
}
