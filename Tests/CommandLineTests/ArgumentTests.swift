import OffprintCommands
import Testing

/// A small program that has one of everything.
private let program = Program(
  name: "probe", version: "1.2.3", summary: "a program for tests.",
  options: [.value("library", "DIR", "the folder")] + Program.outputOptions,
  groups: [
    Program.Group(
      "Read",
      [
        Verb(
          "list", summary: "list things",
          options: [
            .flag("unread", "unread ones"), .flag("archived", "archived ones"), .value("limit", "N", "at most so many"),
            .value("sort", "HOW", choices: ["saved", "title"], "in which order"),
          ], exclusive: [["unread", "archived"]]),
        Verb("show", summary: "show a thing", positionals: [Positional("ID", "the thing")]),
        Verb(
          "progress", summary: "how far",
          positionals: [Positional("ID", "the thing"), Positional("FRACTION", .optional, "how far")],
          options: [.value("quote", "TEXT", "where")], exclusive: [["FRACTION", "quote"]]),
      ]),
    Program.Group(
      "Change",
      [
        Verb(
          "add", summary: "add a thing", positionals: [Positional("FILE", "the file")],
          options: [.list("tag", "T", "a tag")]),
        Verb(
          "tag", summary: "tag a thing",
          positionals: [Positional("ID", "the thing"), Positional("CHANGE", .some, "+tag or -tag")],
          takesDashedWords: true),
        Verb("bookmark", "add", summary: "add a bookmark"), Verb("bookmark", "list", summary: "list bookmarks"),
        Verb("refused", summary: "what was refused"),
        Verb("refused", "retry", summary: "try again", positionals: [Positional("R", "its number")]),
      ]),
  ])

private func run(_ words: String...) throws -> Arguments {
  guard case .run(let arguments) = try program.parse(words) else { throw UsageError("no verb to run") }
  return arguments
}

@Suite struct ArgumentTests {
  @Test func `options stand before and behind the verb and take their value either way`() throws {
    for words in [["--library", "d", "list", "--limit=3"], ["list", "--limit", "3", "--library=d"]] {
      guard case .run(let arguments) = try program.parse(words) else { throw UsageError("no verb") }
      #expect(arguments.value("library") == "d")
      #expect(try arguments.integer("limit", in: 1...Int.max) == 3)
      #expect(arguments.verb.name == "list")
    }
  }

  @Test func `after two dashes all is words`() throws {
    #expect(try run("show", "--", "--json").word("ID") == "--json")
    #expect(try run("add", "--", "-").word("FILE") == "-")
  }

  @Test func `a single dash is a word`() throws {
    #expect(try run("add", "-").word("FILE") == "-")
  }

  @Test func `tags to take off begin with a dash and are no options`() throws {
    let arguments = try run("tag", "abc", "+db", "-systems", "-q", "--json", "+x=y")
    #expect(arguments.words("CHANGE") == ["+db", "-systems", "-q", "+x=y"])
    #expect(arguments.has("json"))
    #expect(!arguments.has("quiet"))
  }

  @Test func `an option given several times keeps each value`() throws {
    #expect(try run("add", "f", "--tag", "a", "--tag=b", "--tag", "-c").values("tag") == ["a", "b", "-c"])
  }

  @Test func `a value may be empty and hold an equals sign`() throws {
    #expect(try run("progress", "x", "--quote=a=b").value("quote") == "a=b")
    #expect(try run("progress", "x", "--quote=").value("quote") == "")
    #expect(try run("progress", "x", "--quote", "").value("quote") == "")
  }

  @Test func `the longest path wins and a verb with parts stands alone too`() throws {
    #expect(try run("refused").verb.path == ["refused"])
    #expect(try run("refused", "retry", "3").verb.path == ["refused", "retry"])
  }

  @Test(
    arguments: [
      (["-h"], []), (["help"], []), (["--help"], []), (["list", "-h"], ["list"]), (["help", "list"], ["list"]),
      (["bookmark", "--help"], ["bookmark"]), (["help", "bookmark", "add"], ["bookmark", "add"]),
      (["show", "--help"], ["show"]),
    ] as [([String], [String])])
  func `help is found from everywhere`(words: [String], topic: [String]) throws {
    guard case .help(let path) = try program.parse(words) else { throw UsageError("no help") }
    #expect(path == topic)
  }

  @Test func `the version needs no verb`() throws {
    guard case .version = try program.parse(["--version"]) else { throw UsageError("no version") }
  }

  /// Every sentence that a wrong call can meet, word for word: they are part of the product.
  @Test(
    arguments: [
      ([], "a verb is missing. 'probe help' lists them."),
      (["lst"], "there is no verb 'lst'. Did you mean 'list'?"),
      (["sh"], "there is no verb 'sh'. Did you mean 'show'?"),
      (["frobnicate"], "there is no verb 'frobnicate'. 'probe help' lists them."),
      (["\u{1B}]0;x\u{7}"], "there is no verb '\\u{1b}]0;x\\u{7}'. 'probe help' lists them."),
      (["bookmark"], "'bookmark' needs one of: add, list. See 'probe bookmark --help'."),
      (["bookmark", "ad"], "there is no verb 'bookmark ad'. Did you mean 'bookmark add'?"),
      (["refused", "rety", "3"], "there is no verb 'refused rety'. Did you mean 'refused retry'?"),
      (["help", "lst"], "there is no verb 'lst'. Did you mean 'list'?"),
      (["list", "--jsn"], "'list' has no option '--jsn'. Did you mean '--json'?"),
      (["list", "--frobnicate"], "'list' has no option '--frobnicate'. See 'probe list --help'."),
      (["list", "-x"], "'list' has no option '-x'. See 'probe list --help'."),
      (["--frobnicate"], "probe has no option '--frobnicate'. See 'probe --help'."),
      (["list", "--limit"], "'--limit' needs a value: --limit N."),
      (
        ["list", "--limit", "--json"],
        "'--limit' needs a value: --limit N. If '--json' is it, write '--limit=--json'."
      ),
      (["list", "--limit", "1", "--limit", "2"], "'--limit' was given twice."),
      (["list", "--unread=1"], "'--unread' takes no value."),
      (["list", "--sort", "titel"], "'--sort' is one of saved, title, not 'titel'. Did you mean 'title'?"),
      (["list", "--sort=size"], "'--sort' is one of saved, title, not 'size'."),
      (["list", "--unread", "--archived"], "'--unread' and '--archived' exclude each other. Give one of them."),
      (["progress", "x", "0.4", "--quote", "y"], "FRACTION and '--quote' exclude each other. Give one of them."),
      (["show"], "'show' needs ID, the thing. See 'probe show --help'."),
      (["show", "a", "b"], "'show' takes ID and no more: 'b' is too much. See 'probe show --help'."),
      (["list", "a"], "'list' takes no words: 'a' is too much. See 'probe list --help'."),
      (["tag", "x"], "'tag' needs CHANGE, +tag or -tag. See 'probe tag --help'."),
    ] as [([String], String)])
  func `a wrong call is told what is wrong and what to do`(words: [String], sentence: String) {
    #expect(throws: UsageError(sentence)) { try program.parse(words) }
  }

  @Test(arguments: ["0", "-1", "x", "", "1.5", "99999999999999999999", "+3", "٣"])
  func `a limit is a whole number`(text: String) throws {
    let arguments = try run("list", "--limit=\(text)")
    #expect(throws: UsageError("'--limit' is a whole number of at least 1, not '\(text)'.")) {
      try arguments.integer("limit", in: 1...Int.max)
    }
  }

  @Test func `json is noticed in a wrong call, but not behind two dashes`() {
    #expect(program.asksForJSON(["lst", "--json"]))
    #expect(!program.asksForJSON(["lst", "--", "--json"]))
  }

  @Test func `nonsense of any kind is answered, never a crash`() {
    let pieces = [
      "list", "--", "-", "--=", "-=", "--limit", "--limit=", "tag", "+a", "-b", "bookmark", "help", "-h", "", "é",
      "--json", "refused",
    ]
    var state = UInt64(20_260_101)
    for _ in 0..<20_000 {
      var words: [String] = []
      for _ in 0..<5 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        words.append(pieces[Int(state >> 33) % pieces.count])
      }
      _ = try? program.parse(words)
    }
  }
}
