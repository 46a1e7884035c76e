import OffprintFaultDisk

/// One side of the product under a sweep: a script over a disk that may crash or fail in any call of any step.
///
/// The script is the same each time: clocks and randomness follow from the number of the step, so that what it should come
/// to is known from a run without faults.
protocol Swept: AnyObject {
  /// The disk that crashes and fails.
  var disk: FaultDisk { get }
  /// What the steps are called, in order.
  var steps: [SweptStep] { get }
  /// What it is called in reports.
  var name: String { get }

  /// Opens what is on the disk, made if it never was.
  func start() throws
  /// Whether it is open.
  var isRunning: Bool { get }
  /// Lets go of what was open when the disk went down.
  /// - Parameter lostPower: whether the machine began anew, and not only the program.
  func abandon(lostPower: Bool)
  /// Ends it in good order, as an operator does.
  func stop()
  /// Does a step and returns once it was acknowledged.
  /// - Parameter attempt: 0 at first, more after a try that failed or was not answered.
  func perform(_ step: Int, attempt: Int) throws
  /// What it holds, looked at from outside.
  func state() throws -> SweptState
  /// What is not whole: structure, hashes, digests. From outside.
  func faults() throws -> [String]
  /// Whether it lets itself be read, as its users read it; throws if not.
  func read() throws
  /// What does not hold at the end of the script, when both sides have spoken with each other.
  func endFaults() throws -> [String]
  /// Whether an error is one that a full disk is meant to give.
  func isDiskFull(_ error: any Error) -> Bool
  /// Whether a step whose outcome is unknown is repeated though it is whole: what a client does to a server.
  var repeatsWhole: Bool { get }

  /// A copy, on disks of its own, that goes on where this one was closed in good order.
  func copy() throws -> Self
  /// Does a step once more after later ones were done, as people do when a disk has room again.
  /// - Parameter wasDone: whether it had been done at its time, between others that were not.
  func catchUp(_ step: Int, wasDone: Bool) throws
  /// What of a state does not hang on when a step was done.
  func lasting(_ state: SweptState) -> SweptState
}

/// A step of a script.
struct SweptStep: Sendable {
  /// What it is called.
  let name: String
  /// Whether it is one transaction: after a crash all of it is there or nothing. Otherwise each register on its own.
  var isAtomic = true
  /// Whether it ends and starts what runs.
  var isRestart = false
}

/// What is held, register by register.
struct SweptState: Equatable {
  /// Values by register by record; a record that is not there has no entry.
  var records: [String: [String: String]] = [:]
  /// All else that a step changes: heads, contents.
  var rest: [String: String] = [:]

  /// The first lines in which two states differ.
  static func differences(_ expected: SweptState, _ actual: SweptState, limit: Int = 4) -> [String] {
    var lines: [String] = []
    for key in Set(expected.records.keys).union(actual.records.keys).sorted() {
      let (one, other) = (expected.records[key] ?? [:], actual.records[key] ?? [:])
      for name in Set(one.keys).union(other.keys).sorted() where one[name] != other[name] {
        lines.append("\(key) \(name): \(one[name] ?? "-") became \(other[name] ?? "-")")
      }
    }
    for key in Set(expected.rest.keys).union(actual.rest.keys).sorted() where expected.rest[key] != actual.rest[key] {
      lines.append("\(key): \(expected.rest[key] ?? "-") became \(actual.rest[key] ?? "-")")
    }
    return lines.count > limit ? Array(lines[..<limit]) + ["and \(lines.count - limit) more"] : lines
  }

  /// Where this is neither as before nor as after a step, register by register.
  func strays(before: SweptState, after: SweptState) -> [String] {
    var lines: [String] = []
    let all = Set(before.records.keys).union(after.records.keys).union(records.keys)
    for key in all.sorted() {
      let (one, other, mine) = (before.records[key], after.records[key], records[key])
      guard let mine else {
        if one != nil && other != nil { lines.append("\(key) is gone") }
        continue
      }
      guard one != nil || other != nil else {
        lines.append("\(key) came from nowhere")
        continue
      }
      for name in Set(one?.keys.map { $0 } ?? []).union(other?.keys.map { $0 } ?? []).union(mine.keys).sorted()
      where mine[name] != one?[name] && mine[name] != other?[name] {
        lines.append("\(key) \(name): neither \(one?[name] ?? "-") nor \(other?[name] ?? "-") but \(mine[name] ?? "-")")
      }
    }
    for key in Set(before.rest.keys).union(after.rest.keys).union(rest.keys).sorted()
    where rest[key] != before.rest[key] && rest[key] != after.rest[key] {
      lines.append("\(key): neither \(before.rest[key] ?? "-") nor \(after.rest[key] ?? "-") but \(rest[key] ?? "-")")
    }
    return lines
  }
}
