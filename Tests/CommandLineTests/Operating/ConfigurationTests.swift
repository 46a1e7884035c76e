import Foundation
import OffprintCommands
import OffprintProcesses
import OffprintTesting
import Testing

/// Settings from a file, variables and options.
@Suite struct ConfigurationTests {
  /// Texts that are no configuration, with the line and a part of the reason.
  static let faults: [(text: String, line: Int, reason: String)] = [
    ("listen", 1, "'=' is missing"), ("\nlisten = ", 2, "the value is missing"), ("a = b", 1, "texts stand in quotes"),
    ("a = \"x\ny\"", 1, "no closing quote"), ("a = 'x", 1, "no closing quote"), ("a = 1 2", 1, "something behind"),
    ("a = 1\na = 2", 2, "was set before, in line 1"), ("[t]\n[t]", 2, "is there twice"),
    ("[t\na = 1", 1, "']' is missing"), ("[[t]]", 1, "arrays of tables"), ("a = {b = 1}", 1, "inline tables"),
    ("a = [\"x\"\n\"y\"]", 2, "',' is missing"), ("a = [1]", 1, "texts in quotes"), ("a = [", 1, "']' is missing"),
    ("a = 1.5", 1, "is no value"), ("a = 007", 1, "is no value"), ("a = 99999999999999999999", 1, "too large"),
    ("a = \"\\q\"", 1, "is no escape"), ("a = \"\\uD800\"", 1, "hexadecimal"),
    ("a = \"\"\"x\"\"\"", 1, "several lines"),
    ("\"a\" = 1", 1, "quoted keys"), ("= 1", 1, "a key is missing"), ("a.b = 1\n[a]\nb = 2", 3, "was set before"),
    ("a = \"\u{1}\"", 1, "control character"),
  ]

  @Test(arguments: faults.indices)
  func `what is no configuration is refused with its line and reason`(_ index: Int) {
    let (text, line, reason) = Self.faults[index]
    do {
      _ = try TOMLDocument(parsing: Array(text.utf8))
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.line == line && error.reason.contains(reason), "\(text): \(error)")
    }
  }

  @Test func `every supported form is read`() throws {
    let text = """
      # a comment
      text = "a \\"b\\" \\u00e9\\n"  # behind a value
      literal = 'C:\\x'\r
      number = -1_000
      yes = true

      [table.inner]
      dotted.key = "x"
      list = [
        "a", # one
        'b',
      ]
      none = []
      """
    let entries = try TOMLDocument(parsing: Array(text.utf8)).entries
    #expect(
      entries.map(\.key) == [
        "text", "literal", "number", "yes", "table.inner.dotted.key", "table.inner.list", "table.inner.none",
      ])
    #expect(
      entries.map(\.value) == [
        .text("a \"b\" é\n"), .text("C:\\x"), .integer(-1_000), .flag(true), .text("x"), .texts(["a", "b"]), .texts([]),
      ])
    #expect(entries.map(\.line) == [2, 3, 4, 5, 8, 9, 13])
  }

  @Test func `each setting has one option, one variable and one key, and its default is one it takes`() throws {
    #expect(Set(DaemonSettings.all.map(\.key)).count == DaemonSettings.all.count)
    #expect(Set(DaemonSettings.all.map(\.optionName)).count == DaemonSettings.all.count)
    #expect(Set(DaemonSettings.all.map(\.variable)).count == DaemonSettings.all.count)
    let toml = DaemonSettings.all.compactMap { setting in setting.standard.map { "\(setting.key) = \($0.toml)\n" } }
    let read = try TOMLDocument(parsing: Array(toml.joined().utf8)).entries
    for setting in DaemonSettings.all {
      guard let standard = setting.standard else { continue }
      #expect(read.first { $0.key == setting.key }?.value == standard)
    }
    let pages = ManPage.text("offprintd.toml") ?? ""
    for setting in DaemonSettings.all { #expect(pages.contains(setting.variable), "\(setting.key)") }
  }

  private func show(_ file: String, _ options: [String] = [], _ variables: [String: String] = [:]) throws -> Ended {
    let folder = try TemporaryFolder()
    let path = folder.file("offprintd.toml")
    try Data(file.utf8).write(to: URL(fileURLWithPath: path))
    return try RealProcess.run(
      RealProgram.path("offprintd"), ["config", "show", "--config", path] + options, variables: variables)
  }

  @Test func `an option goes before a variable, that before the file, that before the default; each is named`() throws {
    let file = "retention_days = 1\ngrace_seconds = 1\n[log]\nformat = \"json\"\n"
    let ended = try show(
      file, ["--retention-days", "3"], ["OFFPRINTD_RETENTION_DAYS": "2", "OFFPRINTD_GRACE_SECONDS": "2"])
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.output.contains("retention_days = 3  # option --retention-days\n"))
    #expect(ended.output.contains("grace_seconds = 2  # environment OFFPRINTD_GRACE_SECONDS\n"))
    #expect(ended.output.contains("format = \"json\"  # file ") && ended.output.contains("offprintd.toml:4\n"))
    #expect(ended.output.contains("behind_proxy = false  # default\n"))
    // What it prints is a file that sets the same.
    let again = try show(ended.output)
    #expect(again.output.contains("retention_days = 3  # file "))
    #expect(again.status == 0 && again.errors.isEmpty)
  }

  /// D71
  @Test func `a value that does not fit stops with 1 and its line; an unknown key is a warning`() throws {
    for (file, part) in [
      ("retention_days = \"x\"", "offprintd.toml:1: 'retention_days' is a whole number in 1...36500, not a text"),
      ("\nlisten = 8787", "offprintd.toml:2: 'listen' is a text, not a number"),
      ("\n\nbehind_proxy = 1", "offprintd.toml:3: 'behind_proxy' is true or false, not a number"),
      ("log.format = \"xml\"", "offprintd.toml:1: 'log.format' is one of auto, logfmt, json, not 'xml'"),
      ("grace_seconds = 9999", "offprintd.toml:1: 'grace_seconds' is a whole number in 0...600, not 9999"),
      ("listen", "offprintd.toml:1: '=' is missing behind 'listen'"),
      (
        "trusted_proxies = [\"10.0.0.0/8\", \"10.0.0.0/99\"]",
        "offprintd.toml:1: '10.0.0.0/99' in 'trusted_proxies' is no address and no range of addresses"
      ),
    ] {
      let ended = try show(file)
      #expect(ended.status == 1 && ended.errors.contains(part), "\(file): \(ended)")
      #expect(ended.errors.split(separator: "\n").count == 1)
    }
    let unknown = try show("lisen = \"x\"", [], ["OFFPRINTD_NO_SUCH": "1"])
    #expect(unknown.status == 0, "\(unknown)")
    #expect(unknown.errors.contains("offprintd.toml:1: there is no setting 'lisen'; did you mean 'listen'?"))
    #expect(unknown.errors.contains("there is no setting OFFPRINTD_NO_SUCH"))
    let variable = try show("", [], ["OFFPRINTD_RETENTION_DAYS": "many"])
    #expect(variable.status == 1 && variable.errors.contains("OFFPRINTD_RETENTION_DAYS"), "\(variable)")
    let proxy = try show("", ["--trusted-proxies", "proxy.example.org"])
    #expect(proxy.status == 1 && proxy.errors.contains("option --trusted-proxies: 'proxy.example.org'"), "\(proxy)")
    let missing = try RealProcess.run(RealProgram.path("offprintd"), ["config", "show", "--config", "/no/such/file"])
    #expect(missing.status == 1 && missing.errors.contains("/no/such/file"), "\(missing)")
  }

  /// How a second failed sign-in is answered whose header names another client than that of the first.
  private func secondClient(_ options: [String], _ variables: [String: String] = [:]) throws -> String {
    let folder = try TemporaryFolder()
    let limit = ["OFFPRINTD_LIMITS_FAILED_SIGN_INS_PER_MINUTE": "1"]
    let server = try RealProcess(
      RealProgram.path("offprintd"), ["serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0"] + options,
      variables: limit.merging(variables) { $1 })
    defer { server.send(SIGKILL) }
    while server.isRunning, !server.output.contains("listening on ") { usleep(10_000) }
    let url = try #require(server.output.firstMatch(of: /http:\/\/[0-9.]+:[0-9]+/), "\(server.errors)").0
    var last = ""
    for client in ["192.0.2.1", "198.51.100.1"] {
      let body = #"{"user":"\#(client)","password":"wrong","device":"x"}"#
      last = try Tool.curl(
        "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-H",
        "X-Forwarded-For: \(client)", "-d", body, url + "/v1/devices"
      ).output
    }
    return last
  }

  @Test func `a client's address is taken from proxies that are trusted, and from nobody else`() throws {
    #expect(try secondClient([]) == "429", "nobody is trusted")
    #expect(try secondClient(["--behind-proxy"]) == "401", "this machine is")
    #expect(try secondClient(["--trusted-proxies", "127.0.0.0/8"]) == "401")
    #expect(try secondClient([], ["OFFPRINTD_TRUSTED_PROXIES": "203.0.113.0/24, 127.0.0.1"]) == "401")
    #expect(try secondClient(["--behind-proxy", "--trusted-proxies", "203.0.113.0/24"]) == "429", "those named alone")
  }
}
