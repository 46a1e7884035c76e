extension Oracle {
  /// What must hold, by the names of the reliability plan (I, G), the promises of the design (P) and its merge (M).
  package enum Invariant: String, Sendable, CaseIterable {
    /// A fixed stamp never goes down and is never exchanged.
    case stampNeverFalls = "I2"
    /// A stamp tells when its edit was made as well as its device could know.
    case stampTellsTime = "TIME-3"
    /// A library that meets a stamp of its own id, greater than all it gave, goes on under another.
    case foreignStampIsNoticed = "STAMP-7"
    /// A device reads what was written on it.
    case readsOwnEdits = "I5"
    /// Nothing of one account is in another.
    case accountsApart = "I6"
    /// After a crash all that was done is there, nothing that was not, and the uncertain whole or not at all.
    case restartKeepsDone = "I10"
    /// Every value was written by somebody.
    case valueHasAuthor = "I11"
    /// When edits have stopped and all have synced, all hold the same.
    case allEndEqual = "G1"
    /// What the server acknowledged it holds.
    case acknowledgedIsKept = "G2"
    /// No edit is lost: every bookmark is there, or somebody removed it.
    case nothingIsLost = "G5"
    /// An edit that was not sent yet outlives everything.
    case unsentIsKept = "G8"
    /// A backup holds what was there when it was made.
    case backupIsWhole = "G28"
    /// Whoever has seen a value beats it.
    case informedWins = "M1"
    /// What was deleted stays deleted unless somebody brings it back who knew, or who saved without knowing.
    case deletedStaysDeleted = "M2"
    /// Of edits that did not know of each other the one with the greater stamp stays.
    case greatestStays = "M3"
    /// The reading position never jumps back by itself.
    case positionNeverJumpsBack = "P4"
    /// No position that nobody has seen is hidden behind a lesser one.
    case furthestIsShown = "P4-furthest"
    /// A position names all that its writer had seen, and stands under its writer's name.
    case positionNamesSeen = "PROG-7"
    /// The same page saved twice is one article.
    case onePageOneArticle = "P5"
    /// The simulator called the oracle wrongly.
    case misuse = "MISUSE"
  }

  /// Something that must hold and does not.
  package struct Violation: Sendable, CustomStringConvertible {
    /// Which rule.
    package var invariant: Invariant
    /// Why, in one line.
    package var reason: String
    /// Where it was seen.
    package var replica: String?
    /// The record.
    package var key: RecordKey?
    /// The register.
    package var register: String?
    /// What should be there, a line each.
    package var expected: [String]
    /// What is.
    package var actual: [String]
    /// The edits it is about.
    package var edits: [EditID]

    /// `G5 reason` with where and what.
    package var description: String {
      let place = [replica, key.map(\.description), register].compactMap { $0 }.joined(separator: " ")
      return "\(invariant.rawValue) \(reason) [\(place)] expected: \(expected.joined(separator: "; "))"
        + " actual: \(actual.joined(separator: "; "))"
    }
  }

  mutating func report(
    _ invariant: Invariant, _ reason: String, replica: String? = nil, cell: Int? = nil, record: Int? = nil,
    expected: [String] = [], actual: [String] = [], edits: [EditID] = []
  ) {
    let place = cell.map { cells[$0].record } ?? record
    violations.append(
      Violation(
        invariant: invariant, reason: reason, replica: replica, key: place.map { records[$0].key },
        register: cell.map { cells[$0].name.text }, expected: expected, actual: actual, edits: edits))
  }
}
