import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// Standard output that is full, closed, or whose reader has gone: for every verb that prints.
@Suite(.serialized) struct OutputTests {
  /// A library with something for every verb to print.
  private func library() throws -> (TemporaryFolder, String, String) {
    let folder = try TemporaryFolder()
    let client = CrashClient(library: folder.file("l"))
    try Data("Boats\n\nPaper boats on a river, one evening a year.\n".utf8)
      .write(to: URL(fileURLWithPath: folder.file("boats.txt")))
    let added = try client.call("add", folder.file("boats.txt"), "--tag", "t", "--json")
    let id = String(added.output.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? "")
    #expect(try client.call("bookmark", "add", id, "--at", "20%").status == 0)
    #expect(try client.call("progress", id, "40%").status == 0)
    return (folder, client.library, id)
  }

  private func verbs(_ id: String) -> [[String]] {
    [
      ["list"], ["list", "--json"], ["show", id], ["show", id, "--format", "html"], ["read", id], ["resume"], ["tags"],
      ["progress", id], ["bookmark", "list"], ["status"], ["export"], ["verify"], ["help"], ["list", "--help"],
      ["--version"], ["add", "https://example.org/x"], ["edit", id, "--title", "T"], ["tag", id, "+u"],
      ["archive", id], ["unarchive", id], ["favourite", id], ["unfavourite", id], ["delete", id], ["undelete", id],
      ["repair"],
    ]
  }

  private func run(_ library: String, _ verb: [String], _ redirection: String) throws -> Ended {
    let words = ([RealProgram.path("offprint"), "--library", library] + verb).map { "'\($0)'" }.joined(separator: " ")
    return try RealProcess.run("/bin/bash", ["-c", "\(words) \(redirection)"])
  }

  @Test func `a full disk behind standard output ends every verb with 14 and a message`() throws {
    let (folder, library, id) = try library()
    defer { withExtendedLifetime(folder) {} }
    for verb in verbs(id) {
      let ended = try run(library, verb, "> /dev/full")
      #expect(ended.status == 14 && ended.errors.contains("no space left"), "\(verb): \(ended)")
      #expect(ended.errors.split(separator: "\n").count <= 2, "\(verb): \(ended)")
    }
  }

  @Test func `a closed standard output ends every verb with 1 and a message`() throws {
    let (folder, library, id) = try library()
    defer { withExtendedLifetime(folder) {} }
    for verb in verbs(id) {
      let ended = try run(library, verb, ">&-")
      #expect(ended.status == 1 && ended.errors.contains("could not be written"), "\(verb): \(ended)")
    }
  }

  @Test func `a reader that has gone ends every verb without a word`() throws {
    let (folder, library, id) = try library()
    defer { withExtendedLifetime(folder) {} }
    for verb in verbs(id) {
      // The pipe's other end is closed before the program starts to write.
      let ended = try run(library, verb, "2> '\(folder.file("said"))' > >(exec true); sleep 0.05; echo status=$?")
      #expect(ended.errors.isEmpty, "\(verb): \(ended)")
      let said = String(decoding: try DamagedFiles.bytes(folder.file("said")), as: UTF8.self)
      #expect(!said.contains("Error") && !said.contains("crash") && !said.contains("could not"), "\(verb): \(said)")
    }
  }

  @Test func `closed standard error and input stop no verb`() throws {
    let (folder, library, id) = try library()
    defer { withExtendedLifetime(folder) {} }
    for verb in verbs(id) {
      let ended = try run(library, verb, "<&- 2>&-")
      #expect(ended.status == 0 && !ended.output.isEmpty, "\(verb): \(ended)")
    }
    #expect(try run(library, ["show", "ffff"], "<&- 2>&-").status == 18)
  }
}
