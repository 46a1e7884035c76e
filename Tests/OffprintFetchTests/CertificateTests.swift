import Foundation
import OffprintFetch
import OffprintProcesses
import OffprintTesting
import Testing

/// Sites that cannot prove who they are: nothing is asked of them.
@Suite struct CertificateTests {
  private static let site = """
    import http.server, ssl, sys
    class Site(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        print("asked", flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Secret.")
    server = http.server.HTTPServer(("127.0.0.1", 0), Site)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("port", server.server_address[1], flush=True)
    server.serve_forever()
    """

  @Test func `a site whose certificate nobody vouches for is not read`() throws {
    let folder = try TemporaryFolder()
    let made = try RealProcess.run(
      "/usr/bin/env",
      [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", folder.file("key"), "-out", folder.file("certificate"),
      ])
    try #require(made.status == 0, "\(made.errors)")
    let site = try RealProcess(
      "/usr/bin/env", ["python3", "-c", Self.site, folder.file("certificate"), folder.file("key")])
    defer { site.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(30)
    while !site.output.contains("port "), site.isRunning, Date() < deadline { usleep(20_000) }
    let port = try #require(site.output.split(separator: "\n").first?.split(separator: " ").last.map(String.init))
    var policy = FetchPolicy()
    policy.admitted = [try #require(Endpoint("127.0.0.1:\(port)"))]
    #expect(Fetching.failure("https://127.0.0.1:\(port)/", policy) == .insecure)
    // Where somebody vouches for it, but for another name.
    let names = Names(["other.example": ["127.0.0.1"]])
    #expect(Fetching.failure("https://other.example:\(port)/", policy, names) == .insecure)
    #expect(!site.output.contains("asked"))
    // The site itself is well: whoever trusts it is answered.
    let curl = try RealProcess.run(
      "/usr/bin/env",
      ["curl", "-sS", "--noproxy", "*", "--cacert", folder.file("certificate"), "https://127.0.0.1:\(port)/"])
    #expect(curl.output == "<p>Secret.")
  }
}
