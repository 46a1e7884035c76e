import OffprintCrypto
import OffprintSQLite
import OffprintServer
import OffprintWire

/// Fetching as a test decides it: nothing is connected to.
extension SimulatedServer {
  /// Takes every fetch that is due, and notes what comes of it.
  /// - Returns: how many there were.
  @discardableResult
  package func answerFetches(_ outcome: (_ url: String) -> FetchOutcome) throws -> Int {
    let core = try core()
    var count = 0
    while let job = try core.takeFetch(after: nil, leaving: { _ in false }) {
      try core.finishFetch(job, outcome(job.wish.url))
      count += 1
    }
    return count
  }

  /// Loses every text and picture, as no program of ours would.
  package func forgetContents() throws {
    stop()
    let connection = try Connection(path: folder + "/offprintd.sqlite", role: .writer(create: false))
    try connection.run("DELETE FROM content", [])
    try connection.run("DELETE FROM content_owner", [])
    connection.close()
    try start()
  }

  /// Whether the account of that name has stored a content.
  package func holdsContent(_ hash: String, user: String = "ana") throws -> Bool {
    guard let bytes = Hex.decode(hash), let store = openStore else { return false }
    return try store.read { reader in
      guard let account = try reader.account(named: user) else { return false }
      return try reader.contentSize(bytes, of: account.id) != nil
    }
  }
}
