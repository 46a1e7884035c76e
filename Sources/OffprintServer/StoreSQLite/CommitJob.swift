import Foundation
import OffprintWire

/// One body that waits to be committed, with its outcome.
///
/// `@unchecked Sendable`: touched by the leader of the ``CommitQueue`` between being queued and being done, by its owner before and
/// after; the queue's lock lies between the one, `wake` between the other.
final class CommitJob: @unchecked Sendable {
  let load: WriteLoad
  /// What to do; nil once it is done, since it must not outlive its owner's call.
  private var body: ((SQLiteTransaction) throws -> Void)?
  /// Signalled when it is done, or when its owner is to lead.
  let wake = DispatchSemaphore(value: 0)
  var failure: (any Error)?
  private(set) var isDone = false
  /// Whether it closes the connection instead of writing.
  var closes = false
  /// Accounts whose head it moved.
  var moved: Set<RecordID> = []

  init(_ load: WriteLoad, _ body: @escaping (SQLiteTransaction) throws -> Void) {
    self.load = load
    self.body = body
  }

  func run(in transaction: SQLiteTransaction) throws { try body?(transaction) }

  /// Notes that it is done and lets go of its body.
  func finish() {
    body = nil
    isDone = true
  }
}
