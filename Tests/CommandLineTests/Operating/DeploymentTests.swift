import Foundation
import OffprintCommands
import OffprintProcesses
import OffprintTesting
import Testing

/// The units, manual pages and file modes that a server is run with.
@Suite(.serialized) struct DeploymentTests {
  @Test func `systemd has nothing to say about the units, and finds the server's exposed at most 3.0`() throws {
    guard let program = Tool.path(installed: "systemd-analyze") else { return }
    let folder = try TemporaryFolder()
    let names = ["offprintd.service", "offprintd-backup.service", "offprintd-backup.timer"]
    for name in names {
      let unit = try Tool.deployment(name).replacingOccurrences(
        of: "/usr/bin/offprintd", with: RealProgram.path("offprintd"))
      try Data(unit.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }
    let verified = try RealProcess.run(program, ["verify", "--man=no"] + names.map { folder.file($0) })
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
    for name in names.dropLast() {
      let judged = try RealProcess.run(
        program, ["security", "--offline=true", "--threshold=30", folder.file(name)])
      #expect(judged.status == 0, "\(judged.output.suffix(200))")
    }
  }

  @Test(arguments: ManPage.names)
  func `manual pages are well-formed to mandoc`(name: String) throws {
    let page = try RealProcess.run(RealProgram.path("offprintd"), ["man", name])
    #expect(page.status == 0 && page.output.utf8.count > 1_000)
    guard let program = Tool.path(installed: "mandoc") else { return }
    let judged = try RealProcess.run(program, ["-Tlint"], input: page.output)
    // Our other pages are not installed where this runs.
    let faults = judged.output.split(separator: "\n").filter {
      !$0.contains("referenced manual not found: Xr offprint")
    }
    #expect(faults.isEmpty, "\(faults)")
  }

  /// E23
  @Test func `whatever the umask, what the server and its commands make is the owner's alone`() throws {
    let folder = try TemporaryFolder()
    let script = """
      umask 0
      '\(RealProgram.path("offprintd"))' user add ana --password-stdin --data server < password >/dev/null
      '\(RealProgram.path("offprintd"))' serve --data server --listen 127.0.0.1:0 > out 2>/dev/null &
      while ! grep -q listening out; do sleep 0.05; done
      '\(RealProgram.path("offprintd"))' backup copy.sqlite --data server >/dev/null
      '\(RealProgram.path("offprintd"))' restore copy.sqlite --data other >/dev/null 2>&1
      find server other copy.sqlite -printf '%m %y %P\\n' | sort
      kill $!
      wait
      """
    try Data(RealWorld.password.utf8).write(to: URL(fileURLWithPath: folder.file("password")))
    let ended = try RealProcess.run("/bin/sh", ["-c", script], directory: folder.path)
    let lines = ended.output.split(separator: "\n")
    #expect(lines.count > 10, "\(ended)")
    for line in lines { #expect(line.hasPrefix("700 d") || line.hasPrefix("600 f"), "\(line)") }
  }

  @Test func `called as root, the program acts as the owner of the data`() throws {
    guard getuid() == 0 else { return }
    let folder = try TemporaryFolder()
    #expect(chmod(folder.path, 0o755) == 0)
    let data = folder.file("data")
    #expect(mkdir(data, 0o700) == 0 && chown(data, 12_345, 12_345) == 0)
    let added = try RealProcess.run(
      RealProgram.path("offprintd"), ["user", "add", "ana", "--password-stdin", "--data", data],
      input: RealWorld.password)
    #expect(added.status == 0, "\(added)")
    let found = try RealProcess.run("/usr/bin/find", [data, "!", "-uid", "12345"])
    #expect(found.status == 0 && found.output.isEmpty, "\(found)")
  }

  @Test func `a Unix socket is for owner and group, takes over an abandoned name, and goes with the server`() throws {
    let world = try RealWorld(starts: false)
    let path = world.folder.file("o.sock")
    func serve() throws -> RealProcess {
      let process = try RealProcess(
        RealProgram.path("offprintd"), ["serve", "--data", world.serverFolder, "--listen", "unix:\(path)"])
      while process.isRunning, !process.output.contains("listening on unix:") { usleep(10_000) }
      return process
    }
    let first = try serve()
    var info = stat()
    #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o660 && info.st_mode & S_IFMT == S_IFSOCK)
    let answer = try Tool.curl("--unix-socket", path, "http://x/readyz")
    #expect(answer.output.contains("ready"), "\(answer)")
    first.send(SIGKILL)
    _ = first.wait()
    #expect(stat(path, &info) == 0, "a killed server leaves it")
    let second = try serve()
    #expect(try Tool.curl("--unix-socket", path, "http://x/healthz").output.contains("ok"), "\(second.errors)")
    let third = try RealProcess.run(
      RealProgram.path("offprintd"), ["serve", "--data", world.folder.file("other"), "--listen", "unix:\(path)"])
    #expect(third.status == 1 && third.errors.contains("another program listens"), "\(third)")
    second.send(SIGTERM)
    #expect(second.wait().status == 0)
    #expect(stat(path, &info) != 0, "an ended one does not")
  }

  /// E1
  @Test func `what others could reach is refused without a proxy, and figures are never theirs`() throws {
    let folder = try TemporaryFolder()
    for options in [
      ["--listen", "0.0.0.0:0"], ["--listen", "[::]:0"], ["--listen", "192.0.2.1:0"], ["--listen", "nonsense"],
      ["--listen", "unix:relative"], ["--admin-listen", "0.0.0.0:0", "--behind-proxy"],
    ] {
      let ended = try RealProcess.run(
        RealProgram.path("offprintd"), ["serve", "--data", folder.file("data")] + options)
      #expect(ended.status == 64, "\(options): \(ended)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("data")), "nothing was made")
  }

  @Test func `systemd hears that the server is ready, lives, and stops`() throws {
    let world = try RealWorld(starts: false)
    let heard = try NotifySocket(world.folder.file("notify"))
    try world.start(variables: [
      "NOTIFY_SOCKET": heard.path, "WATCHDOG_USEC": "100000",
    ])
    #expect(heard.wait(for: "READY=1"))
    #expect(heard.wait(for: "WATCHDOG=1"))
    #expect(world.stop(SIGTERM)?.status == 0)
    #expect(heard.wait(for: "STOPPING=1"))
  }

  /// Nothing in the running server is writable and executable: MemoryDenyWriteExecute of the unit denies it nothing.
  @Test func `no memory of the server is both writable and executable`() throws {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    let maps = try String(contentsOfFile: "/proc/\(world.server?.processID ?? 0)/maps", encoding: .utf8)
    #expect(maps.contains(" r-xp ") && !maps.contains(" rwxp "))
  }

  @Test func `a first try with --dev signs two devices in, and leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    let began = ContinuousClock.now
    let server = try RealProcess(
      RealProgram.path("offprintd"), ["serve", "--dev"], variables: ["TMPDIR": folder.path])
    while server.isRunning, !server.output.contains("--device laptop") { usleep(10_000) }
    #expect(server.output.contains("(deleted at the end)"), "\(server.errors)")
    // The lines are for people to copy: they work as they stand.
    let lines = server.output.split(separator: "\n").filter { $0.hasPrefix("offprint --library ") }
    #expect(lines.count == 2)
    let program = RealProgram.path("offprint")
    for line in lines {
      let script = "'\(program)'" + line.dropFirst("offprint".count)
      let ended = try RealProcess.run("/bin/sh", ["-c", script], directory: folder.path)
      #expect(ended.status == 0, "\(ended)")
    }
    for (device, words) in [("phone", ["add", "https://example.org/1"]), ("phone", ["sync"]), ("laptop", ["sync"])] {
      #expect(try RealProcess.run(program, ["--library", folder.file(device)] + words).status == 0)
    }
    let password = try #require(server.output.firstMatch(of: /password (\S+),/)).1
    let url = try #require(server.output.firstMatch(of: /http:\/\/\S+:\d+/)).0
    let third = [
      "--library", folder.file("x"), "login", String(url), "--user", "dev", "--password-stdin", "--device", "x",
    ]
    #expect(try RealProcess.run(program, third, input: "\(password)\n").status == 0)
    let list = try RealProcess.run(program, ["--library", folder.file("laptop"), "list", "--json"])
    #expect(list.output.contains("example.org/1"))
    CrashRun.report("serve --dev: two devices signed in and level after \(began.duration(to: .now))")
    server.send(SIGTERM)
    #expect(server.wait().status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("offprint-dev") } == [])
  }
}

/// The socket that systemd would listen on.
private final class NotifySocket {
  let path: String
  private let socket: Int32
  private var heard = ""

  init(_ path: String) throws {
    self.path = path
    socket = Foundation.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let done = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard done == 0 else { throw POSIXError(.EIO) }
    var wait = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  /// Reads datagrams until one holds that line. False after some seconds without one.
  func wait(for line: String) -> Bool {
    while !heard.split(separator: "\n").contains(Substring(line)) {
      var bytes = [UInt8](repeating: 0, count: 1_024)
      let count = recv(socket, &bytes, bytes.count, 0)
      guard count > 0 else { return false }
      heard += String(decoding: bytes[..<count], as: UTF8.self) + "\n"
    }
    return true
  }
}
