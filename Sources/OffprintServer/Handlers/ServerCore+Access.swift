import OffprintWire

/// Who still has access, how often a device may push, and what is noted of devices.
extension ServerCore {
  /// How often `lastSeen` is written, in milliseconds.
  private static let lastSeenMilliseconds: Int64 = 60_000

  /// Notes that a device was heard of, to the minute; the first time at once, so that whoever just paired a device sees it.
  func noteSeen(_ device: Device) {
    let now = environment.now()
    guard let last = device.lastSeen else {
      return accounts.write([device.id: DeviceNotes.Note(account: device.account, seen: now)])
    }
    if now >= last, now - last < Self.lastSeenMilliseconds { return }
    notes.note(device, at: now)
  }

  /// Writes what is noted of devices.
  package func writeNotes() { accounts.write(notes.takeAll()) }

  /// Refuses a push of a device that pushes too often.
  /// - Throws: ``Problem``, `rate-limited`.
  func limitPushes(of device: Device, now: Int64) throws(Problem) {
    guard let wait = pushLimiter?.millisecondsToWait(device.id, now: now) else { return }
    throw Problem(
      .rateLimited, "too many pushes of this device", retryAfterSeconds: Int((wait + 999) / 1_000))
  }

  /// What ``wakeRefused(_:since:)`` knows of the last time.
  package struct AccessState: Sendable {
    var count: Int64?

    /// Nothing yet.
    package init() {}
  }

  /// Wakes the long polls of devices that have lost their access, whichever process took it.
  /// - Parameters:
  ///   - all: the devices that wait.
  ///   - new: those of them that came since the last time: they may have been let in just before somebody took it away.
  /// - Throws: ``StoreError``; then ask again with the same.
  package func wakeRefused(among all: [RecordID: RecordID], new: Set<RecordID>, _ state: inout AccessState) throws {
    let before = state.count
    let (count, refused) = try store.read { reader -> (Int64, Set<RecordID>) in
      let count = try reader.accessCount()
      var refused: Set<RecordID> = []
      for (device, account) in all where count != before || new.contains(device) {
        if try !reader.isAdmitted(device, of: account) { refused.insert(account) }
      }
      return (count, refused)
    }
    state.count = count
    for account in refused { signals.notify(account) }
  }
}
