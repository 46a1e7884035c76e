import Foundation
import OffprintCommands
import OffprintProcesses
import OffprintSQLite
import OffprintTesting

/// Pages of the log beside a file of the same bytes.
extension Bench {
  private static let connections = 8
  /// The newest records stay unsealed: up to two runs of them.
  private static let unsealedMax = 128

  func pages() throws {
    let articles = try arguments.integer("articles", in: 500...10_000_000) ?? 2_000
    let seconds = try seconds()
    let server = try BenchServer()
    say("filling \(articles) articles in")
    let device = try server.signIn()
    _ = try device.fill(articles)
    try waitUntilSealed(server, through: Int64(articles - Self.unsealedMax))
    let request = device.get("/v1/changes?limit=500")
    let page = try device.send(request).body
    let ours = try load(port: server.port, request, seconds: seconds, of: [server.processID])
    let nginx = try StaticServer(serving: page, named: arguments.value("nginx"))
    let theirs = try load(
      port: nginx.port, Array("GET /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n".utf8), seconds: seconds,
      of: nginx.workers)
    let ratio = ours.perProcessorSecond / theirs.perProcessorSecond
    try report(
      "pages of 500 records (\(page.count) bytes compressed): \(rounded(ours.perProcessorSecond, places: 0)) for a second of"
        + " processor time, nginx \(rounded(theirs.perProcessorSecond, places: 0)): ratio \(rounded(ratio))",
      [
        ("bench", "pages"), ("bytes", .number(page.count)),
        ("pagesPerProcessorSecond", .decimal(ours.perProcessorSecond)),
        ("nginxPerProcessorSecond", .decimal(theirs.perProcessorSecond)), ("ratio", .decimal(ratio)),
        ("pagesPerSecond", .decimal(ours.perSecond)), ("nginxPerSecond", .decimal(theirs.perSecond)),
      ])
  }

  /// Waits until the server's upkeep, which runs beside requests, has sealed the log.
  private func waitUntilSealed(_ server: BenchServer, through number: Int64) throws {
    say("waiting for the log to be sealed")
    let reader = try Connection(path: server.database, role: .reader)
    defer { reader.close() }
    let end = ContinuousClock.now + .seconds(60)
    func sealed() throws -> Int64 {
      try reader.first("SELECT coalesce(max(last), 0) FROM run", []) { try $0.int64(0) } ?? 0
    }
    while try sealed() < number {
      guard ContinuousClock.now < end else { throw CommandFailure(.failed, code: "seal", "the log is not sealed") }
      // Another process seals, and tells nobody: its table is looked at until it has.
      usleep(50_000)
    }
  }

  private struct Load {
    var perSecond: Double
    var perProcessorSecond: Double
  }

  private func load(port: UInt16, _ request: [UInt8], seconds: Double, of processes: [Int32]) throws -> Load {
    func processorSeconds() -> Double { processes.reduce(0) { $0 + ProcessFigures.processorSeconds(of: $1) } }
    let before = processorSeconds()
    let counts = try concurrently(Self.connections) { _ in
      let connection = try BenchConnection(port: port)
      var count = 0
      let end = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < end {
        let answer = try connection.exchange(request)
        guard answer.status == 200 else { throw RealWorld.Failure(text: "status \(answer.status)") }
        count += 1
      }
      return count
    }
    let count = Double(counts.reduce(0, +))
    return Load(perSecond: count / seconds, perProcessorSecond: count / max(0.01, processorSeconds() - before))
  }
}

/// nginx with one file, compressed already.
private final class StaticServer {
  let port: UInt16
  private let process: RealProcess
  private let folder: TemporaryFolder

  /// Starts the one that is named, else the system's, else the one that `Scripts/setup` has fetched.
  init(serving bytes: [UInt8], named: String?) throws {
    let usual = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", ".build/tools/nginx/usr/sbin/nginx"]
    let places = named.map { [$0] } ?? usual
    guard let program = places.first(where: FileManager.default.isExecutableFile) else {
      throw CommandFailure(
        .failed, code: "nginx",
        "no nginx at \(places.joined(separator: ", ").visible); it is what pages are measured beside. --nginx names it")
    }
    folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file("page")))
    // A port that is free now; nobody else asks for one meanwhile.
    port = 40_000 + UInt16.random(in: 0..<20_000)
    // Workers read the page as whoever runs this; for others than root nginx passes the word by.
    let configuration = """
      user root; daemon off; worker_processes 2; pid \(folder.file("pid")); error_log \(folder.file("log"));
      events { worker_connections 512; }
      http {
        access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
        client_body_temp_path \(folder.file("b")); proxy_temp_path \(folder.file("p")); fastcgi_temp_path \(folder.file("f"));
        uwsgi_temp_path \(folder.file("u")); scgi_temp_path \(folder.file("s"));
        server {
          listen 127.0.0.1:\(port); root \(folder.file(""));
          location = /page { default_type application/x-ndjson; add_header Content-Encoding gzip; }
        }
      }
      """
    let file = folder.file("nginx.conf")
    try Data(configuration.utf8).write(to: URL(fileURLWithPath: file))
    process = try RealProcess(program, ["-c", file, "-p", folder.file("")])
    for _ in 0..<200 {
      if (try? BenchConnection(port: port)) != nil { return }
      usleep(20_000)
    }
    throw CommandFailure(.failed, code: "nginx", "nginx does not start: \(process.errors)")
  }

  deinit { process.send(SIGTERM) }

  /// Who does the work.
  var workers: [Int32] { ProcessFigures.children(of: process.processID) }
}
