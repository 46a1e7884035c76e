import Offprint
import OffprintFaultDisk
import OffprintSQLite
import OffprintServer
import OffprintWire

/// Cuts the power at every call of an upgrade: each version is there whole or not at all, every record stays, the upgrade
/// ends, and the older program then refuses the files and leaves every byte as it was (G19).
///
/// How the shipped version is made from nothing is a part of every crash sweep; what is cut here are versions that only a simulation
/// knows, on top of the shipped one.
struct MigrationSweep<Subject: Swept> {
  /// Opens, on that disk, as a program does that knows so many versions beyond the shipped ones.
  let make: (FaultDisk, _ extraVersions: Int) throws -> Subject
  /// The files as the shipped program left them, closed in good order.
  let prepared: FaultImage
  /// What they hold.
  let state: SweptState
  let database: String
  /// The column that numbers the rows of `record`.
  let number: String
  /// The version that is shipped.
  let shipped: Int
  /// Whether an error says that the files belong to a newer program.
  let isNewer: (any Error) -> Bool
  let seed: UInt64

  /// Versions on top of the shipped ones.
  private static var extraVersions: Int { 3 }

  /// Tries every call in both ways, or `most` of them in each.
  func run(_ name: String, atMost most: Int?) throws -> SweepReport {
    var report = SweepReport(name)
    let disk = restored(seed)
    let subject = try make(disk, Self.extraVersions)
    let before = disk.calls
    try subject.start()
    report.points = disk.calls - before
    for mode in [Crash.power, .kill] {
      for call in report.places(atMost: most) {
        do {
          try cut(mode, at: call, &report)
        } catch let finding as SweepFinding {
          report.add(finding.kind, "\(mode) at call \(call)", finding.lines)
        }
        report.covered += 1
      }
    }
    report.points *= 2
    return report
  }

  private func restored(_ seed: UInt64) -> FaultDisk {
    let disk = FaultDisk(seed: seed)
    disk.restore(prepared)
    return disk
  }

  private func cut(_ mode: Crash, at call: Int, _ report: inout SweepReport) throws {
    let disk = restored(seed &+ UInt64(call))
    let subject = try make(disk, Self.extraVersions)
    disk.arm(mode, afterCalls: call)
    do { try subject.start() } catch {
      guard disk.isDown else { throw SweepFinding(.failed, "it does not open: \(error)") }
    }
    guard disk.isDown else { throw SweepFinding(.failed, "the crash did not come") }
    subject.abandon(lostPower: mode == .power)
    disk.beginProcess()

    let version = try wholeVersion(of: disk.image())
    report.count("left at version \(version)")
    do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not open again: \(error)") }
    let faults = try subject.faults()
    guard faults.isEmpty else { throw SweepFinding(.corrupt, faults) }
    let differences = SweptState.differences(state, try subject.state())
    guard differences.isEmpty else { throw SweepFinding(.lost, differences) }
    // Killed now, it leaves a log with the newest commits; closed in good order, it does not.
    let killed = FaultDisk(seed: seed)
    killed.restore(disk.image())
    try checkRefusal(by: killed)
    subject.stop()
    guard try wholeVersion(of: disk.image()) == shipped + Self.extraVersions else {
      throw SweepFinding(.failed, "the upgrade did not end")
    }
    try checkRefusal(by: disk)
  }

  /// The version of the files, after checking that all of it is there and nothing of the next.
  private func wholeVersion(of image: FaultImage) throws -> Int {
    let disk = FaultDisk(seed: 8)
    disk.restore(image)
    let connection = try Connection(path: database, role: .reader, vfs: disk.vfs)
    defer { connection.close() }
    let errors = try connection.integrityCheck()
    guard errors.isEmpty else { throw SweepFinding(.corrupt, errors) }
    let version = Int(try connection.first("PRAGMA user_version", []) { try $0.int64(0) } ?? 0)
    let rows = try connection.first("SELECT count(*) FROM record", []) { try $0.int64(0) } ?? 0
    let tables = try connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'", []) { try $0.string(0) }
    for index in 0..<Self.extraVersions {
      let isThere = tables.contains("simulated\(index)")
      guard isThere == (index < version - shipped) else {
        throw SweepFinding(.corrupt, "version \(version) with a part of another: simulated\(index)")
      }
      guard isThere else { continue }
      let copied = try connection.first("SELECT count(*) FROM simulated\(index)", []) { try $0.int64(0) } ?? 0
      let filled =
        try connection.first("SELECT count(*) FROM record WHERE simulated\(index) = \(number)", []) { try $0.int64(0) }
        ?? 0
      guard copied == rows, filled == rows else {
        throw SweepFinding(.corrupt, "version \(index + 1 + shipped) has \(copied) and \(filled) of \(rows) rows")
      }
    }
    return version
  }

  private func checkRefusal(by disk: FaultDisk) throws {
    // A reader may leave an empty log behind, which holds nothing.
    let before = bytes(of: disk).filter { !$0.value.isEmpty }
    let older = try make(disk, 0)
    do {
      try older.start()
      throw SweepFinding(.failed, "an older program opened a newer library")
    } catch let finding as SweepFinding { throw finding } catch {
      guard isNewer(error) else { throw SweepFinding(.failed, "an older program says: \(error)") }
    }
    older.abandon(lostPower: false)
    let after = bytes(of: disk).filter { !$0.value.isEmpty }
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    guard changed.isEmpty else {
      throw SweepFinding(.corrupt, "an older program changed \(changed.sorted().joined(separator: ", "))")
    }
  }

  private func bytes(of disk: FaultDisk) -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: disk.files.map { ($0, disk.bytes(of: $0) ?? []) })
  }
}

extension ServerSchema {
  /// The shipped tables, and versions on top that only a simulation knows.
  static func simulated(extraVersions: Int) -> Schema {
    schema.appending(
      (0..<extraVersions).map { index in
        Migration(
          "simulated \(index)",
          sql: """
            CREATE TABLE simulated\(index)(number INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
            INSERT INTO simulated\(index) SELECT row, hex(id) FROM record;
            ALTER TABLE record ADD COLUMN simulated\(index) INTEGER NOT NULL DEFAULT \(index);
            UPDATE record SET simulated\(index) = row
            """)
      })
  }
}
