import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// A proxy in front of a server, set up by the pages as they are shipped, but for names, ports and certificates.
enum Proxy: String, CaseIterable {
  case nginx, caddy

  /// A port that was free a moment ago.
  static func freePort() -> UInt16 {
    let server = RawServer { _ in }
    return server.port
  }

  /// Starts it, and waits until it answers for the server behind it. Nil, with a word on standard error, if it is not here.
  func start(before backend: String, port: UInt16, _ folder: TemporaryFolder) throws -> RealProcess? {
    guard let front = try process(backend, port, folder) else { return nil }
    let deadline = Date().addingTimeInterval(30)
    let url = "http://127.0.0.1:\(port)/healthz"
    while try Tool.curl(url).output != #"{"status":"ok"}"#, front.isRunning, Date() < deadline { usleep(50_000) }
    #expect(front.isRunning, "\(front.errors)")
    return front
  }

  private func process(_ backend: String, _ port: UInt16, _ folder: TemporaryFolder) throws -> RealProcess? {
    switch self {
    case .nginx:
      guard let program = Tool.path("nginx", "usr/sbin/nginx") else { return nil }
      var site = try Tool.deployment("nginx.conf")
      site = site.replacingOccurrences(of: "server 127.0.0.1:8787;", with: "server \(backend);")
      site = site.replacingOccurrences(of: "listen 443 ssl;", with: "listen 127.0.0.1:\(port);")
      let lines = site.split(separator: "\n").filter { !$0.contains("ssl_certificate") && !$0.contains("[::]:443") }
      let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map { "\($0)_temp_path \(folder.file($0));" }.joined(separator: "\n")
      let whole = """
        daemon off; master_process off; pid \(folder.file("nginx.pid")); error_log stderr;
        events {}
        http { access_log off; \(temporary)
        \(lines.joined(separator: "\n"))
        }
        """
      try Data(whole.utf8).write(to: URL(fileURLWithPath: folder.file("nginx.conf")))
      return try RealProcess(program, ["-p", folder.path, "-e", "stderr", "-c", folder.file("nginx.conf")])
    case .caddy:
      guard let program = Tool.path("caddy", "usr/bin/caddy") else { return nil }
      var site = try Tool.deployment("Caddyfile")
      site = site.replacingOccurrences(of: "read.example.org {", with: "http://127.0.0.1:\(port) {")
      let address = backend.hasPrefix("unix:") ? "unix/" + backend.dropFirst("unix:".count) : backend
      site = site.replacingOccurrences(of: "reverse_proxy 127.0.0.1:8787", with: "reverse_proxy \(address)")
      try Data("{\n\tadmin off\n}\n\(site)".utf8).write(to: URL(fileURLWithPath: folder.file("Caddyfile")))
      return try RealProcess(
        program, ["run", "--adapter", "caddyfile", "--config", folder.file("Caddyfile")],
        variables: ["HOME": folder.path, "XDG_DATA_HOME": folder.path, "XDG_CONFIG_HOME": folder.path])
    }
  }
}
