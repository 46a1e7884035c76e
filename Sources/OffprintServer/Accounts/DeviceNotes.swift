import OffprintWire
import OffprintLocks

/// What was lately heard of devices, kept in memory until it is written for many of them in one transaction.
///
/// A device that waits asks again every minute, ten thousand of them several hundred times a second: a commit for each would cost
/// more than all they ask for. What a crash takes is a few seconds of `lastSeen`. Never more entries than devices.
package final class DeviceNotes: Sendable {
  /// What is known of one device.
  package struct Note: Sendable, Hashable {
    /// Its account.
    package var account: RecordID
    /// When it was last heard of, in milliseconds since 1970.
    package var seen: Int64
    /// Up to which number it was given the log; nil if it did not ask.
    package var number: Int64?
  }

  private let notes = Mutex<[RecordID: Note]>([:])

  init() {}

  /// Whether something waits to be written.
  package var isEmpty: Bool { notes.withLock { $0.isEmpty } }

  /// Notes that a device was heard of, and up to which number it was given the log.
  func note(_ device: Device, at now: Int64, number: Int64? = nil) {
    notes.withLock { notes in
      let before = notes[device.id]
      notes[device.id] = Note(account: device.account, seen: now, number: number ?? before?.number)
    }
  }

  /// What waits for a device.
  func note(of device: RecordID) -> Note? { notes.withLock { $0[device] } }

  /// All that waits, and no longer does.
  func takeAll() -> [RecordID: Note] {
    notes.withLock { notes in
      defer { notes = [:] }
      return notes
    }
  }

  /// Lets go of a device.
  func drop(_ device: RecordID) { notes.withLock { $0[device] = nil } }
}
