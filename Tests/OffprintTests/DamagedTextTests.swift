import Offprint
import OffprintCrypto
import OffprintHTTP
import OffprintTesting
import OffprintWire
import Testing

/// Many texts that are damaged on the server: all others arrive, sync by sync, and no sync fails for them.
@Suite struct DamagedTextTests {
  /// How damage shows: an answer that cannot be inflated, or bytes that are not those of the hash.
  enum Damage: CaseIterable, Sendable { case coding, bytes }

  /// A network that damages each answer with texts whose hashes begin with one of these digits.
  private struct DamagingTransport: Transport {
    let inner: FaultyTransport
    let damage: Damage
    let digits: Set<Character>

    init(to server: SimulatedServer, _ damage: Damage, _ digits: Set<Character>) {
      inner = FaultyTransport(to: server)
      self.damage = damage
      self.digits = digits
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
      var response = try await inner.send(request)
      guard request.url.hasSuffix("/v1/contents/batch"),
        let hashes = (try? JSONValue(parsing: request.body))?["hashes"]?.array?.compactMap(\.string)
      else { return response }
      let isHit = hashes.contains { $0.first.map { digits.contains($0) } ?? false }
      switch damage {
      case .coding: if isHit { throw .damaged }
      case .bytes:
        let lines = response.body.split(separator: 0x0A, omittingEmptySubsequences: false)
        var isNext = false
        let damaged = lines.map { line -> [UInt8] in
          defer {
            let hash = (try? JSONValue(parsing: Array(line)))?["hash"]?.string
            isNext = hash?.first.map { digits.contains($0) } ?? false
          }
          return isNext ? line.map { $0 == UInt8(ascii: "w") ? UInt8(ascii: "v") : $0 } : Array(line)
        }
        response.body = Array(damaged.joined(separator: [0x0A]))
      }
      return response
    }
  }

  @Test(arguments: Damage.allCases)
  func `however many texts are damaged, the others arrive within a few syncs`(damage: Damage) async throws {
    let world = try await SyncWorld()
    try await world.signInAll()
    var hashes: [String] = []
    for index in 0..<80 {
      let document = SyncWorld.document("word \(index)")
      hashes.append(Hex.encode(SHA256.hash(document.body)))
      _ = try await world[0].add(SavedPage(url: "https://example.org/\(index)", document: document))
    }
    try await world.sync(0)
    // The lower three quarters of all hashes, so that whoever begins at the lowest each time gets no further.
    let digits = Set("0123456789ab")
    let good = hashes.count { !digits.contains($0.first ?? "0") }
    try #require(good > 5 && hashes.count - good > 40)
    let transport = DamagingTransport(to: world.server, damage, digits)
    var downloaded = 0
    for _ in 0..<5 {
      let report = try await world[1].sync(over: transport).result()
      downloaded += report.contentsDownloaded
      #expect(report.notes.contains { $0.contains("damaged on the server") })
      #expect(report.contentsPending == hashes.count - downloaded, "what is counted is here")
    }
    #expect(downloaded == good)
    #expect(transport.inner.log.count { $0.hasSuffix("/batch") } < 5 * 120, "each sync is bounded")
    // Whole again, all of them arrive at once.
    #expect(try await world.sync(1).contentsPending == 0)
    await world.closeAll()
  }
}
