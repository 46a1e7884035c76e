import OffprintFaultDisk
import OffprintGzip
import OffprintHTTP
import OffprintSQLite
import OffprintSeed
import OffprintServer
import OffprintWire

/// The shipped server core and store over a disk of its own: opened, ended and asked step by step.
final class SweepServer {
  let disk: FaultDisk
  private let environment = DaemonEnvironment(now: SweepServer.began, seed: 1)
  private let schema: Schema
  private(set) var core: ServerCore?
  private(set) var store: StoreSQLite?

  /// When every script begins.
  static let began: Int64 = 1_800_000_000_000
  static let password = "correct horse"
  private static let folder = "/data"

  init(disk: FaultDisk, schema: Schema = ServerSchema.schema) {
    self.disk = disk
    self.schema = schema
  }

  /// Sets clock and randomness as they are at a step.
  func setMoment(_ now: Int64, seed: UInt64) {
    environment.now = now
    environment.generator = SeededGenerator(seed: seed)
  }

  var now: Int64 { environment.now }
  var isRunning: Bool { core != nil }

  func start() throws {
    let environment = environment
    environment.generator = SeededGenerator(seed: 99)
    let store = try StoreSQLite(
      folder: Self.folder, use: .serving, random: { environment.randomBytes($0) }, files: disk, schema: schema)
    var configuration = ServerConfiguration()
    configuration.passwordHash = .cheapestForTests
    configuration.failedSignInsPerMinuteMax = 1_000
    configuration.pushesPerMinuteMax = nil
    configuration.quota = .unlimited
    configuration.pageRecordsDefault = 25
    configuration.runRecords = 4
    do {
      core = try ServerCore(
        store: store, configuration: configuration,
        environment: ServerEnvironment(
          now: { environment.now }, randomBytes: { environment.randomBytes($0) },
          sleep: { _ in throw CancellationError() }))
      self.store = store
    } catch {
      store.close()
      throw error
    }
  }

  func stop() {
    core = nil
    store?.close()
    store = nil
  }

  func running() throws -> (core: ServerCore, store: StoreSQLite) {
    guard let core, let store else { throw StoreError.failed("the server does not run") }
    return (core, store)
  }

  /// Makes an account if there is none of that name.
  func makeAccount(_ name: String) throws {
    do { _ = try running().core.accounts.create(name: name, password: Self.password) } catch let error
      as Accounts.CreationError
    {
      guard error == .exists else { throw error }
    }
  }

  /// Answers a request with its body decoded, as a client's transport does it.
  func answer(_ request: HTTPRequest) throws -> HTTPResponse {
    var response = try running().core.handleNow(request)
    if response.headers["Content-Encoding"] == "gzip" {
      response.body = try Gzip.inflate(response.body, outputBytesMax: 64 << 20)
    }
    return response
  }

  /// Everything that the store holds of all accounts, from outside.
  func state(contents: [[UInt8]] = []) throws -> SweptState {
    let store = try running().store
    return try disk.withoutFaults {
      try store.read { reader in
        var state = SweptState()
        for account in try reader.accounts() {
          guard let log = try reader.log(of: account.id) else { continue }
          let position = log.position
          state.rest["\(account.name) log"] =
            "\(position.log) head \(position.head) floor \(position.floor) forks \(position.ancestry.count)"
            + " digest \(log.digest.count) \(log.digest.sumText) greatest \(log.greatestAccepted)"
          try reader.forEachRecord(of: account.id, after: 0, deadAfter: 0) { stored in
            var registers = ["-number": "\(stored.number)"]
            for entry in stored.record.registers.entries {
              registers[entry.name.text] = "\(entry.register.value.text) \(entry.register.stamp)"
            }
            state.records["\(stored.record.key) of \(account.name)"] = registers
            return true
          }
          for hash in contents {
            guard let size = try reader.contentSize(hash, of: account.id) else { continue }
            state.rest["\(account.name) content \(hash.prefix(4))"] = "\(size)"
          }
        }
        return state
      }
    }
  }

  /// What is not whole: the structure, the hash of a row, the digest and its buckets beside the rows.
  func faults() throws -> [String] {
    let store = try running().store
    return try disk.withoutFaults {
      var faults = try store.integrityErrors()
      try store.read { reader in
        for account in try reader.accounts() {
          guard let log = try reader.log(of: account.id) else {
            faults.append("\(account.name) has no log")
            continue
          }
          var digest = Digest()
          var buckets = [Digest](repeating: Digest(), count: Digest.bucketCount)
          var last: Int64 = 0
          try reader.forEachRecord(of: account.id, after: 0, deadAfter: 0) { stored in
            let key = stored.record.key
            if stored.record.stateHash != stored.hash { faults.append("\(key) has another hash than its row") }
            if stored.number > log.position.head { faults.append("\(key) is numbered beyond the head") }
            last = max(last, stored.number)
            guard stored.record.isLive else { return true }
            digest.add(stored.hash)
            buckets[Int(key.bucket)].add(stored.hash)
            return true
          }
          if digest != log.digest { faults.append("the digest of \(account.name) is not that of its rows") }
          if try buckets != reader.buckets(of: account.id) {
            faults.append("a bucket of \(account.name) is not its rows'")
          }
        }
      }
      return faults
    }
  }
}
