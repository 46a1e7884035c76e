import Offprint
import OffprintFaultDisk
import OffprintServer
import OffprintWire

/// A disk that says it has synced and has not, and then loses power. Nothing can make up for that; but what is gone is told,
/// or comes back from the other side, and never does one side quietly show less than the other has.
struct LyingSweep {
  /// Whose disk lies.
  enum Side: String { case client, server }

  let script: Script<SweptLibrary>
  let side: Side
  let seed: UInt64

  private static let syncsMax = 4

  /// Tries every call, or `most` of them.
  func run(_ name: String, atMost most: Int?) throws -> SweepReport {
    var report = SweepReport(name)
    report.points = side == .client ? script.calls : try serverCalls()
    for call in report.places(atMost: most) {
      do {
        try cut(at: call, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "call \(call)", finding.lines)
      } catch {
        report.add(.failed, "call \(call)", ["\(error)"])
      }
      report.covered += 1
    }
    return report
  }

  /// Calls of the server's disk while the script runs.
  private func serverCalls() throws -> Int {
    let subject = try script.make()
    subject.serverMayFail = true
    let before = subject.server.disk.calls
    try subject.start()
    for step in script.steps.indices { try subject.perform(step, attempt: 0) }
    return subject.server.disk.calls - before
  }

  private func cut(at call: Int, _ report: inout SweepReport) throws {
    let subject = try script.make()
    subject.serverMayFail = side == .server
    let disk = side == .client ? subject.disk : subject.server.disk
    disk.reseed(seed &+ UInt64(call))
    disk.setLying(true)
    disk.arm(.power, afterCalls: call)
    var step = 0
    do {
      try subject.start()
      while step < script.steps.count, !disk.isDown {
        try subject.perform(step, attempt: 0)
        step += 1
      }
    } catch {
      guard disk.isDown else { throw SweepFinding(.failed, "step \(step) failed without a fault: \(error)") }
    }
    guard disk.isDown else { throw SweepFinding(.failed, "the power was not cut") }
    disk.setLying(false)
    try side == .client ? judgeClient(subject, step, &report) : judgeServer(subject, step, &report)
  }

  private func judgeClient(_ subject: SweptLibrary, _ step: Int, _ report: inout SweepReport) throws {
    subject.abandon(lostPower: true)
    subject.disk.beginProcess()
    do {
      try subject.start()
      guard try subject.faults().isEmpty else { return report.count("told by verify") }
    } catch { return try told(error, "at the start", &report) }
    let state = try subject.state()
    let isWhole = script.strays(state, at: min(step, script.steps.count)).isEmpty
    do {
      for _ in 0..<Self.syncsMax { try subject.sync() }
    } catch { return try told(error, "by a sync", &report) }
    let differences = try subject.differences()
    guard differences.isEmpty else {
      throw SweepFinding(.lost, ["step \(step): client and server differ and nobody says so"] + differences)
    }
    report.count(isWhole ? "whole" : "healed by a sync")
  }

  private func judgeServer(_ subject: SweptLibrary, _ step: Int, _ report: inout SweepReport) throws {
    subject.server.stop()
    subject.server.disk.beginProcess()
    do {
      try subject.server.start()
      guard try subject.server.faults().isEmpty else { return report.count("told by a check") }
    } catch { return try told(error, "at the start", &report) }
    guard subject.isRunning else { return report.count("before the library was made") }
    do {
      for _ in 0..<Self.syncsMax { try subject.sync() }
    } catch { return try told(error, "by a sync", &report) }
    let differences = try subject.differences()
    guard differences.isEmpty else {
      throw SweepFinding(.lost, ["step \(step): client and server differ and nobody says so"] + differences)
    }
    // What the person did is there, whatever the server forgot.
    let strays = script.strays(try subject.state(), at: min(step, script.steps.count))
    guard strays.isEmpty else { throw SweepFinding(.lost, ["step \(step): the library lost with the server"] + strays) }
    report.count("healed or whole")
  }

  /// Counts how it was told; anything but damage and being signed out tells nobody what happened.
  private func told(_ error: any Error, _ when: String, _ report: inout SweepReport) throws {
    if case .damaged? = error as? StoreError { return report.count("told as damaged \(when)") }
    switch (error as? OffprintError)?.code {
    case .damaged: report.count("told as damaged \(when)")
    case .notSignedIn, .deviceRevoked: report.count("told as signed out \(when)")
    case .server: report.count("told as the server's failure \(when)")
    default: throw SweepFinding(.failed, "\(when): \(error)")
    }
  }
}
