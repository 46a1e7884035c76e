import OffprintWire

/// A plan as a text file: the setup, then an event a line; lines that begin with `#` are remarks.
package enum Trace {
  /// Why a text is no trace.
  package struct Fault: Error, Hashable, CustomStringConvertible {
    /// The line, from 1.
    package var line: Int
    /// What is wrong with it.
    package var description: String { "line \(line) is neither a setup nor an event of a trace" }
  }

  /// The file's bytes.
  package static func encode(_ plan: Plan, remarks: [String] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    for remark in remarks { bytes += Array("# \(remark)\n".utf8) }
    bytes += plan.setup.line + [0x0A]
    for event in plan.events { bytes += event.line + [0x0A] }
    return bytes
  }

  /// Reads a file's bytes.
  /// - Throws: ``Fault``.
  package static func decode(_ bytes: [UInt8]) throws(Fault) -> Plan {
    var setup: Setup?
    var events: [Event] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      if setup == nil {
        setup = Setup(line: Array(line))
        guard setup != nil else { throw Fault(line: index + 1) }
      } else {
        guard let event = Event(line: Array(line)) else { throw Fault(line: index + 1) }
        events.append(event)
      }
    }
    guard let setup else { throw Fault(line: 1) }
    return Plan(setup: setup, events: events)
  }
}
