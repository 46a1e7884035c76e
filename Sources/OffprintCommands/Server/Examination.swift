import OffprintFetch
import OffprintServer

/// What `offprintd doctor` looks at, and what it finds.
struct Examination {
  /// How bad a finding is.
  enum Level: String, Sendable {
    /// As it should be.
    case ok
    /// Worth knowing.
    case note
    /// Not as it should be.
    case wrong
  }

  /// One finding.
  struct Finding: Sendable {
    let level: Level
    let subject: String
    let text: String
  }

  private let settings: Settings
  private let now: Int64
  /// When this program was written, roughly: no clock is right that is before it.
  private static let earliestTime: Int64 = 1_767_225_600_000
  /// A clock this far behind what the data say was set back.
  private static let clockSlackMilliseconds: Int64 = 600_000

  init(settings: Settings, now: Int64) {
    self.settings = settings
    self.now = now
  }

  /// All findings, in a fixed order.
  var findings: [Finding] { libraries + changedSettings + files }

  private var libraries: [Finding] {
    let bug =
      ServerLibraries.sqliteHasWALResetBug
      ? Finding(
        level: .note, subject: "sqlite",
        text:
          "\(ServerLibraries.sqlite) has the WAL-reset bug (fixed in 3.51.3); one writer that alone checkpoints keeps it"
          + " away: open the database with no other program that writes")
      : Finding(level: .ok, subject: "sqlite", text: "\(ServerLibraries.sqlite)")
    return [
      Finding(level: .ok, subject: "offprintd", text: ServerCore.version), bug,
      Finding(level: .ok, subject: "zlib", text: ServerLibraries.zlib),
      Finding(level: .ok, subject: "libcurl", text: Fetcher.libraryVersion),
    ]
  }

  private var changedSettings: [Finding] {
    var findings = settings.warnings.map { Finding(level: .note, subject: "configuration", text: $0) }
    for setting in DaemonSettings.all {
      guard let value = settings[setting], value.origin != .standard, value.value != setting.standard else { continue }
      let standard = setting.standard.map { "; the default is \($0.toml)" } ?? ""
      findings.append(
        Finding(
          level: .note, subject: "setting",
          text: "\(setting.key) = \(value.value.toml), by \(value.origin.text)\(standard)"))
    }
    let listens = try? ListenAddress(settings.text(DaemonSettings.listen))
    if listens?.isLocal != true {
      findings.append(
        Finding(
          level: settings.isOn(DaemonSettings.behindProxy) ? .note : .wrong, subject: "listen",
          text: "\(settings.text(DaemonSettings.listen)) can be reached from elsewhere: only a proxy with TLS may"))
    }
    return findings
  }

  // MARK: Files

  private var files: [Finding] {
    let clock = Finding(level: .ok, subject: "clock", text: DaemonLog.time(now))
    let wrongClock = Finding(level: .wrong, subject: "clock", text: "\(DaemonLog.time(now)) cannot be right")
    let plausible = now >= Self.earliestTime && now < 4_102_444_800_000
    guard let folder = try? settings.dataFolder() else {
      return [Finding(level: .wrong, subject: "data", text: "there is no data folder"), plausible ? clock : wrongClock]
    }
    guard InputFile.exists(folder) else {
      return [
        Finding(level: .note, subject: "data", text: "\(folder) is not there yet; the first start makes it"),
        plausible ? clock : wrongClock,
      ]
    }
    return permissions(folder) + disk(folder) + store(folder) + [plausible ? clock : wrongClock]
  }

  private func permissions(_ folder: String) -> [Finding] {
    var findings: [Finding] = []
    let wanted = [(folder, 0o700)] + ["offprintd.sqlite", "heads.json"].map { ("\(folder)/\($0)", 0o600) }
    for (path, most) in wanted {
      guard let mode = DiskSpace.mode(of: path), mode & ~most != 0 else { continue }
      findings.append(
        Finding(
          level: .wrong, subject: "permissions",
          text:
            "\(path) has mode 0\(String(mode, radix: 8)) and is to have 0\(String(most, radix: 8)): others can read it")
      )
    }
    return findings.isEmpty
      ? [Finding(level: .ok, subject: "permissions", text: "\(folder) is its owner's alone")] : findings
  }

  private func disk(_ folder: String) -> [Finding] {
    guard let free = DiskSpace.free(at: folder) else { return [] }
    let least = Int64(settings.integer(DaemonSettings.freeDiskMebibytesMin)) << 20
    return [
      Finding(
        level: free < least ? .wrong : .ok, subject: "disk",
        text: "\(Wording.bytes(free)) free" + (free < least ? ", less than free_disk_mebibytes_min" : ""))
    ]
  }

  private func store(_ folder: String) -> [Finding] {
    do {
      let files = try StoreFiles(folder: folder)
      guard InputFile.exists(files.database) else {
        return [Finding(level: .note, subject: "data", text: "there is no database yet; the first start makes it")]
      }
      var findings = try files.settingsUnlikeWanted().map { Finding(level: .wrong, subject: "hardening", text: $0) }
      if findings.isEmpty {
        findings = [Finding(level: .ok, subject: "hardening", text: "every switch of SQLite is as it should be")]
      }
      if let latest = try files.latestTime(), latest - now > Self.clockSlackMilliseconds {
        findings.append(
          Finding(
            level: .wrong, subject: "clock",
            text: "\(DaemonLog.time(now)) is before what the data hold (\(DaemonLog.time(latest))): it was set back"))
      }
      return findings
    } catch {
      let text = (error as? StoreError).map { DaemonSession.failure($0).message } ?? "\(error)"
      return [Finding(level: .wrong, subject: "data", text: text)]
    }
  }
}
