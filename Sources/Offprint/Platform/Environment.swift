import OffprintCrypto
import OffprintFiles

/// What the client core needs from the machine it runs on: clocks, randomness, the installation marker.
///
/// Everything the core does follows from its library's files, these values and the server's answers, so a simulator that
/// injects them replays a run exactly.
public struct Environment: Sendable {
  /// The wall clock in milliseconds since 1970; may be wrong and may jump.
  public var wallMilliseconds: @Sendable () -> Int64
  /// A clock in milliseconds that never goes back within one boot and runs while the machine sleeps.
  public var bootMilliseconds: @Sendable () -> Int64
  /// Names the current boot; another value after a restart of the machine.
  public var bootID: @Sendable () -> String
  /// So many random bytes.
  public var randomBytes: @Sendable (_ count: Int) -> [UInt8]
  /// A value that belongs to this installation and does not travel with backups and clones of the library; nil if it
  /// cannot be read, which counts as unchanged (Protocol, STAMP-8).
  public var installationMarker: @Sendable (_ folder: String) -> String?
  /// The disk that libraries are on.
  package var files: any FileSystem = SystemFiles()

  /// An environment of these parts.
  public init(
    wallMilliseconds: @escaping @Sendable () -> Int64, bootMilliseconds: @escaping @Sendable () -> Int64,
    bootID: @escaping @Sendable () -> String, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    installationMarker: @escaping @Sendable (String) -> String?
  ) {
    self.wallMilliseconds = wallMilliseconds
    self.bootMilliseconds = bootMilliseconds
    self.bootID = bootID
    self.randomBytes = randomBytes
    self.installationMarker = installationMarker
  }

  /// The machine this program runs on.
  public static let live = Environment(
    wallMilliseconds: MachineClocks.wallMilliseconds, bootMilliseconds: MachineClocks.bootMilliseconds,
    bootID: MachineClocks.bootID, randomBytes: { SecureRandom.bytes($0) }, installationMarker: InstallationMarker.read)

  func random64() -> UInt64 { randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
