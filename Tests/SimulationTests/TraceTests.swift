import Foundation
import OffprintSimulation
import Testing

/// Every failure the simulator ever found, made small: what broke once must hold for good.
@Suite struct TraceTests {
  /// The trace files, by name.
  static let files: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Traces")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { folder.appendingPathComponent($0).path }
  }()

  @Test func `there are traces to play`() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func `a failure once found does not come back`(file: String) throws {
    let bytes = try #require(FileManager.default.contents(atPath: file))
    let outcome = Simulation.run(try Trace.decode(Array(bytes)), keepsLog: true)
    let lines = outcome.lines.suffix(30).joined(separator: "\n")
    #expect(outcome.failure == nil, "\(outcome.failure?.comparison.joined(separator: "\n") ?? "")\n\(lines)")
  }
}
