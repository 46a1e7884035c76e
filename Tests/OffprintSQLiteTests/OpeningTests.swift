import Foundation
import OffprintSQLite
import Testing

@Suite(.serialized) struct `Opening` {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test(arguments: [0o022, 0o000, 0o777, 0o277] as [mode_t])
  func `a new database is its owner's alone, whatever the umask`(mask: mode_t) throws {
    let before = umask(mask)
    defer { umask(before) }
    let connection = try folder.writer()
    try connection.run("CREATE TABLE t (x)")
    #expect(try folder.names == ["a.sqlite", "a.sqlite-shm", "a.sqlite-wal"])
    for name in try folder.names { #expect(try folder.mode(name) == 0o600, "\(name)") }
  }

  @Test func `an old database keeps its mode`() throws {
    try folder.writer().close()
    #expect(chmod(folder.file("a.sqlite"), 0o640) == 0)
    let connection = try folder.writer()
    try connection.run("CREATE TABLE t (x)")
    #expect(try folder.mode("a.sqlite") == 0o640)
    #expect(try folder.mode("a.sqlite-wal") == 0o640)
  }

  @Test(arguments: [":memory:", "file:x?mode=memory", "file:a%2fb", "a?mode=ro", "a#b", "%41", "e\u{301}", "-x", "..."])
  func `a name is a name, not an address`(name: String) throws {
    let connection = try folder.writer(name)
    try connection.script("CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)")
    connection.close()
    #expect(try folder.names.map { Array($0.utf8) } == [Array(name.utf8)])
    #expect(try folder.reader(name).first("SELECT x FROM t") { try $0.int(0) } == 1)
  }

  @Test func `a relative name that looks like an address is a file in the working directory`() throws {
    let before = FileManager.default.currentDirectoryPath
    #expect(FileManager.default.changeCurrentDirectoryPath(folder.path))
    defer { _ = FileManager.default.changeCurrentDirectoryPath(before) }
    for name in ["file:y?mode=memory", ":memory:"] {
      let connection = try Connection(path: name, role: .writer(create: true))
      #expect(connection.path == folder.file(name))
      connection.close()
    }
    #expect(try folder.names == [":memory:", "file:y?mode=memory"])
  }

  @Test func `without being asked no file is made`() throws {
    #expect(kind { _ = try Connection(path: folder.file("a"), role: .writer(create: false)) } == .cannotOpen)
    #expect(kind { _ = try Connection(path: folder.file("a"), role: .reader) } == .cannotOpen)
    #expect(kind { _ = try Connection(path: folder.file("no/a"), role: .writer(create: true)) } == .cannotOpen)
    #expect(try folder.names == [])
  }

  @Test(arguments: ["", "\u{0}", "a\u{0}b"])
  func `a path that C cannot hold is refused`(path: String) {
    #expect(kind { _ = try Connection(path: path, role: .writer(create: true)) } == .cannotOpen)
    #expect(kind { _ = try folder.writer("a\u{0}b") } == .cannotOpen)
  }

  @Test(arguments: [Connection.Role.writer(create: true), .writer(create: false), .reader])
  func `a directory or a pipe is refused at once`(role: Connection.Role) throws {
    #expect(mkdir(folder.file("d"), 0o700) == 0)
    #expect(mkfifo(folder.file("p"), 0o600) == 0)
    for name in ["d", "d/", "p", ".", "d/.."] {
      #expect(kind { _ = try Connection(path: folder.file(name), role: role) } == .cannotOpen, "\(name)")
    }
  }

  @Test func `a writer follows no link, a reader does`() throws {
    try folder.writer("real").close()
    #expect(symlink(folder.file("real"), folder.file("link")) == 0)
    #expect(symlink(folder.file("nowhere"), folder.file("dangling")) == 0)
    #expect(kind { _ = try folder.writer("link") } == .cannotOpen)
    #expect(kind { _ = try folder.writer("dangling") } == .cannotOpen)
    #expect(try !folder.names.contains("nowhere"))
    _ = try folder.reader("link")
  }

  @Test func `a link in the directory is no obstacle`() throws {
    #expect(mkdir(folder.file("d"), 0o700) == 0)
    #expect(symlink(folder.file("d"), folder.file("l")) == 0)
    let connection = try folder.writer("l/a")
    #expect(connection.path == folder.file("d/a"))
  }

  @Test func `a VFS can be named, and one that is not there is an error`() throws {
    let connection = try Connection(path: folder.file("a"), role: .writer(create: true), vfs: "unix-excl")
    try connection.run("CREATE TABLE t (x)")
    // This one keeps the index of the log in memory.
    #expect(try folder.names == ["a", "a-wal"])
    #expect(kind { _ = try Connection(path: folder.file("b"), role: .reader, vfs: "none-such") } == .other)
  }

  @Test func `a reader leaves the write-ahead log alone when it closes`() throws {
    let writer = try folder.writer()
    try writer.run("CREATE TABLE t (x)")
    let before = try folder.bytes("a.sqlite-wal")
    #expect(!before.isEmpty)
    let copy = try Folder()
    for name in ["a.sqlite", "a.sqlite-wal"] { try copy.write(folder.bytes(name), name) }
    do {
      let reader = try copy.reader()
      #expect(try reader.query("SELECT x FROM t") { try $0.int(0) } == [])
      #expect(kind { _ = try reader.checkpoint() } == .readOnly)
      reader.close()
    }
    #expect(try copy.bytes("a.sqlite-wal") == before)
    #expect(try copy.bytes("a.sqlite") == folder.bytes("a.sqlite"))
  }

  @Test func `a writer that checkpoints by hand does not do so when it closes`() throws {
    let manual = try Connection(path: folder.file("m"), role: .writer(create: true), checkpointing: .manual)
    try manual.script("CREATE TABLE t (x BLOB)")
    for _ in 0..<20 { try manual.run("INSERT INTO t VALUES (zeroblob(1000000))") }
    manual.close()
    #expect(try folder.bytes("m-wal").count > 20_000_000)
    let again = try Connection(path: folder.file("m"), role: .writer(create: false), checkpointing: .manual)
    #expect(try again.checkpoint(.truncate))
    #expect(try folder.bytes("m-wal").isEmpty)
    #expect(try again.first("SELECT count(*) FROM t") { try $0.int(0) } == 20)

    let automatic = try folder.writer()
    try automatic.script("CREATE TABLE t (x)")
    automatic.close()
    #expect(try folder.names.filter { $0.hasPrefix("a.") } == ["a.sqlite"])
  }
}
