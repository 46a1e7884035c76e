import Offprint
import OffprintFiles
import OffprintHTTP
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// One library and several processes: what one acknowledged, no other takes away, and each sees what the others wrote.
@Suite struct SharedLibraryTests {
  private let folder: TemporaryFolder
  private let device = FakeDevice(seed: 3)

  init() throws { folder = try TemporaryFolder() }

  private func open(_ files: HookedFiles, create: Bool = false) throws -> LibraryStore {
    var environment = device.environment
    environment.files = files
    return try LibraryOpening(folder: folder.file("l"), environment: environment).open(create: create)
  }

  private func titles(_ store: LibraryStore) throws -> [String] {
    try store.read { try store.articles(ArticleQuery(filter: .all)).map(\.title) }.sorted()
  }

  private func unsentFiles() throws -> [String] {
    try FileManagerListing.names(in: folder.file("l")).filter { $0.hasPrefix("unsent-") }
  }

  @Test func `what another process saves while a reset gives edits up is in the file, or was not acknowledged`() throws
  {
    let first = try open(HookedFiles(), create: true)
    try first.write { _ = try first.add(SavedPage(url: "https://example.org/first", title: "First")) }
    first.close()
    let wasSaved = Mutex(false)
    var environment = device.environment
    environment.files = HookedFiles()
    let other = LibraryOpening(folder: folder.file("l"), environment: environment)
    let hooked = HookedFiles { path in
      guard path.contains("/unsent-") else { return }
      let saved = Result {
        let store = try other.open(create: false)
        defer { store.close() }
        try store.write { _ = try store.add(SavedPage(url: "https://example.org/late", title: "Late")) }
      }
      wasSaved.withLock { $0 = (try? saved.get()) != nil }
    }
    let store = try open(hooked)
    try store.reset(discardUnsent: true)
    let file = try #require(try unsentFiles().first)
    let bytes = try #require(try SystemFiles().read(folder.file("l") + "/" + file, bytesMax: 1 << 20))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("First"))
    let isHere = try titles(store).contains("Late")
    #expect(!wasSaved.withLock { $0 } || text.contains("Late") || isHere)
    store.close()
  }

  @Test func `edits given up twice in one millisecond are in two files`() throws {
    let store = try open(HookedFiles(), create: true)
    for name in ["one", "two"] {
      try store.write { _ = try store.add(SavedPage(url: "https://example.org/\(name)", title: name)) }
      try store.reset(discardUnsent: true)
    }
    #expect(try unsentFiles().count == 2)
    store.close()
  }

  @Test func `a library that is not ours to write is read as it is while another process writes`() throws {
    let writer = try open(HookedFiles(), create: true)
    try writer.write { _ = try writer.add(SavedPage(url: "https://example.org/1", title: "1")) }
    writer.close()
    let second = try open(HookedFiles())
    let reader = try open(HookedFiles(isOurs: false))
    #expect(try titles(reader) == ["1"])
    for index in 2...40 {
      try second.write { _ = try second.add(SavedPage(url: "https://example.org/\(index)", title: "\(index)")) }
    }
    #expect(try titles(reader).count == 40)
    reader.close()
    second.close()
  }

  @Test(arguments: [true, false])
  func `without files beside it a library is read only where nobody can write it`(isReadOnlyDisk: Bool) throws {
    let writer = try open(HookedFiles(), create: true)
    try writer.write { _ = try writer.add(SavedPage(url: "https://example.org/1", title: "1")) }
    writer.close()
    let reader = try open(HookedFiles(isOurs: false, isReadOnly: isReadOnlyDisk))
    #expect(try titles(reader) == ["1"])
    reader.close()
  }

  @Test func `what stopped a sync is told, also where it cannot be noted`() async throws {
    let world = try await SyncWorld(devices: 1)
    try await world.signInAll()
    await world[0].close()
    var environment = world.devices[0].environment
    environment.files = HookedFiles()
    let library = try await Library.open(at: world.folder.file("device-0"), create: false, environment: environment)
    let lock = try SystemFiles().lock(world.folder.file("device-0") + "/lock")
    let error = await #expect(throws: OffprintError.self) {
      try await library.sync(over: LockingTransport(lock: lock)).result()
    }
    #expect(error?.code == .unreachable)
    lock.unlock()
    await library.close()
  }

  /// A network that is gone by the time another process holds the library.
  private struct LockingTransport: Transport {
    let lock: any FileLock

    func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
      _ = lock.tryLock()
      throw .unreachable(reason: "gone")
    }
  }
}
