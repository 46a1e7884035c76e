import OffprintFaultDisk
import OffprintSeed

/// A machine with a disk of its own, which may lose power in any call: what devices and the server have in common.
///
/// A crash is noticed by whoever uses the node next: the disk is down, so what ran on it is dropped and the node starts anew.
class SimulatedNode {
  /// What messages, the oracle and people call it.
  let name: String
  /// Its disk.
  let disk: FaultDisk
  /// Events until its full disk has room again.
  var eventsUntilRoom = 0
  /// How often it started after a crash.
  var recoveries = 0
  /// Whether the crash that is coming takes the power: then clocks begin anew.
  private(set) var losesPower = false

  init(name: String, disk: FaultDisk) {
    self.name = name
    self.disk = disk
  }

  /// Crashes now, or in the middle of the call of the disk that is `calls` from now.
  func crash(takingPower: Bool, after calls: Int? = nil) {
    losesPower = takingPower
    let mode: Crash = takingPower ? .power : .kill
    if let calls { disk.arm(mode, afterCalls: calls) } else { disk.crash(mode) }
  }

  /// Leaves so many bytes, for so many events.
  func fill(bytesLeft: Int, events: Int) {
    disk.setCapacity(bytes: disk.usedBytes + bytesLeft)
    eventsUntilRoom = events
  }

  /// Lets a process begin, if the one before has ended.
  func startIfDown() {
    if disk.isDown { disk.beginProcess() }
  }

  /// Counts an event towards the end of a full disk.
  func passEvent() {
    guard eventsUntilRoom > 0 else { return }
    eventsUntilRoom -= 1
    if eventsUntilRoom == 0 { disk.setCapacity(bytes: nil) }
  }

  /// Ends every fault: from now on the disk does what it is asked.
  func heal() {
    disk.disarm()
    FaultMemory.fail(nth: 0)
    disk.setCapacity(bytes: nil)
    eventsUntilRoom = 0
  }
}
