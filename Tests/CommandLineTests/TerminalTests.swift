#if os(Linux)
  import Foundation
  import OffprintProcesses
  import OffprintTesting
  import Testing

  /// The client in a terminal: the pager, the password prompt, Ctrl-C.
  @Suite(.serialized) struct TerminalTests {
    /// A library with one article of forty paragraphs.
    private struct Reading {
      let folder: TemporaryFolder
      let id: String

      init() throws {
        folder = try TemporaryFolder()
        let text = (1...40).map { "Paragraph \($0) of a story about paper boats.\n" }.joined(separator: "\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("boats.txt")))
        let added = try RealProcess.run(
          RealProgram.path("offprint"),
          ["--library", folder.file("l"), "add", folder.file("boats.txt"), "--title", "Boats \u{1B}[31m", "--json"])
        id = String(added.output.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? "")
      }

      func open(_ verb: String...) throws -> PseudoTerminal {
        try PseudoTerminal(RealProgram.path("offprint"), ["--library", folder.file("l")] + verb)
      }

      func progress() throws -> String {
        try RealProcess.run(
          RealProgram.path("offprint"), ["--library", folder.file("l"), "progress", id, "--json"]
        ).output
      }
    }

    @Test func `opening and quitting records nothing, and the terminal is as it was`() throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      #expect(terminal.screen.contains("Boats \\u{1b}[31m"), "a title steers no terminal")
      try terminal.wait(for: "raw mode") { !terminal.isCooked && !terminal.echoes }
      terminal.type("q")
      #expect(try terminal.waitForEnd() == 0)
      #expect(terminal.isCooked && terminal.echoes)
      #expect(terminal.output.contains("\u{1B}[?1049l") && terminal.output.contains("\u{1B}[?25h"))
      #expect(try reading.progress().contains("\"position\":null"))
    }

    @Test func `where the reader quits is where they go on, by read and by resume`() throws {
      let reading = try Reading()
      let first = try reading.open("read", reading.id)
      try first.wait(for: "the text") { first.screen.contains("Paragraph 1 of") }
      first.type("  ")
      try first.wait(for: "the third page") { first.screen.contains("Paragraph 10 of") }
      let top = try #require(first.screen.components(separatedBy: "\r\n").first { $0.contains("Paragraph") })
      first.type("q")
      #expect(try first.waitForEnd() == 0)
      for verb in [["read", reading.id], ["resume"]] {
        let again = try PseudoTerminal(RealProgram.path("offprint"), ["--library", reading.folder.file("l")] + verb)
        try again.wait(for: "the place") { again.screen.contains("where you stopped") }
        #expect(again.screen.components(separatedBy: "\r\n").first == top)
        again.type("q")
        #expect(try again.waitForEnd() == 0)
      }
    }

    @Test func `a place that the reader rests on is recorded while the pager is open`() throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      terminal.type("\u{1B}[B\u{1B}[B\u{1B}[B\u{1B}[B")
      var recorded = ""
      try terminal.wait(for: "the record") {
        recorded = (try? reading.progress()) ?? ""
        return recorded.contains("\"position\":{")
      }
      terminal.send(SIGKILL)
      #expect(try terminal.waitForEnd() == -SIGKILL)
      #expect(try reading.progress() == recorded)
    }

    @Test func `going on at the end finishes the article`() throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      terminal.type("G")
      try terminal.wait(for: "the end") {
        terminal.screen.contains("100 %") && terminal.screen.contains("Paragraph 40")
      }
      terminal.type("q")
      #expect(try terminal.waitForEnd() == 0)
      #expect(try reading.progress().contains("\"finished\":true"))
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func `a signal ends the pager with the place recorded and the terminal as it was`(signal: Int32) throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      terminal.type(" ")
      try terminal.wait(for: "the second page") { terminal.screen.contains("Paragraph 7 of") }
      terminal.send(signal)
      #expect(try terminal.waitForEnd() == 130)
      #expect(terminal.isCooked && terminal.echoes)
      #expect(try reading.progress().contains("\"position\":{"))
    }

    @Test func `Ctrl-C in the pager quits it and records the place`() throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      terminal.type(" \u{3}")
      #expect(try terminal.waitForEnd() == 0)
      #expect(terminal.isCooked)
      #expect(try reading.progress().contains("\"position\":{"))
    }

    @Test func `another window size draws the screen anew without a key`() throws {
      let reading = try Reading()
      let terminal = try reading.open("read", reading.id)
      try terminal.wait(for: "the text") { terminal.screen.contains("Paragraph 1 of") }
      #expect(!terminal.screen.contains("Paragraph 12 of"))
      terminal.resize(columns: 70, rows: 40)
      try terminal.wait(for: "the larger screen") { terminal.screen.contains("Paragraph 12 of") }
      terminal.type("q")
      #expect(try terminal.waitForEnd() == 0)
      #expect(try reading.progress().contains("\"position\":null"))
    }

    @Test func `a password is asked for without being shown, and signs in`() throws {
      let world = try RealWorld()
      let terminal = try PseudoTerminal(
        RealProgram.path("offprint"), ["--library", world.folder.file("phone"), "login", world.url, "--user", "ana"])
      try terminal.wait(for: "the question") { terminal.output.contains("Password of ana") && !terminal.echoes }
      terminal.type(RealWorld.password)
      #expect(try terminal.waitForEnd() == 0)
      #expect(!terminal.output.contains("correct horse"))
      #expect(terminal.echoes)
      #expect(try world.client("phone", "sync").status == 0)
    }

    @Test func `Ctrl-C at the password prompt gives the terminal its echo back`() throws {
      let folder = try TemporaryFolder()
      let terminal = try PseudoTerminal(
        RealProgram.path("offprint"),
        ["--library", folder.file("l"), "login", "http://127.0.0.1:9", "--user", "ana"])
      try terminal.wait(for: "the question") { terminal.output.contains("Password of ana") && !terminal.echoes }
      terminal.type("\u{3}")
      #expect(try terminal.waitForEnd() == 130)
      #expect(terminal.echoes)
    }
  }
#endif
