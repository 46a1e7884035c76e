/// The program `offprint`: its table of verbs, and what each runs.
package enum ClientProgram {
  private static let id = Positional("ID", "the article's id, or its beginning")
  private static let discard = Option.flag(
    "discard-unsent", "give up edits the server has not got; they are kept in a file")

  /// The table that parsing and help come from.
  package static let program = Program(
    name: "offprint", version: "0.1.0", summary: "a reading list that works offline and syncs",
    options: [.value("library", "DIR", "the library's folder; else $OFFPRINT_LIBRARY, else the data folder")]
      + Program.outputOptions,
    groups: [
      Program.Group(
        "Read",
        [
          Verb(
            "list", summary: "list articles, newest first",
            options: [
              .flag("unread", "not begun"), .flag("in-progress", "begun and not finished"),
              .flag("archived", "put away"),
              .flag("favourite", "marked"), .flag("deleted", "deleted, still to be had back"),
              .value("tag", "T", "only with this tag"), .flag("all", "all that are not deleted"),
              .value("sort", "ORDER", choices: ["saved", "title", "progress"], "the order"),
              .value("limit", "N", "at most N"),
            ], exclusive: [["unread", "in-progress", "archived", "favourite", "deleted", "all"]],
            examples: [.init("list --unread --limit 10", "what waits"), .init("list --json", "one object a line")]),
          Verb(
            "show", summary: "show an article",
            positionals: [id],
            options: [
              .value("format", "FORMAT", choices: ["text", "html", "json"], "the form"),
              .value("pictures", "DIR", "with html: write its pictures there, and name them so"),
            ],
            examples: [
              .init("show 3f2a", "with its bookmarks and text"),
              .init("show 3f2a --format html --pictures boats > boats.html", "a page that needs no network"),
            ]),
          Verb(
            "read", summary: "read in the terminal, from where you were on any device",
            positionals: [id], details: ["Piped, it prints the text and records nothing."],
            examples: [.init("read 3f2a", "space: on, b: back, q: stop")]),
          Verb(
            "resume", summary: "go on with the article read last",
            examples: [.init("resume", "where you stopped, on whatever device")]),
          Verb("tags", summary: "list tags with their counts", examples: [.init("tags", "")]),
        ]),
      Program.Group(
        "Collect and change",
        [
          Verb(
            "add", summary: "save a page or a file",
            positionals: [Positional("SOURCE", "a URL, a text or HTML file, or - for standard input")],
            options: [
              .value("url", "URL", "the address the file came from"), .value("title", "T", "your own title"),
              .list("tag", "T", "a tag; may be given again"),
            ],
            examples: [
              .init("add https://example.org/page --tag later", "fetched by the server after a sync"),
              .init("add page.html --url https://example.org/page", "a saved page"),
            ]),
          Verb(
            "fetch", summary: "have the server fetch the page, also once more", positionals: [id],
            details: ["The text that is there stays until there is another."],
            examples: [.init("fetch 3f2a", "with the next sync")]),
          Verb(
            "extract", summary: "print the article of a page or text, without saving it",
            positionals: [Positional("FILE", .many, "a text or HTML file, or - for standard input")],
            options: [
              .value("url", "URL", "the address the file came from"),
              .value(
                "format", "FORMAT", choices: ["text", "html", "markdown", "json"], "the form; text without captions"),
              .value("from", "LIST", "a list of files: one a line, behind a tab its address"),
              .value("output", "DIR", "write a file for each into that folder"),
            ],
            details: [
              "Needs no library and no network. A file that cannot be read is reported, the others are extracted."
            ],
            json: [
              .init("file", "as it was named"), .init("title, dek, byline, siteName", "null where the page says none"),
              .init("publishedTime", "a day, or a moment with its zone"), .init("lang, dir", "de-AT; rtl or ltr"),
              .init("excerpt", "what the page says it is about, else how it begins"),
              .init("leadImage, leadCaption", "the picture it is shown by elsewhere, and what is said of it"),
              .init("canonical", "its own idea of its address"), .init("words", "how many the body has"),
              .init("doubt", "why it may be no article; else null"), .init("truncated", "whether its end was cut"),
              .init("text, html", "the body"),
            ],
            examples: [
              .init("extract page.html --format markdown", "the article alone"),
              .init("extract --from pages.tsv --format json", "one object a line"),
            ]),
          Verb(
            "progress", summary: "show or set how far an article is read",
            positionals: [id, Positional("FRACTION", .optional, "0.4 or 40%")],
            options: [
              .value("quote", "TEXT", "the place where this text stands"), .flag("restart", "read it again from here"),
            ],
            examples: [.init("progress 3f2a 40%", "set it"), .init("progress 3f2a --restart", "begin anew")]),
          Verb(
            "bookmark", "add", summary: "mark a passage", positionals: [id],
            options: [
              .value("quote", "TEXT", "the passage as it stands in the text"), .value("at", "FRACTION", "a place"),
              .value("note", "N", "a note"), .value("colour", "C", "a colour"),
            ], exclusive: [["quote", "at"]],
            examples: [.init("bookmark add 3f2a --quote 'all agree' --note 'who?'", "with a note")]),
          Verb(
            "bookmark", "list", summary: "list bookmarks",
            positionals: [Positional("ID", .optional, "of this article only")],
            examples: [.init("bookmark list", "of all articles")]),
          Verb(
            "bookmark", "edit", summary: "change a bookmark",
            positionals: [Positional("BOOKMARK", "the bookmark's id, or its beginning")],
            options: [
              .value("note", "N", "the note; empty clears it"), .value("colour", "C", "the colour; empty clears it"),
            ],
            examples: [.init("bookmark edit 01a2 --note ''", "without a note")]),
          Verb(
            "bookmark", "remove", summary: "remove a bookmark",
            positionals: [Positional("BOOKMARK", "the bookmark's id, or its beginning")],
            examples: [.init("bookmark remove 01a2", "")]),
          Verb(
            "edit", summary: "change title or byline", positionals: [id],
            options: [
              .value("title", "T", "your title; empty shows the found one"), .value("byline", "B", "who wrote it"),
            ],
            examples: [.init("edit 3f2a --title 'On paper boats'", "")]),
          Verb(
            "tag", summary: "add and remove tags",
            positionals: [id, Positional("CHANGE", .some, "+TAG adds, -TAG removes")], takesDashedWords: true,
            examples: [.init("tag 3f2a +sea -later", "")]),
          Verb("archive", summary: "put an article away", positionals: [id], examples: [.init("archive 3f2a", "")]),
          Verb("unarchive", summary: "take it out again", positionals: [id], examples: [.init("unarchive 3f2a", "")]),
          Verb("favourite", summary: "mark an article", positionals: [id], examples: [.init("favourite 3f2a", "")]),
          Verb("unfavourite", summary: "unmark it", positionals: [id], examples: [.init("unfavourite 3f2a", "")]),
          Verb("delete", summary: "delete an article", positionals: [id], examples: [.init("delete 3f2a", "")]),
          Verb(
            "undelete", summary: "bring it back with its bookmarks", positionals: [id],
            examples: [.init("undelete 3f2a", "")]),
        ]),
      Program.Group(
        "Sync",
        [
          Verb(
            "login", summary: "sign this library in",
            positionals: [Positional("URL", "the server's address, or the link of a pairing code")],
            options: [
              .value("user", "NAME", "who"), .value("code", "CODE", "a pairing code, in place of user and password"),
              .flag("password-stdin", "read the password from standard input"),
              .value("device", "NAME", "what to call this device"),
              .flag("claim", "after a repair that could not read whose the library is: all of it is this user's"),
            ],
            examples: [
              .init("login https://read.example.org --user ana --device phone", "asks for the password"),
              .init("login https://read.example.org --code 7KQM-2F9D-XW3T --device phone", "with a pairing code"),
            ]),
          Verb("logout", summary: "sign out; the library stays", options: [discard], examples: [.init("logout", "")]),
          Verb(
            "reset", summary: "throw the copy away and read everything anew", options: [discard],
            examples: [.init("reset", "")]),
          Verb(
            "sync", summary: "send edits, get changes",
            options: [
              .flag("full", "read everything again, offer every text"),
              .flag("allow-deletes", "let this sync remove as many articles as the server says"),
            ], examples: [.init("sync", ""), .init("sync --json", "progress and a summary as JSON lines")]),
          Verb(
            "verify", summary: "check every record and text, and compare with the server",
            examples: [.init("verify", "")]),
          Verb("status", summary: "what is unsent, refused, when the last sync was", examples: [.init("status", "")]),
        ]),
      Program.Group(
        "Care",
        [
          Verb(
            "conflicts", summary: "show what other devices replaced; restore it",
            positionals: [
              Positional("ACTION", .optional, "restore"), Positional("NUMBER", .optional, "the entry's number"),
            ], examples: [.init("conflicts", ""), .init("conflicts restore 3", "as a new edit")]),
          Verb(
            "refused", summary: "show what the server refused; retry or discard it",
            positionals: [
              Positional("ACTION", .optional, "retry or discard"),
              Positional("NUMBER", .optional, "the entry's number"),
            ], examples: [.init("refused", ""), .init("refused discard 3", "")]),
          Verb(
            "repair", summary: "make a damaged library usable again", options: [discard],
            details: [
              "Keeps the damaged files in a folder of their own, writes unsent edits to a file and carries over what can be"
                + " read. The next sync fetches the rest."
            ], examples: [.init("repair", "then `offprint sync`")]),
          Verb(
            "export", summary: "write all live records in canonical order",
            options: [.value("format", "FORMAT", choices: ["ndjson"], "the form")],
            examples: [.init("export --format ndjson > library.ndjson", "")]),
        ]),
    ])

  /// Runs the verb of a call.
  static func run(_ session: Session) async throws {
    switch session.arguments.verb.name {
    case "list": try await session.list()
    case "show": try await session.show()
    case "read": try await session.read()
    case "resume": try await session.resume()
    case "tags": try await session.tags()
    case "add": try await session.add()
    case "fetch": try await session.fetch()
    case "extract": try session.extract()
    case "progress": try await session.progress()
    case "bookmark add": try await session.addBookmark()
    case "bookmark list": try await session.listBookmarks()
    case "bookmark edit": try await session.editBookmark()
    case "bookmark remove": try await session.removeBookmark()
    case "edit": try await session.edit()
    case "tag": try await session.tag()
    case "archive": try await session.change("archived") { try await $0.setArchived($1, true) }
    case "unarchive": try await session.change("unarchived") { try await $0.setArchived($1, false) }
    case "favourite": try await session.change("marked") { try await $0.setFavourite($1, true) }
    case "unfavourite": try await session.change("unmarked") { try await $0.setFavourite($1, false) }
    case "delete": try await session.delete()
    case "undelete": try await session.change("brought back") { try await $0.undelete($1) }
    case "login": try await session.login()
    case "logout": try await session.logout()
    case "reset": try await session.reset()
    case "sync": try await session.sync()
    case "verify": try await session.verify()
    case "status": try await session.status()
    case "conflicts": try await session.conflicts()
    case "refused": try await session.refused()
    case "repair": try await session.repair()
    case "export": try await session.export()
    default: throw UsageError("there is no verb \(session.arguments.verb.name).")
    }
  }
}
