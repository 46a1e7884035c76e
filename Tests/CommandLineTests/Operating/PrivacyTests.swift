import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// What nobody else on the machine or the network gets hold of.
@Suite(.serialized) struct PrivacyTests {
  private func started(_ process: RealProcess) throws -> String {
    while process.isRunning, !process.output.contains("listening on ") { usleep(10_000) }
    return try #require(process.output.firstMatch(of: /http:\/\/[^ ,]+/), "\(process.errors)").0.description
  }

  @Test func `E1: a server listens where only this machine reaches it, unless it is told that a proxy stands in front`()
    throws
  {
    let folder = try TemporaryFolder()
    let shown = try RealProcess.run(
      RealProgram.path("offprintd"), ["config", "show"],
      variables: ["OFFPRINTD_CONFIG": "", "HOME": folder.path, "XDG_CONFIG_HOME": folder.path])
    #expect(shown.output.contains("listen = \"127.0.0.1:8787\"  # default"), "\(shown)")
    #expect(shown.output.contains("behind_proxy = false  # default"))
    for (options, isOpen) in [
      (["--listen", "127.0.0.1:0"], false), (["--listen", "0.0.0.0:0", "--behind-proxy"], true),
    ] {
      let server = try RealProcess(
        RealProgram.path("offprintd"), ["serve", "--data", folder.file("data")] + options)
      let port = try #require(try started(server).split(separator: ":").last)
      // All of 127/8 is this machine on Linux, and a listener on one of its addresses is not on the others.
      let other = try Tool.curl("-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.2:\(port)/healthz")
      #expect(other.output == (isOpen ? "200" : "000"), "\(options)")
      server.send(SIGTERM)
      #expect(server.wait().status == 0)
    }
  }

  #if os(Linux)
    @Test func `E3: a server that dies leaves no picture of its memory, in which tokens would stand`() throws {
      let folder = try TemporaryFolder()
      let script = "ulimit -c unlimited; exec '\(RealProgram.path("offprintd"))' serve --data data --listen 127.0.0.1:0"
      let server = try RealProcess("/bin/sh", ["-c", script], directory: folder.path)
      defer { server.send(SIGKILL) }
      _ = try started(server)
      let limits = try String(contentsOfFile: "/proc/\(server.processID)/limits", encoding: .utf8)
      let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
      #expect(line.split(separator: " ").dropFirst(4).first == "0", "\(line)")
    }
  #endif

  @Test func `E23, E24: whatever the umask, a library and its token are the owner's alone`() throws {
    let folder = try TemporaryFolder()
    let world = try RealWorld()
    try Data(RealWorld.password.utf8).write(to: URL(fileURLWithPath: folder.file("password")))
    let client = "'\(RealProgram.path("offprint"))' --library lib"
    let script = """
      umask 0
      \(client) login \(world.url) --user ana --password-stdin --device phone < password >/dev/null &&
      \(client) add https://example.org/a >/dev/null && \(client) sync >/dev/null &&
      find lib -printf '%m %y %P\\n' | sort
      """
    let ended = try RealProcess.run("/bin/sh", ["-c", script], directory: folder.path)
    let lines = ended.output.split(separator: "\n")
    #expect(ended.status == 0 && lines.contains { $0.hasSuffix("credential.json") } && lines.count > 3, "\(ended)")
    for line in lines { #expect(line.hasPrefix("700 d") || line.hasPrefix("600 f"), "\(line)") }
  }

  @Test(arguments: ["offprintd.sqlite", "heads.json", "lock", "serve.lock"])
  func `E23: a link that was put in place of a file of the server's is not followed`(name: String) throws {
    let world = try RealWorld()
    #expect(world.stop(SIGTERM)?.status == 0)
    let victim = world.folder.file("victim")
    let place = world.serverFolder + "/" + name
    try FileManager.default.moveItem(atPath: place, toPath: victim)
    #expect(symlink(victim, place) == 0)
    let before = DamagedFiles.hash(victim)
    let ended = try world.daemon("serve", "--listen", "127.0.0.1:0")
    #expect(ended.status != 0 && ended.output.isEmpty && ended.errors.hasPrefix("offprintd: "), "\(ended)")
    // Commands beside a server do not take its lock.
    let added = try world.daemon("user", "add", "ben", "--password-stdin", input: RealWorld.password)
    #expect((added.status == 0) == (name == "serve.lock"), "\(added)")
    #expect(DamagedFiles.hash(victim) == before)
    #expect(try FileManager.default.attributesOfItem(atPath: place)[.type] as? FileAttributeType == .typeSymbolicLink)
  }

  @Test(arguments: ["localhost", "read.example.org"])
  func `E24: a server whose certificate nobody vouches for is sent nothing`(name: String) throws {
    guard let openssl = Tool.path(installed: "openssl") else { return }
    let folder = try TemporaryFolder()
    let made = try RealProcess.run(
      openssl,
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
        "subjectAltName=DNS:\(name)", "-keyout", folder.file("key"), "-out", folder.file("certificate"),
      ])
    #expect(made.status == 0, "\(made)")
    let script = """
      import http.server, ssl
      class Handler(http.server.BaseHTTPRequestHandler):
          def answer(self):
              print("request", self.path, flush=True)
              self.send_response(200)
              self.send_header("Content-Length", "0")
              self.end_headers()
          do_GET = do_POST = do_HEAD = answer
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain("certificate", "key")
      server.socket = context.wrap_socket(server.socket, server_side=True)
      print("port", server.server_address[1], flush=True)
      server.serve_forever()
      """
    let server = try RealProcess("/usr/bin/env", ["python3", "-c", script], directory: folder.path)
    defer { server.send(SIGKILL) }
    while server.isRunning, !server.output.contains("port ") { usleep(10_000) }
    let port = try #require(server.output.firstMatch(of: /port (\d+)/), "\(server.errors)").1
    let login = try RealProcess.run(
      RealProgram.path("offprint"),
      ["--library", folder.file("lib"), "login", "https://localhost:\(port)", "--user", "ana", "--password-stdin"],
      input: RealWorld.password)
    #expect(login.status == 11 && login.errors.contains("certificate"), "\(login)")
    #expect(!server.output.contains("request"), "nothing arrived: \(server.output)")
    // Who does not ask for a certificate is answered: it was that, and nothing else, that stopped the client.
    let careless = try Tool.curl("-k", "-o", "/dev/null", "-w", "%{http_code}", "https://localhost:\(port)/v1/info")
    #expect(careless.output == "200" && server.output.contains("request /v1/info"), "\(careless)")
  }
}
