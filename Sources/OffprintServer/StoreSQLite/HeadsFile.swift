import OffprintWire

/// The side file `heads.json`: how far each account's log had got, so that a database older than that is noticed.
///
/// A database put back by hand looks sound to SQLite. Clients that were further would take numbers for known that mean something
/// else now; so the server forks such a log at its start, as `offprintd restore` does. The file may lag behind, never run ahead: it is
/// written only from heads that were committed.
struct HeadsFile {
  /// The account's log and its head.
  struct Entry: Equatable {
    var log: RecordID
    var head: Int64
  }

  var entries: [RecordID: Entry] = [:]

  /// The greatest file read: 64 MiB are half a million accounts.
  static let bytesMax = 67_108_864

  init() {}

  /// Reads the file; nil if there is none.
  /// - Throws: ``StoreError/damaged(_:)``.
  init?(in folder: DataFolder) throws(StoreError) {
    let path = folder.heads
    guard let bytes = try folder.read(path, bytesMax: Self.bytesMax) else { return nil }
    guard let json = try? JSONValue(parsing: bytes), let accounts = json["accounts"]?.members else {
      throw .damaged("\(path) cannot be read")
    }
    for member in accounts {
      guard let account = RecordID(member.name), let log = member.value["log"]?.string.flatMap({ RecordID($0) }),
        let head = member.value["head"]?.integer
      else { throw .damaged("\(path) cannot be read") }
      entries[account] = Entry(log: log, head: head)
    }
  }

  /// Writes the file, replacing the old one.
  func write(to folder: DataFolder) throws(StoreError) {
    let accounts = entries.map { account, entry in
      JSONValue.Member(
        account.description,
        .members(("log", .string(entry.log.description)), ("head", .integer(entry.head))))
    }
    try folder.replace(folder.heads, with: JSONValue.members(("accounts", .object(accounts))).canonicalBytes + [0x0A])
  }

  /// Whether a log in the database is older than it was when this was written.
  func isAhead(of position: LogPosition) -> Bool {
    guard let entry = entries[position.account] else { return false }
    if entry.log == position.log { return position.head < entry.head }
    // A log this one grew out of: the file is from before the fork.
    return !position.ancestry.contains { $0.log == entry.log }
  }
}
