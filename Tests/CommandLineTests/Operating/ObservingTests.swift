import Foundation
import OffprintCommands
import OffprintProcesses
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// What an operator sees of a running server.
@Suite(.serialized) struct ObservingTests {
  @Test func `the figures are well-formed to promtool, and count what happened`() throws {
    let world = try RealWorld(variables: ["OFFPRINTD_ADMIN_LISTEN": "127.0.0.1:0"])
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "add", "https://example.org/1").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(
      try world.client(
        "phone", "login", world.url, "--user", "ana", "--password-stdin", "--device", "x", input: "wrong password\n"
      ).status == 12)
    let url = try #require(world.metricsURL)
    let figures = try Tool.curl(url).output
    for line in [
      "offprintd_sync_push_records_total{result=\"stored\"} 1", "offprintd_login_failures_total 1",
      "offprintd_changelog_head 1", "offprintd_devices 1", "offprintd_records 1",
      "offprintd_http_requests_total{code=\"401\",route=\"sign-in\"} 1", "offprintd_build_info{version=",
    ] {
      #expect(figures.contains("\n" + line) || figures.hasPrefix(line), "\(line) in\n\(figures)")
    }
    #expect(!figures.contains("ana") && !figures.contains("phone") && !figures.contains("example.org"))
    #expect(try Tool.curl("-o", "/dev/null", "-w", "%{http_code}", world.url + "/metrics").output == "404")
    let admin = String(url.dropLast("/metrics".count))
    for (path, status) in [("/v1/info", "404"), ("/healthz", "200"), ("/readyz", "200")] {
      #expect(try Tool.curl("-o", "/dev/null", "-w", "%{http_code}", admin + path).output == status, "\(path)")
    }
    guard let promtool = Tool.path("prometheus", "usr/bin/promtool") else { return }
    let judged = try RealProcess.run(promtool, ["check", "metrics"], input: figures)
    #expect(judged.status == 0 && judged.output.isEmpty && judged.errors.isEmpty, "\(judged)")
  }

  @Test func `a server with too little disk is alive and not ready, and says so to health`() throws {
    let world = try RealWorld(variables: ["OFFPRINTD_FREE_DISK_MEBIBYTES_MIN": "1000000000"])
    #expect(try Tool.curl("-w", "%{http_code}", world.url + "/healthz").output.hasSuffix("200"))
    let ready = try Tool.curl("-w", "%{http_code}", world.url + "/readyz").output
    #expect(ready.hasSuffix("503") && ready.contains("free disk"), "\(ready)")
    let listen = String(world.url.dropFirst("http://".count))
    #expect(try RealProcess.run(RealProgram.path("offprintd"), ["health", "--listen", listen]).status == 1)
    #expect(world.stop(SIGTERM)?.status == 0)
    try world.start()
    #expect(try RealProcess.run(RealProgram.path("offprintd"), ["health", "--listen", listen]).status == 0)
    #expect(world.stop(SIGTERM)?.status == 0)
    #expect(try RealProcess.run(RealProgram.path("offprintd"), ["health", "--listen", listen]).status == 1)
  }

  @Test(arguments: ["json", "logfmt"])
  func `log lines are one a request, with its id and without what people read`(form: String) throws {
    let world = try RealWorld(variables: ["OFFPRINTD_LOG_FORMAT": form])
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "add", "https://private.example/x", "--title", "private title").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let answer = try Tool.curl("-D", "-", "-o", "/dev/null", "-X", "\u{1B}[31mGET", world.url + "/v1/info?since=\u{7}")
      .output
    let found = try Tool.curl("-D", "-", "-o", "/dev/null", world.url + "/v1/info").output
    let id = try #require(
      found.lowercased().components(separatedBy: "offprint-request: ").dropFirst().first?.prefix(16))
    let log = try #require(world.stop(SIGTERM)).errors
    #expect(log.contains(id), "the client's id is the log's")
    for word in ["private", "since=", "phone", "ana"] { #expect(!log.contains(word), "\(word)") }
    #expect(log.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    for line in log.split(separator: "\n") {
      if form == "json" {
        #expect(try JSONValue(parsing: Array(line.utf8))["event"]?.string == "request", "\(line) \(answer)")
      } else {
        #expect(line.hasPrefix("time=") && line.contains(" event=request "), "\(line)")
      }
    }
    #expect(log.split(separator: "\n").count >= 4)
  }

  @Test func `requests are logged only if they are to be`() throws {
    let world = try RealWorld(variables: ["OFFPRINTD_LOG_REQUESTS": "no"])
    #expect(try world.signIn("phone").status == 0)
    #expect(try #require(world.stop(SIGTERM)).errors.isEmpty)
  }

  @Test func `stats count what is there`() throws {
    let world = try RealWorld(users: ["ana", "ben"])
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "add", try world.page("a", seed: 1)).status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let ended = try world.daemon("stats", "--json")
    let stats = try JSONValue(parsing: Array(ended.output.utf8.dropLast()))
    #expect(stats["contents"]?.integer == 1, "\(ended)")
    guard case .array(let accounts)? = stats["accounts"] else { return #expect(Bool(false), "\(ended)") }
    #expect(accounts.count == 2 && accounts[0]["live"]?.integer == 1 && accounts[1]["live"]?.integer == 0)
    #expect(try world.daemon("stats").output.contains("phone  last seen"))
  }

  @Test func `doctor says what was changed and what should not be so, and changes nothing`() throws {
    let world = try RealWorld()
    let well = try world.daemon("doctor", "--retention-days", "365")
    #expect(well.status == 0, "\(well)")
    for part in [
      "sqlite: 3.", "zlib: 1.", "libcurl: ", "retention_days = 365, by option --retention-days; the default is 180",
      "every switch of SQLite is as it should be", "its owner's alone",
    ] { #expect(well.output.contains(part), "\(part) in \(well.output)") }
    #expect(well.output.contains("has the WAL-reset bug") == ServerLibraries.sqliteHasWALResetBug, "\(well.output)")
    #expect(chmod(world.serverDatabase, 0o644) == 0)
    let ill = try world.daemon("doctor", "--free-disk-mebibytes-min", "1000000000")
    #expect(ill.status == 1 && ill.output.contains("wrong  permissions: "), "\(ill)")
    #expect(ill.output.contains("wrong  disk: "))
    try DamagedFiles.run(world.serverDatabase, "UPDATE account SET created = 9000000000000")
    let behind = try world.daemon("doctor")
    #expect(behind.output.contains("it was set back"), "\(behind)")
  }

  /// E26
  @Test func `doctor names every setting that is not what it is by default, and no other`() throws {
    let world = try RealWorld(starts: false)
    var variables: [String: String] = [:]
    for setting in DaemonSettings.all where setting.key != "data" {
      switch setting.standard {
      case .integer(let number)?: variables[setting.variable] = "\(number == 0 ? 1 : number - 1)"
      case .flag(let isOn)?: variables[setting.variable] = isOn ? "no" : "yes"
      case .texts?: variables[setting.variable] = "10.0.0.0/8"
      default: break
      }
    }
    variables["OFFPRINTD_FETCH_ALLOW"] = "10.0.0.7:80"
    variables["OFFPRINTD_LISTEN"] = "127.0.0.1:9"
    variables["OFFPRINTD_ADMIN_LISTEN"] = "127.0.0.1:10"
    variables["OFFPRINTD_LOG_FORMAT"] = "json"
    let changed = try world.daemon("doctor", variables: variables)
    for setting in DaemonSettings.all where setting.key != "data" {
      #expect(changed.output.contains("\(setting.key) = "), "\(setting.key) in \(changed.output)")
    }
    let plain = try world.daemon("doctor").output
    for setting in DaemonSettings.all where setting.key != "data" {
      #expect(!plain.contains("\(setting.key) = "), "\(setting.key) in \(plain)")
    }
  }
}
