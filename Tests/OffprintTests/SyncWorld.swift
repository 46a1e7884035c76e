import Foundation
import Offprint
import OffprintSQLite
import OffprintTesting
import OffprintWire
import Testing

/// A server and some libraries of one user, with a network between them.
final class SyncWorld {
  let folder: TemporaryFolder
  let server: SimulatedServer
  private(set) var devices: [FakeDevice] = []
  private(set) var libraries: [Library] = []
  private var transports: [FaultyTransport] = []

  init(devices count: Int = 2, seed: UInt64 = 7, retentionDays: Int = 180, users: [String] = ["ana"]) async throws {
    folder = try TemporaryFolder()
    server = try SimulatedServer(
      folder: folder.file("server"), users: users, seed: seed, retentionDays: retentionDays)
    for index in 0..<count {
      let device = FakeDevice(seed: seed &+ UInt64(index) &* 1_000)
      devices.append(device)
      libraries.append(
        try await Library.open(at: folder.file("device-\(index)"), create: true, environment: device.environment))
      transports.append(FaultyTransport(to: server))
    }
  }

  subscript(_ index: Int) -> Library { libraries[index] }

  /// The requests a device has made so far.
  func requests(_ index: Int) -> [String] { transports[index].log }

  func signIn(_ index: Int, as user: String = "ana") async throws {
    try await libraries[index].login(
      to: SimulatedServer.url, user: user, password: SimulatedServer.password, device: "device \(index)",
      over: transports[index])
  }

  func signInAll() async throws { for index in libraries.indices { try await signIn(index) } }

  @discardableResult
  func sync(
    _ index: Int, _ options: SyncOptions = SyncOptions(), over transport: FaultyTransport? = nil
  ) async throws -> SyncReport {
    try await libraries[index].sync(options, over: transport ?? transports[index]).result()
  }

  /// Syncs all until every device has what the others sent.
  func settle() async throws {
    for _ in 0..<2 { for index in libraries.indices { try await sync(index) } }
  }

  /// Closes a library and opens it again, as another start of the app does.
  func reopen(_ index: Int) async throws {
    await libraries[index].close()
    libraries[index] = try await Library.open(
      at: folder.file("device-\(index)"), create: false, environment: devices[index].environment)
  }

  /// Runs a statement in a closed library's database, as no program of ours would, and opens it again.
  func run(_ index: Int, _ sql: String, _ values: [Value] = []) async throws {
    await libraries[index].close()
    let connection = try Connection(
      path: folder.file("device-\(index)") + "/library.sqlite", role: .writer(create: false))
    try connection.run(sql, values)
    connection.close()
    libraries[index] = try await Library.open(
      at: folder.file("device-\(index)"), create: false, environment: devices[index].environment)
  }

  /// Copies a device's folder to a new device, with or without the marker that tells them apart.
  func clone(_ index: Int, isNoticed: Bool, wall: Int64? = nil) async throws {
    let count = libraries.count
    await libraries[index].close()
    try FileManager.default.copyItem(
      atPath: folder.file("device-\(index)"), toPath: folder.file("device-\(count)"))
    libraries[index] = try await Library.open(
      at: folder.file("device-\(index)"), create: false, environment: devices[index].environment)
    let device = FakeDevice(wall: wall ?? 1_800_000_000_000, seed: UInt64(count) &* 77_777)
    if isNoticed { device.setMarker("installation-\(count)") }
    devices.append(device)
    libraries.append(
      try await Library.open(at: folder.file("device-\(count)"), create: false, environment: device.environment))
    transports.append(FaultyTransport(to: server))
  }

  /// The whole library as a canonical dump.
  func dump(_ index: Int) async throws -> String {
    var all: [UInt8] = []
    var after: RecordKey?
    repeat {
      let page = try await libraries[index].exportRecords(after: after, limit: 100)
      all += page.lines
      after = page.last
    } while after != nil
    return String(decoding: all, as: UTF8.self)
  }

  /// Expects every device to hold the same and the server to agree.
  func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let first = try await dump(0)
    for index in libraries.indices {
      #expect(try await dump(index) == first, "device \(index)", sourceLocation: sourceLocation)
      let report = try await libraries[index].verify(over: transports[index])
      #expect(report.damagedRecords.isEmpty && report.indexMatches, sourceLocation: sourceLocation)
      #expect(report.unsent == 0, "device \(index)", sourceLocation: sourceLocation)
      guard case .equal = report.server else {
        Issue.record("device \(index): \(report.server)", sourceLocation: sourceLocation)
        continue
      }
    }
  }

  /// Lets time pass everywhere.
  func advance(milliseconds: Int64) {
    server.advance(milliseconds: milliseconds)
    for device in devices { device.advance(milliseconds: milliseconds) }
  }

  func closeAll() async { for library in libraries { await library.close() } }

  static func document(_ text: String) -> SavedPage.Document {
    SavedPage.Document(body: Array("<p>\(text)</p>".utf8), title: "A title")
  }
}
