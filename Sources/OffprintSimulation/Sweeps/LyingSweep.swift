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
    let calls = side == .client ? script.segments.map(\.calls) : try script.segments.map(serverCalls)
    report.points = calls.reduce(0, +)
    for call in report.places(atMost: most) {
      var (index, place) = (0, call)
      while index + 1 < calls.count, place > calls[index] { (index, place) = (index + 1, place - calls[index]) }
      do {
        try cut(script.segments[index], at: place, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "call \(call)", finding.lines)
      } catch {
        report.add(.failed, "call \(call)", ["\(error)"])
      }
      report.covered += 1
    }
    return report
  }

  /// Calls of the server's disk while a segment runs.
  private func serverCalls(_ segment: Script<SweptLibrary>.Segment) throws -> Int {
    let subject = try segment.template.copy()
    subject.serverMayFail = true
    try subject.start()
    for step in segment.steps { try subject.perform(step, attempt: 0) }
    return subject.server.disk.calls
  }

  private func cut(_ segment: Script<SweptLibrary>.Segment, at call: Int, _ report: inout SweepReport) throws {
    let subject = try segment.template.copy()
    subject.serverMayFail = side == .server
    let disk = side == .client ? subject.disk : subject.server.disk
    disk.reseed(seed &+ UInt64(call))
    disk.setLying(true)
    disk.arm(.power, afterCalls: call)
    var step = segment.steps.lowerBound
    do {
      try subject.start()
      while step < segment.steps.upperBound, !disk.isDown {
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
      // A database that cannot even be checked is told by that.
      guard (try? subject.faults())?.isEmpty == true else { return report.count("told by verify") }
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
    let strays = SweptState.differences(script.states[step], try subject.state())
    report.count(isWhole ? "whole" : strays.isEmpty ? "healed by a sync" : "equal to the server, less than was written")
  }

  private func judgeServer(_ subject: SweptLibrary, _ step: Int, _ report: inout SweepReport) throws {
    subject.server.stop()
    subject.server.disk.beginProcess()
    do {
      try subject.server.start()
      guard (try? subject.server.faults())?.isEmpty == true else { return report.count("told by a check") }
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
    case .decisionNeeded: report.count("told as another account's \(when)")
    case .server: report.count("told as the server's failure \(when)")
    default: throw SweepFinding(.failed, "\(when): \(error)")
    }
  }
}
