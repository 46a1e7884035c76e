import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// Every database ever released opens with today's programs and holds what it held. `Tests/Fixtures/libraries/vN` has a
/// library and a server of schema version N with what they export; a version once there is never changed.
@Suite(.serialized) struct FixtureTests {
  private static var folder: String { RealProgram.repository + "/Tests/Fixtures/libraries" }
  static var versions: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix("v") }.sorted()
  }

  private func copy(_ version: String, _ name: String, to folder: TemporaryFolder) throws {
    try FileManager.default.copyItem(atPath: "\(Self.folder)/\(version)/\(name)", toPath: folder.file(name))
    #expect(try RealProcess.run("/bin/chmod", ["-R", "u+rwX", folder.file(name)]).status == 0)
  }

  private func lines(_ version: String, _ name: String) throws -> [String] {
    try String(contentsOfFile: "\(Self.folder)/\(version)/\(name)", encoding: .utf8).split(separator: "\n")
      .map(String.init)
  }

  @Test func `there is a fixture of every version`() { #expect(Self.versions.contains("v1")) }

  @Test(arguments: versions)
  func `a library of an earlier version opens, holds what it held, and can be edited`(version: String) throws {
    let folder = try TemporaryFolder()
    try copy(version, "library", to: folder)
    let client = CrashClient(library: folder.file("library"))
    #expect(try client.call("verify").status == 0)
    let exported = try client.call("export").output.split(separator: "\n").map(String.init)
    // The article with an unsent edit gets another stamp: the copy of a library is another installation.
    let expected = try lines(version, "library.ndjson")
    #expect(exported.count == expected.count)
    #expect(exported.dropFirst() == expected.dropFirst())
    #expect(
      exported.first?.components(separatedBy: "\"values\"").last
        == expected.first?.components(separatedBy: "\"values\"").last)
    #expect(try client.call("list", "--archived").output.contains("Share this story"))
    #expect(try client.call("read", "22d7").output.contains("For one evening a year the canal"))
    #expect(try client.call("status", "--json").output.contains("\"unsent\":1"))
    #expect(try client.call("add", "https://example.org/third").status == 0)
    #expect(try client.call("verify").status == 0)
  }

  @Test(arguments: versions)
  func `a server of an earlier version starts and gives what it held`(version: String) throws {
    let world = try RealWorld(starts: false)
    try FileManager.default.removeItem(atPath: world.folder.file("server"))
    try copy(version, "server", to: world.folder)
    try world.start()
    #expect(try world.signIn("fresh").status == 0)
    let sync = try world.client("fresh", "sync")
    #expect(sync.status == 0 && sync.output.contains("fetched 1 text"), "\(sync)")
    let exported = try world.client("fresh", "export").output.split(separator: "\n").map(String.init)
    #expect(try exported == lines(version, "server.ndjson"))
    // The library that belongs to it is known there, but the token did not come along.
    try copy(version, "library", to: world.folder)
    #expect(
      try world.client(
        "library", "login", world.url, "--user", "ana", "--password-stdin", "--device", "again",
        input: RealWorld.password
      ).status == 0)
    for device in ["library", "fresh"] { #expect(try world.client(device, "sync").status == 0) }
    try world.expectEqual(["library", "fresh"])
    #expect(try world.client("fresh", "list", "--archived").output.contains("Share this story"))
  }
}
