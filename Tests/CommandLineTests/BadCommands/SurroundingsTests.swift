import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// Words that are no text, and surroundings without a home, a zone or a locale.
@Suite(.serialized) struct SurroundingsTests {
  @Test(arguments: [
    "list $'\\xff'", "add $'https://example.org/\\xc3'", "add https://example.org/ --title $'\\xed\\xa0\\x80'",
    "--library $'\\xff' list", "tag 00 $'+\\xf5'", "$'\\x80'", "edit 00 --title $'\\xc0\\x80'",
  ])
  func `a word that is not UTF-8 ends with 64 in plain words`(words: String) throws {
    let folder = try TemporaryFolder()
    let ended = try RealProcess.run(
      "/bin/bash", ["-c", "cd '\(folder.path)'; OFFPRINT_LIBRARY=l '\(RealProgram.path("offprint"))' \(words)"])
    #expect(ended.status == 64 && ended.errors.contains("UTF-8"), "\(ended)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "nothing was made")
  }

  @Test(arguments: [
    "env -u HOME -u XDG_DATA_HOME -u OFFPRINT_LIBRARY", "env HOME= XDG_DATA_HOME= OFFPRINT_LIBRARY=",
    "env -u XDG_DATA_HOME -u OFFPRINT_LIBRARY HOME=relative",
  ])
  func `without a home, the folder has to be named, and then all works`(surroundings: String) throws {
    let folder = try TemporaryFolder()
    let program = RealProgram.path("offprint")
    func call(_ words: String) throws -> Ended {
      try RealProcess.run("/bin/bash", ["-c", "cd '\(folder.path)'; \(surroundings) '\(program)' \(words)"])
    }
    let unnamed = try call("list")
    #expect(unnamed.status == 64 && unnamed.errors.contains("--library"), "\(unnamed)")
    #expect(try call("--library l add https://example.org/").status == 0)
    #expect(try call("--library l list").output.contains("example.org"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["l"])
  }

  @Test(arguments: ["TZ=No/Where", "TZ=:/dev/zero", "LC_ALL=C", "LC_ALL=xx_YY.UTF-16", "LANG=", "COLUMNS=-1", "TERM="])
  func `odd zones, locales and terminals change no result`(setting: String) throws {
    let folder = try TemporaryFolder()
    let client = CrashClient(library: folder.file("l"))
    #expect(try client.call("add", "https://example.org/\u{E9}", "--title", "B\u{E4}r \u{1F43B}").status == 0)
    let plain = try client.call("list").output
    #expect(plain.contains("B\u{E4}r \u{1F43B}"))
    for verb in ["list", "status", "export", "verify", "tags", "help"] {
      let ended = try RealProcess.run(
        "/usr/bin/env", [setting, RealProgram.path("offprint"), "--library", client.library, verb])
      #expect(ended.status == 0, "\(verb): \(ended)")
      if verb == "list" { #expect(ended.output == plain) }
    }
  }
}
