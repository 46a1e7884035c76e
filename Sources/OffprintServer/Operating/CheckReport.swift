/// What a check of the server's data came to.
package struct CheckReport: Sendable {
  /// One thing found.
  package struct Finding: Sendable, Hashable {
    /// What it is about.
    package enum Kind: String, Sendable, CaseIterable {
      /// The file's own structure, as SQLite sees it.
      case structure
      /// A row that names another one that is not there.
      case reference
      /// An account's log: head, floor, forks.
      case log
      /// A record whose bytes are not what was stored, or whose columns say other than its registers.
      case record
      /// The sums by which devices compare.
      case digest
      /// A text or image whose bytes do not give its hash.
      case content
      /// The side file beside the database.
      case heads
    }

    /// What it is about.
    package var kind: Kind
    /// Whether something is wrong; else it is merely worth knowing.
    package var isDamage: Bool
    /// What was found, in a sentence without a final dot; names ids and hashes, never what people read.
    package var text: String
  }

  /// What was found, at most ``findingsMax`` of them.
  package private(set) var findings: [Finding] = []
  /// How many were damage, also those beyond that number.
  package private(set) var damageCount = 0
  /// Accounts looked at.
  package var accounts = 0
  /// Records, dead ones too.
  package var records = 0
  /// Records that live.
  package var liveRecords = 0
  /// Texts and images.
  package var contents = 0
  /// Their bytes before compression.
  package var contentBytes: Int64 = 0
  /// Contents that records name and nobody has stored yet: shown as pending.
  package var pendingContents = 0
  /// Contents that no account holds.
  package var unownedContents = 0

  /// Findings that are kept.
  package static let findingsMax = 100

  init() {}

  /// Whether nothing is wrong.
  package var isSound: Bool { damageCount == 0 }

  mutating func damage(_ kind: Finding.Kind, _ text: String) { add(Finding(kind: kind, isDamage: true, text: text)) }

  mutating func note(_ kind: Finding.Kind, _ text: String) { add(Finding(kind: kind, isDamage: false, text: text)) }

  private mutating func add(_ finding: Finding) {
    if finding.isDamage { damageCount += 1 }
    if findings.count < Self.findingsMax { findings.append(finding) }
  }
}
