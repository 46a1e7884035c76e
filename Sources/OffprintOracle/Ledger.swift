/// A set of edits of one family, by their places in it.
struct EditSet: Sendable {
  private var words: [UInt64] = []

  func contains(_ place: Int) -> Bool {
    let word = place >> 6
    return word < words.count && words[word] & (1 << UInt64(place & 63)) != 0
  }

  mutating func insert(_ place: Int) {
    while words.count <= place >> 6 { words.append(0) }
    words[place >> 6] |= 1 << UInt64(place & 63)
  }

  mutating func formUnion(_ other: Self) {
    while words.count < other.words.count { words.append(0) }
    for index in other.words.indices { words[index] |= other.words[index] }
  }
}

extension Oracle {
  /// One person's library and its copy at the server.
  struct Account: Sendable {
    /// The family of all reading positions of the account.
    var positions: Int
    var server: Int?
    /// The article each address was first saved as, and articles said to be the same page as another.
    var pages: [ExactText: RecordKey] = [:]
    var linked: Set<ExactText> = []
  }

  struct RecordPlace: Hashable, Sendable {
    var account: Int
    var type: ExactText
    var id: ExactText
  }

  struct RecordInfo: Sendable {
    var account: Int
    var key: RecordKey
    var cells: [ExactText: Int] = [:]
    /// The cells in the order in which they were met.
    var order: [Int] = []
    /// The slot of the reading positions.
    var positions: Int?
  }

  /// A register of a record.
  struct Cell: Sendable {
    var record: Int
    var name: ExactText
    var slot: Int
  }

  /// What edits compete for: a register, or all reading positions of a record, which move to another register when a
  /// device changes its replica id.
  struct Slot: Sendable {
    var record: Int
    /// Edits of one family may have seen each other. Positions of a whole account are one family.
    var family: Int
    var isPosition: Bool
    var edits: [EditID] = []
    /// The edits that bear a stamp; more than one if two copies of a device made it.
    var stamps: [String: [EditID]] = [:]
  }

  /// What an edit's outcome is known to be.
  enum Standing: Sendable { case begun, committed, notDone, unknown, nobodys }

  /// One write of one register.
  struct Edit: Sendable {
    var cell: Int
    var author: String
    var time: Int64
    /// When its device had last met the server before it.
    var contact: Int64 = 0
    var expectation: Expectation
    var place: Int
    var ancestors: EditSet
    var outcome = Standing.begun
    /// All stamps it ever had, as first seen.
    var stamps: [String] = []
    /// How many replicas hold it now.
    var holders = 0
    var reachedServer = false
    /// What took its place on the last replica that held it.
    var supersededBy: EditID?
    var excuse: Excuse?
    var isJournalled = false
    /// How often a library was copied in which this edit was not known to be at the server.
    var copiedUnsent = 0
    /// Whether it had no stamp yet in a copy of its library.
    var wasCopiedUnstamped = false
    /// Whether its device may have been wrong about its age.
    var hadUncertainAge = false
    /// What the register held before.
    var before: Held?
    var beforeEdit: EditID?
    var action: Int?
    /// Whether its stamp may have been exchanged without being seen.
    var mayBeRestamped = false
    /// Whether the server removed it with a dead record.
    var wentWithRecord = false
    /// Whether its own author's device let it go with a dead record, while others may hold it still.
    var isForgottenByAuthor = false
    /// What took it, after it had gone with its record, from the last device that still knew of it.
    var forgottenBy: Excuse?
  }

  /// A register on a replica.
  struct CopyCell: Sendable {
    var held: Held
    var edit: EditID
    /// The greatest fixed stamp beneath an edit that waits for its own.
    var floor: String?
  }

  struct RecordCopy: Sendable {
    var cells: [Int: CopyCell] = [:]
  }

  struct Replica: Sendable {
    var name: String
    /// Dead records that this replica has let go of.
    var droppedDead: Set<Int> = []
    var account: Int
    var isServer: Bool
    var replicaID: String
    /// Whether this library is an unnoticed copy, or was put back unnoticed, and has not taken an id of its own since.
    var hasCopiedID = false
    var copies: [Int: RecordCopy] = [:]
    /// Edits made here by slot, the latest last: a stamp nobody knows yet must belong to one of them.
    var own: [Int: [EditID]] = [:]
    /// The greatest stamp given here, by slot.
    var given: [Int: ExactText] = [:]
    /// The latest edit by slot that must be read here.
    var mustRead: [Int: EditID] = [:]
    /// Edits made here that this device does not know to be at the server.
    var unanswered: Set<EditID> = []
    /// Edits whose stamps may be exchanged: after a new replica id, or a refusal for a wrong clock.
    var restampable: Set<EditID> = []
    /// Actions whose outcome is not known.
    var unsettled: [Int] = []
    /// What the server has acknowledged, by cell.
    var acknowledged: [Int: Held] = [:]
    /// Pushes during which the server crashed.
    var interrupted: [(push: PushID, mayBeRefused: Set<RecordKey>)] = []
    /// When it last met the server.
    var contact: Int64 = 0
    /// How wrong about the server's time it may ever have been.
    var worstTimeError: Int64 = 0
    /// What it knows of the server's time.
    var timeKnowledge = TimeKnowledge.anything
    /// Records that the brake holds, or the server refuses.
    var stuck: [Int: Excuse] = [:]
  }

  struct Push: Sendable {
    var device: Int
    var states: [(record: Int, state: State)]
    var edits: [EditID]
  }

  struct Backup: Sendable {
    var replica: Replica
  }

  /// Whether `one` was known to the author of `other`.
  func isAncestor(_ one: EditID, of other: EditID) -> Bool {
    one != other && slots[cells[edits[one].cell].slot].family == slots[cells[edits[other].cell].slot].family
      && edits[other].ancestors.contains(edits[one].place)
  }

  /// Writes down an edit.
  mutating func enter(
    cell: Int, author: String, time: Int64, _ expectation: Expectation, ancestors: EditSet
  ) -> EditID {
    let slot = cells[cell].slot
    let family = slots[slot].family
    edits.append(
      Edit(
        cell: cell, author: author, time: time, expectation: expectation, place: families[family],
        ancestors: ancestors))
    families[family] += 1
    slots[slot].edits.append(edits.count - 1)
    return edits.count - 1
  }
}
