import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// The client as a process, with a library that is signed in to a lying server.
final class Victim {
  let folder: TemporaryFolder
  let server: LyingServer
  /// What a call came to.
  struct Outcome: Sendable {
    var ended: Ended
    /// The most memory it had resident, as far as looks every few milliseconds see.
    var peakBytes: Int
    var seconds: Double
  }

  /// A library with one article, signed in to an honest server; each test has a copy of it.
  private struct Template {
    let folder: TemporaryFolder
    let url: String
    let export: String

    static let shared = Result { try Template() }

    private init() throws {
      folder = try TemporaryFolder()
      let server = LyingServer { _ in nil }
      server.start()
      url = server.url
      let offprint = RealProgram.path("offprint")
      let library = ["--library", folder.file("l")]
      let article = RealProgram.repository + "/Tests/Fixtures/sample/paper-boats.txt"
      let added = try RealProcess.run(offprint, library + ["add", article, "--title", "Kept"])
      let signedIn = try RealProcess.run(
        offprint, library + ["login", url, "--user", "ana", "--password-stdin", "--device", "d"],
        input: RealWorld.password)
      guard added.status == 0, signedIn.status == 0 else {
        throw RealWorld.Failure(text: added.errors + signedIn.errors)
      }
      export = Victim.withoutStamps(try RealProcess.run(offprint, library + ["export"]).output)
    }
  }

  /// A client whose server lies like this.
  init(_ lie: @escaping @Sendable (LyingServer.Request) -> LyingServer.Reply?) throws {
    folder = try TemporaryFolder()
    server = LyingServer(lie)
    server.start()
    let template = try Template.shared.get()
    #expect(template.export.contains("Kept"))
    try FileManager.default.copyItem(atPath: template.folder.file("l"), toPath: folder.file("l"))
    let credential = folder.file("l") + "/credential.json"
    let text = try String(contentsOfFile: credential, encoding: .utf8).replacing(template.url, with: server.url)
    try Data(text.utf8).write(to: URL(fileURLWithPath: credential))
  }

  /// An export without what a sync may settle: stamps.
  private static func withoutStamps(_ export: String) -> String {
    export.replacing(/"[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{16}"/, with: "STAMP")
  }

  /// Runs a verb and watches its memory. It is killed after `secondsMax`, which is then its status.
  func run(_ arguments: String..., input: String = "", secondsMax: Double = 60) async throws -> Outcome {
    let words = ["--library", folder.file("l")] + arguments
    return try await withCheckedThrowingContinuation { continuation in
      // It waits, which is nothing for the few threads that tests share.
      Thread.detachNewThread {
        continuation.resume(with: Result { try Self.execute(words, input: input, secondsMax: secondsMax) })
      }
    }
  }

  private static func execute(_ words: [String], input: String = "", secondsMax: Double = 60) throws -> Outcome {
    let process = try RealProcess(RealProgram.path("offprint"), words, input: input)
    let start = Date()
    var peak = 0
    while process.isRunning {
      peak = max(peak, ProcessMemory.peakBytes(of: process.processID))
      usleep(3_000)
      if Date().timeIntervalSince(start) > secondsMax { process.send(SIGKILL) }
    }
    return Outcome(ended: process.wait(), peakBytes: peak, seconds: Date().timeIntervalSince(start))
  }

  /// What a sync against an honest server costs; every other one may have 64 MiB more.
  private static let idlePeakBytes: Int = {
    let victim = try? Victim { _ in nil }
    return victim.flatMap { try? execute(["--library", $0.folder.file("l"), "sync"]).peakBytes } ?? 0
  }()

  /// Holds a result against what is right: exit code, bounded memory, nothing that steers a terminal, a library that is whole,
  /// and, unless `applies`, holds what it held.
  func expect(
    _ result: Outcome, exit: Set<Int32>, applies: Bool = false, says: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let ended = result.ended
    #expect(exit.contains(ended.status), "\(ended)", sourceLocation: sourceLocation)
    if let says {
      #expect((ended.errors + ended.output).contains(says), "\(ended)", sourceLocation: sourceLocation)
    }
    #expect(Self.idlePeakBytes > 1 << 20)
    let more = result.peakBytes - Self.idlePeakBytes
    #expect(more <= 64 << 20, "\(more >> 20) MiB more than idle", sourceLocation: sourceLocation)
    Self.expectPlain(ended, sourceLocation: sourceLocation)
    let verified = try await run("verify", "--json").ended
    #expect(
      verified.output.contains(#""damagedContents":[],"damagedContentsKept":[],"damagedRecords":[]"#)
        && verified.output.contains(#""indexMatches":true"#), "\(verified)", sourceLocation: sourceLocation)
    if !applies {
      let after = Self.withoutStamps(try await run("export").ended.output)
      #expect(
        try after == Template.shared.get().export, "the library holds what it held", sourceLocation: sourceLocation)
    }
  }

  /// Nothing of C0 and C1 but line feeds.
  static func expectPlain(_ ended: Ended, sourceLocation: SourceLocation = #_sourceLocation) {
    let isPlain = (ended.output + ended.errors).unicodeScalars.allSatisfy {
      $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    #expect(isPlain, "\(ended)", sourceLocation: sourceLocation)
  }
}
