import Foundation
import OffprintCommands
import OffprintProcesses
import OffprintTesting
import OffprintWire
import Testing

/// Pairing codes and questions on a terminal, as real processes.
@Suite(.serialized) struct PairingProcessTests {
  @Test func `a code from one process signs a device in at the server of another, once`() throws {
    let world = try RealWorld()
    let made = try #require(try world.daemonJSON("device", "pair", "ana").first)
    let link = try #require(made["link"]?.string)
    #expect(link == "\(world.url)/#code=\(made["code"]?.string ?? "")")
    let signedIn = try world.client("phone", "login", link, "--device", "phone")
    #expect(signedIn.status == 0 && signedIn.output.contains("as ana, this device is phone"), "\(signedIn)")
    let again = try world.client("tablet", "login", link)
    #expect(again.status == 12 && again.errors.contains("pairing code"), "\(again)")
    #expect(try world.client("phone", "sync").status == 0)
    let code = try #require(try world.daemonJSON("device", "pair", "ana").first?["code"]?.string)
    #expect(try world.client("tablet", "login", world.url, "--code", code.lowercased()).status == 0)
    let both = try world.client("more", "login", world.url, "--code", code, "--user", "ana")
    #expect(both.status == 64)
  }

  @Test func `without a server and an address there is a code all the same`() throws {
    let world = try RealWorld(starts: false)
    let plain = try world.daemon("device", "pair", "ana")
    #expect(plain.status == 0 && plain.output.split(separator: "\n").count == 1 && plain.errors.contains("--url"))
    let made = try world.daemon("device", "pair", "ana", "--url", "https://read.example.org/offprint", "--qr")
    #expect(made.output.contains("https://read.example.org/offprint/#code="))
    #expect(made.output.contains("\u{2588}"))
  }

  @Test func `a QR code has its three corners, its light edge, and grows with its text`() throws {
    let code = try #require(QRCode("https://read.example.org/#code=7KQM-2F9D-XW3T"))
    let corner = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for (row, column) in [(0, 0), (0, code.width - 7), (code.width - 7, 0)] {
      for (y, line) in corner.enumerated() {
        for (x, character) in line.enumerated() { #expect(code.isDark(row + y, column + x) == (character == "1")) }
      }
    }
    #expect(!code.isDark(-1, 3) && !code.isDark(code.width, 3))
    let lines = code.lines(isColored: false)
    #expect(lines.allSatisfy { $0.count == code.width + 8 } && lines.count == (code.width + 9) / 2)
    #expect(Set(lines.prefix(2).joined()) == ["\u{2588}"], "the edge is light, and light is what is drawn")
    let larger = try #require(QRCode(String(repeating: "https://read.example.org/", count: 12)))
    #expect(larger.width > code.width)
    #expect(QRCode(String(repeating: "a", count: 10_000)) == nil && QRCode("") == nil && QRCode("a\u{0}") == nil)
  }

  @Test(arguments: [
    ("https://a.example/#code=7KQM-2F9D-XW3T", "https://a.example/", "7KQM-2F9D-XW3T"),
    ("http://127.0.0.1:8787/x/#code=a", "http://127.0.0.1:8787/x/", "a"),
  ])
  func `a link is taken apart as it was put together`(text: String, server: String, code: String) throws {
    let link = try #require(PairingLink(text))
    #expect(link.server == server && link.code == code && link.text == text)
  }

  @Test(arguments: ["https://a.example", "https://a.example/#code=", "https://a.example/#cod=7"])
  func `an address without a code is no link`(text: String) { #expect(PairingLink(text) == nil) }

  #if os(Linux)
    private func terminal(_ world: RealWorld, _ words: String...) throws -> PseudoTerminal {
      try PseudoTerminal(
        RealProgram.path("offprintd"), words + ["--data", world.folder.file("server")], columns: 120, rows: 50)
    }

    @Test func `a new password is asked for twice, unseen, and two that differ change nothing`() throws {
      let world = try RealWorld(starts: false)
      let differs = try terminal(world, "user", "password", "ana")
      try differs.wait(for: "the question") { differs.output.contains("Password of ana") && !differs.echoes }
      differs.type("one password\n")
      try differs.wait(for: "the second question") { differs.output.contains("Once more") && !differs.echoes }
      differs.type("another one\n")
      #expect(try differs.waitForEnd() == 64)
      let same = try terminal(world, "user", "password", "ana")
      for question in ["Password of ana", "Once more"] {
        try same.wait(for: question) { same.output.contains(question) && !same.echoes }
        same.type("one password\n")
      }
      #expect(try same.waitForEnd() == 0)
      #expect(!same.output.contains("one password") && same.echoes)
    }

    @Test func `a removal asks for the user's name, and another answer removes nothing`() throws {
      let world = try RealWorld(starts: false)
      let kept = try terminal(world, "user", "remove", "ana")
      try kept.wait(for: "the question") { kept.output.contains("Type the user's name") }
      #expect(kept.output.contains("removes ana for good: 0 records"))
      kept.type("yes\n")
      #expect(try kept.waitForEnd() == 15)
      #expect(try world.daemonJSON("user", "list").count == 1)
      let removed = try terminal(world, "user", "remove", "ana")
      try removed.wait(for: "the question") { removed.output.contains("Type the user's name") }
      removed.type("ana\n")
      #expect(try removed.waitForEnd() == 0)
      #expect(try world.daemonJSON("user", "list").isEmpty)
    }

    @Test func `on a terminal a code is shown with its picture, drawn for dark and light grounds alike`() throws {
      let world = try RealWorld(starts: false)
      let shown = try terminal(
        world, "device", "pair", "ana", "--url", "https://read.example.org", "--color", "always")
      #expect(try shown.waitForEnd() == 0)
      try shown.wait(for: "the link") { shown.output.contains("https://read.example.org/#code=") }
      #expect(
        shown.output.contains("\u{1B}[30;107m") && shown.output.contains("signs one device of ana in, for 10 minutes"))
    }
  #endif
}
