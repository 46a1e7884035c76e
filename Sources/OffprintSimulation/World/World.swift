import Offprint
import OffprintFaultDisk
import OffprintHTTP
import OffprintOracle
import OffprintSQLite
import OffprintSeed
import OffprintServer
import OffprintTesting
import OffprintWire

/// A server, some devices of two people, and the network, the disks and the clocks between them: the shipped code over
/// simulated surroundings, on one thread, decided by a seed alone.
///
/// ``play(_:)`` lets one event happen and checks what must hold after it; ``finish()`` ends all faults, lets everything sync
/// and checks what must hold then.
package final class World {
  let setup: Setup
  /// The true time, in milliseconds since 1970.
  private(set) var time: Int64 = 1_800_000_000_000
  var devices: [SimulatedDevice] = []
  let server: SimulatedDaemon
  var network = SimulatedNetwork()
  /// What must hold, known apart from the product.
  var oracle = Oracle()
  /// What happened.
  package internal(set) var log = EventLog()
  /// Events played.
  package private(set) var eventCount = 0
  /// What happened, counted.
  package internal(set) var counts = Counts()
  /// Randomness of the world's own, drawn anew for each event.
  var generator: SeededGenerator
  /// Numbers syncs.
  var syncCount = 0
  /// Numbers texts that must be unlike each other.
  var textCount = 0
  /// Records that the server is meant to refuse for ever.
  var poison: Set<RecordKey> = []
  /// Pushes by the number of their message.
  var pushes: [Int: SimulatedPush] = [:]
  /// The request that an answer answers, by their numbers.
  var answers: [Int: Int] = [:]
  /// The greatest head seen of each log.
  var heads: [RecordID: Int64] = [:]
  /// The last push of each replica that the server took, by account.
  var pushMarks: [Int: [ReplicaID: PushMark]] = [:]
  /// Hashes of every state the server was ever seen to hold, by account.
  var everHeld: [Set<UInt64>] = []
  /// What the server is known to hold, by account.
  var serverCopies: [ObservedCopy] = []
  /// Once finishing, no fault is admitted any more.
  var isFinishing = false
  /// Once it is, people give up the records that the server refuses.
  var isPoisonDropped = false

  /// A world at its beginning: everybody is signed in.
  /// - Throws: ``Failure``, or what the product throws although nothing is wrong yet.
  package init(_ setup: Setup, keepsLog: Bool = false) throws {
    self.setup = setup
    log.keepsAll = keepsLog
    generator = SeededGenerator(seed: setup.seed, case: 3)
    FaultMemory.seedSQLite(UInt32(truncatingIfNeeded: setup.seed))
    let disk = FaultDisk(seed: generator.next())
    server = try SimulatedDaemon(disk: disk, setup: setup, time: time)
    for index in 0..<setup.accounts {
      let replica = try server.log(of: index)?.replica.description ?? ""
      oracle.addServer(Self.serverName(index), account: Self.accountName(index), replicaID: replica)
      serverCopies.append(ObservedCopy())
      everHeld.append([])
    }
    for (index, begin) in setup.devices.enumerated() {
      let clocks = FakeDevice(wall: time + begin.clockOffset, seed: generator.next())
      let device = SimulatedDevice(
        name: "device \(index)", account: begin.account, disk: FaultDisk(seed: generator.next()), clocks: clocks)
      device.marker = "installation \(index)"
      clocks.setMarker(device.marker)
      try device.open()
      devices.append(device)
      device.replicaID = device.store?.replicaID.description ?? ""
      oracle.addDevice(device.name, account: Self.accountName(begin.account), replicaID: device.replicaID)
      forgetTime(of: device)
      try signIn(device)
    }
  }

  static func serverName(_ account: Int) -> String { "server \(account)" }
  static func accountName(_ account: Int) -> String { "account \(account)" }

  /// Lets one event happen.
  /// - Throws: ``Failure`` if something does not hold any more.
  package func play(_ event: Event) throws {
    eventCount += 1
    generator = SeededGenerator(seed: event.salt)
    reseedAll(event.salt)
    advance(milliseconds: 1 + Int64(event.salt % 997))
    do {
      counts.events[event.kind, default: 0] += 1
      try happen(event)
      for node in nodes { node.passEvent() }
      passPartitions()
      try checkOracle()
    } catch var failure as Failure {
      failure.event = eventCount
      throw failure
    }
  }

  /// All machines.
  var nodes: [SimulatedNode] { [server] + devices }

  private func reseedAll(_ salt: UInt64) {
    server.reseed(salt &+ 1)
    server.disk.reseed(salt &+ 1_000)
    for (index, device) in devices.enumerated() {
      device.clocks.reseed(salt &+ 2 &+ UInt64(index))
      device.disk.reseed(salt &+ 1_001 &+ UInt64(index))
    }
  }

  /// Lets time pass everywhere.
  func advance(milliseconds: Int64) {
    time += milliseconds
    server.setTime(time)
    for device in devices { device.clocks.advance(milliseconds: milliseconds) }
  }

  /// The device an event means.
  func device(_ event: Event) -> SimulatedDevice { devices[event.node % devices.count] }

  /// The node an event means: the server as often as any device.
  func node(_ event: Event) -> SimulatedNode { nodes[event.node % nodes.count] }

  func note(_ line: String) { log.add("\(eventCount) \(line)") }

  private func passPartitions() {
    for device in devices where device.eventsUntilReached > 0 {
      device.eventsUntilReached -= 1
      if device.eventsUntilReached == 0 { device.partition = .none }
    }
  }

  /// Takes what the oracle found.
  func checkOracle() throws {
    guard let violation = oracle.takeViolations().first else { return }
    throw Failure(
      invariant: violation.invariant.rawValue, reason: violation.description,
      expected: violation.expected + violation.edits.map { oracle.describe($0) }, actual: violation.actual)
  }
}
