import Offprint
import OffprintFaultDisk
import OffprintSQLite
import OffprintTesting
import OffprintWire

/// A device of a person: the shipped client core over a disk and clocks of its own.
final class SimulatedDevice: SimulatedNode {
  /// The number of its account.
  let account: Int
  /// Its clocks and randomness.
  let clocks: FakeDevice
  /// What tells this installation from a copy of it.
  var marker = ""
  /// Where its library is, on its disk.
  static let folder = "/library"

  /// One process that has the library open.
  struct Process {
    let number: Int
    let store: LibraryStore
  }

  /// The processes, at most two: an app and its share extension.
  private(set) var processes: [Process] = []
  /// The sync under way.
  var sync: Sync?
  /// Whether its messages get through.
  var partition = Partition.none
  /// Events until they do again.
  var eventsUntilReached = 0
  /// Under which id it was last seen to write.
  var replicaID = ""
  /// What its copy was when the oracle last looked.
  var observed = ObservedCopy()
  /// A bookmark whose making did not return: it may be there.
  var uncertainBookmark: Action.NewBookmark?
  /// A reset that did not return, and whether unsent edits were to be discarded: it may be done.
  var uncertainReset: Bool?
  /// The tables of the program that runs on it.
  var schema = LibrarySchema.schema
  /// How many versions its tables have beyond these.
  var extraVersions = 0
  /// Backups of it, oldest first.
  var backups: [DeviceBackup] = []

  /// When it started, by the true time.
  var booted: Int64 = 0
  /// How wrong its reading of the server's clock may be, in milliseconds; nil if it has none, or none that is known of.
  var timeError: Int64?
  /// Whether it took a reading in this boot of which no more is known.
  var isTimeDoubtful = false
  /// Whether a server ever told it that its cursor had expired.
  var wasToldExpired = false

  /// Contents held when its server was found to be another, of which it has not asked since.
  var owedOffers: Set<String> = []

  /// A sync under way, and the message that it waits for.
  struct Sync {
    let session: SyncSession
    let store: LibraryStore
    let number: Int
    var request: Int
    /// When that was sent, by the true time.
    var sentAt: Int64
    let allowsDeletes: Bool
    /// Whether it waits for a digest or a bucket.
    var asksDigest = false
    /// Whether it was given one of another number than its own.
    var mustReadOn = false
  }

  /// Which way a device is cut off.
  enum Partition: Int { case none, both, requests, answers }

  /// A copy of a device's disk.
  struct DeviceBackup {
    let image: FaultImage
    let extraVersions: Int
    /// What it is called in the log.
    let name: String
    /// What the oracle calls the copy.
    let number: Int
    /// What told its installation from others.
    let marker: String
    /// Under which id it wrote.
    let replicaID: String
  }

  init(name: String, account: Int, disk: FaultDisk, clocks: FakeDevice) {
    self.account = account
    self.clocks = clocks
    super.init(name: name, disk: disk)
  }

  var environment: Environment {
    var environment = clocks.environment
    environment.files = disk
    return environment
  }

  /// The store of the first process, if it runs.
  var store: LibraryStore? { processes.first?.store }

  /// Opens the library in one more process.
  /// - Throws: ``OffprintError``; the disk may have gone down in the middle.
  func open() throws(OffprintError) {
    let number = processes.isEmpty ? disk.process : disk.beginProcess()
    disk.process = number
    let store = try LibraryOpening(
      folder: Self.folder, environment: environment, schema: Self.schema(extraVersions: extraVersions, on: schema)
    ).open(create: true)
    processes.append(Process(number: number, store: store))
  }

  /// Ends the last process in good order.
  func closeLast() {
    guard let process = processes.popLast() else { return }
    if sync?.store === process.store { sync = nil }
    disk.process = process.number
    process.store.close()
    if let first = processes.first { disk.process = first.number }
  }

  /// Forgets what ran here: it was killed. Closing lets go of memory alone, since the disk refuses it all else.
  func forgetProcesses() {
    sync = nil
    for process in processes { process.store.close() }
    processes = []
  }

  /// What a backup holds, read by a program that does not notice where it is.
  func states<T>(in backup: DeviceBackup, read: (LibraryStore) throws -> T) throws -> T {
    let copy = FaultDisk(seed: 1)
    copy.restore(backup.image)
    let clocks = FakeDevice(wall: clocks.wall, seed: 1)
    clocks.setMarker(backup.marker)
    let device = SimulatedDevice(name: name, account: account, disk: copy, clocks: clocks)
    device.extraVersions = backup.extraVersions
    try device.open()
    guard let store = device.store else { throw OffprintError(.failed, "a backup did not open") }
    return try read(store)
  }

  /// The store that an action of the person goes to: of either process.
  func store(choice: Int) -> LibraryStore? {
    guard !processes.isEmpty else { return nil }
    let process = processes[choice % processes.count]
    disk.process = process.number
    return process.store
  }

  /// Makes the process of that store the one that the disk hears.
  func select(_ store: LibraryStore) {
    if let process = processes.first(where: { $0.store === store }) { disk.process = process.number }
  }

  /// The shipped tables, and versions on top that only a simulation knows: what an upgrade in the middle of everything does.
  static func schema(extraVersions: Int, on schema: Schema = LibrarySchema.schema) -> Schema {
    let extra = (0..<extraVersions).map { index in
      Migration(
        "simulated \(index)",
        sql: """
          CREATE TABLE simulated\(index)(number INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
          INSERT INTO simulated\(index) SELECT number, hex(id) FROM record;
          ALTER TABLE record ADD COLUMN simulated\(index) INTEGER NOT NULL DEFAULT \(index);
          UPDATE record SET simulated\(index) = number
          """)
    }
    return schema.appending(extra)
  }
}
