import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// A library on a read-only disk: all can be read, nothing changes, and what would change it says why.
@Suite(.serialized) struct ReadOnlyTests {
  @Test func `a library on a read-only disk is read by every verb that reads`() throws {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    let added = try world.client("phone", "add", world.page("story", seed: 2), "--json")
    let id = String(added.output.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? "")
    #expect(try world.client("phone", "bookmark", "add", id, "--at", "20%").status == 0)
    #expect(try world.client("phone", "progress", id, "40%").status == 0)
    #expect(try world.client("phone", "tag", id, "+t").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let disk = try ReadOnlyDisk(holding: world.folder.file("phone")) { copy in
      // The copy is another installation; it notes that while it can.
      let opened = try RealProcess.run(RealProgram.path("offprint"), ["--library", copy, "status"])
      #expect(opened.status == 0, "\(opened)")
    }
    guard let disk else { return }
    let client = CrashClient(library: disk.copy)
    let files = ["library.sqlite", "library.json"].map { disk.copy + "/" + $0 }
    let before = files.map { DamagedFiles.hash($0) }
    for verb in [
      ["list"], ["list", "--json"], ["show", id], ["read", id], ["resume"], ["tags"], ["progress", id],
      ["bookmark", "list"],
      ["status"], ["conflicts"], ["refused"], ["export"], ["verify"],
    ] {
      let ended = try client.begin(verb).wait()
      #expect(ended.status == 0 && ended.errors.isEmpty, "\(verb): \(ended)")
      #expect(!ended.output.isEmpty || ["conflicts", "refused"].contains(verb[0]), "\(verb)")
    }
    for verb in [
      ["add", "https://example.org/"], ["progress", id, "50%"], ["tag", id, "+u"], ["delete", id], ["sync"], ["logout"],
      ["reset"], ["repair"],
    ] {
      let ended = try client.begin(verb).wait()
      #expect(ended.status == 1, "\(verb): \(ended)")
      #expect(ended.output.isEmpty && ended.errors.contains("\(disk.copy)"), "\(verb): \(ended)")
    }
    #expect(files.map { DamagedFiles.hash($0) } == before)
  }

  @Test func `a folder on a read-only disk cannot become a library`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
    guard let disk = try ReadOnlyDisk(holding: folder.file("empty")) else { return }
    for library in [disk.copy, disk.copy + "/new"] {
      let client = CrashClient(library: library)
      #expect(try client.call("list").status == 10)
      let added = try client.call("add", "https://example.org/")
      #expect(added.status == 1 && added.errors.contains(library), "\(added)")
    }
  }
}
