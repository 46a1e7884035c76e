import Offprint
import OffprintFaultDisk
import OffprintServer
import OffprintWire

/// Every sweep by its name.
///
/// Not Sendable: the scripts that are made once and shared belong to the thread that runs the sweeps.
package final class Sweeps {
  private let seed: UInt64
  private var serverScript: Script<SweptServer>?
  private var libraryScript: Script<SweptLibrary>?

  /// Sweeps whose crashes and failures follow from a seed.
  package init(seed: UInt64) { self.seed = seed }

  /// One sweep.
  package struct Name: Sendable, Hashable, CustomStringConvertible {
    /// Such as `server power`.
    package let text: String
    let kind: Kind
    /// Places tried of a whole sweep, where all are too many.
    package var mostOfAll: Int?

    /// The name.
    package var description: String { text }
    /// Whether allocations fail in it: for a process of its own.
    package var isAboutMemory: Bool { kind == .memory }
    /// Whether it is a control, which must lose something.
    package var isControl: Bool { kind == .normal }
    /// Whether it counts bits and not calls.
    package var isAboutBits: Bool { kind == .flips }
  }

  enum Kind: Hashable {
    case crash(String), fullDisk, fault(Fault), memory, migrations, normal, lying, flips, repair(Crash)
  }

  /// All of them: of either side, and of a library alone.
  package static let all: [Name] =
    sides.flatMap { side -> [Name] in
      let crashes = ["power", "kill", "killThenPower"].map { Name(text: "\(side) \($0)", kind: .crash($0)) }
      let faults = Fault.allCases.map { Name(text: "\(side) one \($0)", kind: .fault($0)) }
      return crashes + [Name(text: "\(side) full disk", kind: .fullDisk)] + faults + [
        Name(text: "\(side) one allocation", kind: .memory, mostOfAll: 1_000),
        Name(text: "\(side) migrations", kind: .migrations),
        Name(text: "\(side) without full syncs", kind: .normal, mostOfAll: 200),
        Name(text: "\(side) lying disk", kind: .lying, mostOfAll: 500),
      ]
    } + [
      Name(text: "client flipped bits", kind: .flips, mostOfAll: 1_000),
      Name(text: "client repair power", kind: .repair(.power)), Name(text: "client repair kill", kind: .repair(.kill)),
    ]

  private static let sides = ["server", "client"]

  /// Runs a sweep at all its places, or at `most` of them.
  /// - Throws: ``SweepFinding`` if a script does not even run without faults.
  package func run(_ name: Name, atMost most: Int? = nil) throws -> SweepReport {
    let most = most ?? name.mostOfAll
    if case .flips = name.kind {
      return try FlipSweep(script: library(), seed: seed).run(name.text, bits: most ?? 1_000)
    }
    if case .repair(let crash) = name.kind {
      return try RepairSweep(script: library(), crash: crash, seed: seed).run(name.text, atMost: most)
    }
    if case .lying = name.kind {
      let side: LyingSweep.Side = name.text.hasPrefix("server") ? .server : .client
      return try LyingSweep(script: library(), side: side, seed: seed).run(name.text, atMost: most)
    }
    if case .migrations = name.kind {
      return name.text.hasPrefix("server")
        ? try serverMigrations().run(name.text, atMost: most) : try libraryMigrations().run(name.text, atMost: most)
    }
    if case .normal = name.kind {
      return name.text.hasPrefix("server")
        ? try control(name, most) { SweptServer(schema: ServerSchema.schema.withoutFullSyncs) }
        : try control(name, most) { try SweptLibrary(schema: LibrarySchema.schema.withoutFullSyncs) }
    }
    return name.text.hasPrefix("server") ? try run(name, server(), most) : try run(name, library(), most)
  }

  private func run<Subject: Swept>(_ name: Name, _ script: Script<Subject>, _ most: Int?) throws -> SweepReport {
    switch name.kind {
    case .crash(let mode):
      CrashSweep(script: script, mode: .init(rawValue: mode) ?? .power, seed: seed).run(name.text, atMost: most)
    case .fullDisk: FullDiskSweep(script: script, seed: seed).run(name.text, atMost: most)
    case .fault(let fault): FaultSweep(script: script, kind: .disk(fault), seed: seed).run(name.text, atMost: most)
    case .memory: FaultSweep(script: script, kind: .memory, seed: seed).run(name.text, atMost: most)
    case .migrations, .normal, .lying, .flips, .repair: throw SweepFinding(.failed, "\(name) has no script of its own")
    }
  }

  private func control<Subject: Swept>(
    _ name: Name, _ most: Int?, _ make: @escaping () throws -> Subject
  ) throws -> SweepReport {
    var sweep = CrashSweep(script: try Script(make), mode: .power, seed: seed)
    sweep.isControl = true
    return sweep.run(name.text, atMost: most)
  }

  private func server() throws -> Script<SweptServer> {
    if let serverScript { return serverScript }
    let script = try Script { SweptServer() }
    serverScript = script
    return script
  }

  private func library() throws -> Script<SweptLibrary> {
    if let libraryScript { return libraryScript }
    let script = try Script { try SweptLibrary() }
    libraryScript = script
    return script
  }

  private func serverMigrations() throws -> MigrationSweep<SweptServer> {
    let script = try server()
    return MigrationSweep(
      make: { SweptServer(disk: $0, schema: ServerSchema.simulated(extraVersions: $1)) },
      prepared: try script.finished().disk.image(),
      state: script.states[script.steps.count], database: "/data/offprintd.sqlite", number: "row",
      shipped: Int(ServerSchema.schema.version), isNewer: { $0 as? StoreError == .newerVersion }, seed: seed)
  }

  private func libraryMigrations() throws -> MigrationSweep<SweptLibrary> {
    let script = try library()
    return MigrationSweep(
      make: { try SweptLibrary(disk: $0, schema: SimulatedDevice.schema(extraVersions: $1)) },
      prepared: try script.finished().disk.image(), state: script.states[script.steps.count],
      database: "/library/library.sqlite",
      number: "number", shipped: Int(SimulatedDevice.schema(extraVersions: 0).version),
      isNewer: { ($0 as? OffprintError)?.code == .newerLibrary }, seed: seed)
  }
}
