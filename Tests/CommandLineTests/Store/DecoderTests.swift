import Foundation
import OffprintCrypto
import OffprintGzip
import OffprintProcesses
import OffprintServer
import OffprintTesting
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Stitched streams, read by the decoders that clients have: each gives the bytes of the plain answer.
@Suite(.serialized) struct DecoderTests {
  @Test func `pages, texts and batches laid together from kept fragments are one gzip stream to every decoder`()
    async throws
  {
    let world = try RealWorld(starts: false)
    let data = world.folder.file("server")
    try LargeAccount.fill(data, articles: 1_500)
    try seal(data)
    try world.start()
    let device = try await StoreDevice(port: try #require(UInt16(world.url.split(separator: ":").last ?? "")))
    var hashes: [String] = []
    for index in 0..<5 {
      let content = Array(String(repeating: "<p>Text \(index) of tides and sand.</p>", count: 1_000 * (index + 1)).utf8)
      hashes.append(Hex.encode(SHA256.hash(content)))
      let put = try await device.send("PUT", "/v1/contents/\(hashes[index])", body: content)
      #expect(put.status == 204)
    }
    let list = #"{"hashes":["\#(hashes.joined(separator: "\",\""))"]}"#
    let requests: [(String, String, String)] = [
      ("GET", "/v1/changes?limit=500", ""), ("GET", "/v1/changes?limit=1000", ""),
      ("GET", "/v1/contents/\(hashes[4])", ""), ("POST", "/v1/contents/batch", list),
    ]
    for (method, target, body) in requests {
      let plain = try await device.send(method, target, body: Array(body.utf8))
      #expect(plain.status == 200 && plain.headers["content-encoding"] == nil && plain.body.count > 50_000)
      let coded = try await device.send(
        method, target, headers: ["Accept-Encoding: gzip"], body: Array(body.utf8))
      #expect(coded.headers["content-encoding"] == "gzip", "\(target)")
      #expect(coded.body.count * 3 < plain.body.count, "\(target): \(coded.body.count) of \(plain.body.count)")
      #expect(try Gzip.inflate(coded.body, outputBytesMax: 1 << 26) == plain.body, "zlib, \(target)")
      #expect(try curl(world, device, method, target, body) == plain.body, "curl, \(target)")
      #expect(try python(world, coded.body) == plain.body, "Python, \(target)")
      #expect(try await urlSession(world, device, method, target, body) == plain.body, "URLSession, \(target)")
    }
    world.stop(SIGTERM)
  }

  /// Seals the only account's log, as a server does behind its answers.
  private func seal(_ data: String) throws {
    let store = try StoreSQLite(folder: data, use: .command) { SecureRandom.bytes($0) }
    defer { store.close() }
    let account = try #require(try store.read { try $0.accounts() }.first)
    let sealer = RunSealer(account: account.id, recordsMax: 64)
    var next: Int64? = 0
    while let number = next { next = try sealer.step(after: number, in: store) }
    var runs = 0
    try store.read { reader in
      try reader.forEachRun(of: account.id, after: 0) { _ in
        runs += 1
        return true
      }
    }
    #expect(runs > 20)
  }

  private func curl(
    _ world: RealWorld, _ device: StoreDevice, _ method: String, _ target: String, _ body: String
  ) throws -> [UInt8] {
    let output = world.folder.file("curl")
    var arguments = ["curl", "-sS", "--compressed", "-X", method, "-H", "Authorization: Bearer \(device.token)"]
    if !body.isEmpty { arguments += ["-H", "Content-Type: application/json", "--data", body] }
    let ended = try RealProcess.run("/usr/bin/env", arguments + ["-o", output, world.url + target])
    #expect(ended.status == 0, "\(ended)")
    return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
  }

  private func python(_ world: RealWorld, _ coded: [UInt8]) throws -> [UInt8] {
    let (input, output) = (world.folder.file("coded"), world.folder.file("decoded"))
    try Data(coded).write(to: URL(fileURLWithPath: input))
    let script = """
      import gzip, sys, zlib
      coded = open(sys.argv[1], 'rb').read()
      whole = gzip.decompress(coded)
      inflater = zlib.decompressobj(31)
      pieces = b''.join(inflater.decompress(coded[i:i + 1000]) for i in range(0, len(coded), 1000))
      assert pieces == whole and inflater.eof and not inflater.unused_data
      open(sys.argv[2], 'wb').write(whole)
      """
    let ended = try RealProcess.run("/usr/bin/env", ["python3", "-c", script, input, output])
    #expect(ended.status == 0, "\(ended)")
    return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
  }

  private func urlSession(
    _ world: RealWorld, _ device: StoreDevice, _ method: String, _ target: String, _ body: String
  ) async throws -> [UInt8] {
    var request = URLRequest(url: try #require(URL(string: world.url + target)))
    request.httpMethod = method
    request.setValue("Bearer \(device.token)", forHTTPHeaderField: "Authorization")
    request.setValue("gzip", forHTTPHeaderField: "Accept-Encoding")
    if !body.isEmpty {
      request.httpBody = Data(body.utf8)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (data, response) = try await URLSession(configuration: .ephemeral).data(for: request)
    #expect((response as? HTTPURLResponse)?.statusCode == 200)
    return Array(data)
  }
}
