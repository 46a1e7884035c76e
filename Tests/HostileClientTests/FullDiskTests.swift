import Foundation
import OffprintCrypto
import OffprintProcesses
import OffprintTesting
import Testing

/// A disk that is full (row 53). It takes a file system of a few megabytes, which only root may mount.
@Suite(.serialized, .enabled(if: SmallDisk.isPossible, "only root may mount a small file system")) struct FullDiskTests
{
  @Test func `53: a full disk is 507 storage-full, reading goes on, and room makes it well without a restart`()
    async throws
  {
    let disk = try SmallDisk(mebibytes: 6)
    let added = try RealProcess.run(
      RealProgram.path("offprintd"), ["user", "add", "ana", "--password-stdin", "--data", disk.path + "/data"],
      input: RealWorld.password)
    #expect(added.status == 0, "\(added)")
    let daemon = try RealProcess(
      RealProgram.path("offprintd"), ["serve", "--data", disk.path + "/data", "--listen", "127.0.0.1:0"])
    defer { daemon.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(30)
    while !daemon.output.contains("listening on "), Date() < deadline { usleep(10_000) }
    let url = daemon.output.components(separatedBy: "listening on ").last?.prefix { $0 != "," } ?? ""
    let port = try #require(UInt16(url.split(separator: ":").last ?? ""))
    let token = try await HostileDaemon.signIn(port, "ana").token
    func send(_ request: RawRequest) async throws -> RawClient.Answer {
      let client = try RawClient(port: port)
      try await client.send(request.bytes)
      return try await client.answer()
    }
    let first = try await send(RawRequest("GET", "/v1/changes", token: token))
    guard case .end(let start)? = try first.lines.last else { return }
    // Fill the disk from outside, then push and upload.
    let filler = disk.path + "/filler"
    #expect(FileManager.default.createFile(atPath: filler, contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: filler))
    while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
    try handle.close()
    let stamp = RawPush.stamp("00000000000000aa")
    func push(_ n: Int) -> RawRequest {
      let text = (0..<50).map { index in
        RawPush.record(
          #""title":"\#(String(repeating: "x", count: 1_000))""#,
          id: String(repeating: "0", count: 28) + String(5_000 + index), stamp: stamp)
      }.joined(separator: ",")
      return .json(
        "/v1/sync", token: token,
        Array(
          #"{"cursor":"\#(start.cursor)","replica":"00000000000000aa","n":\#(n),"nonce":"0000000000000001","records":[\#(text)]}"#
            .utf8))
    }
    var refused: RawClient.Answer?
    for n in 1..<40 where refused == nil {
      let answer = try await send(push(n))
      if answer.status != 200 { refused = answer }
    }
    #expect(refused?.status == 507 && refused?.slug == "storage-full", "\(refused?.text ?? "never full")")
    #expect(refused?.headers["retry-after"] != nil)
    let body = (0..<400_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 3 ^ $0) }
    let upload = RawRequest("PUT", "/v1/contents/" + Hex.encode(SHA256.hash(body)), token: token, body: body)
    let full = try await send(upload)
    #expect(full.status == 507 && full.slug == "storage-full", "\(full.status) \(full.text)")
    #expect(try await send(RawRequest("GET", "/v1/changes", token: token)).status == 200)
    #expect(daemon.isRunning)
    try FileManager.default.removeItem(atPath: filler)
    #expect(try HostileDaemon.outcomes(try await send(push(99))).count == 50)
    #expect(try await send(upload).status == 204)
    daemon.send(SIGTERM)
    #expect(daemon.wait().status == 0)
  }
}

/// A small file system in memory.
final class SmallDisk {
  /// Whether this process may mount one.
  static let isPossible: Bool = (try? SmallDisk(mebibytes: 1)) != nil

  private let folder: TemporaryFolder
  /// Where it is.
  var path: String { folder.path }

  init(mebibytes: Int) throws {
    folder = try TemporaryFolder()
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else { throw POSIXError(.EPERM) }
  }

  deinit { umount2(folder.path, 2) }
}
