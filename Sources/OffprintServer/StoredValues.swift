import OffprintWire

/// A person's account.
package struct Account: Sendable, Hashable {
  /// 128 random bits.
  package var id: RecordID
  /// The name to sign in with.
  package var name: String
  /// argon2id in libsodium's own text form.
  package var passwordHash: String
  /// When it was made, in milliseconds since 1970.
  package var created: Int64
  /// Since when nobody may sign in or use it; nil while they may.
  package var disabled: Int64?
  /// When its removal began, which has not ended yet; nil if nobody wants it removed.
  package var removing: Int64?
  /// What it has in place of the server's quota.
  package var quota = OwnQuota()
  /// What it takes.
  package var usage = AccountUsage()
  /// Its live records.
  package var liveRecords: Int64 = 0

  /// An account of these parts, enabled and empty.
  package init(id: RecordID, name: String, passwordHash: String, created: Int64) {
    self.id = id
    self.name = name
    self.passwordHash = passwordHash
    self.created = created
  }
}

/// A device: what a token belongs to.
package struct Device: Sendable, Hashable {
  /// 128 random bits.
  package var id: RecordID
  /// Its account.
  package var account: RecordID
  /// The name its owner gave it.
  package var name: String
  /// When it signed in, in milliseconds since 1970.
  package var created: Int64
  /// When it was last heard of, to the minute; nil if never since it signed in.
  package var lastSeen: Int64?
  /// When it was revoked; nil if it was not.
  package var revoked: Int64?
  /// The number up to which it was last given its account's log; nil if never.
  package var number: Int64?
  /// Whether its account is disabled.
  package var isDisabled = false

  /// A device of these parts.
  package init(
    id: RecordID, account: RecordID, name: String, created: Int64, lastSeen: Int64? = nil, revoked: Int64? = nil
  ) {
    self.id = id
    self.account = account
    self.name = name
    self.created = created
    self.lastSeen = lastSeen
    self.revoked = revoked
  }
}

/// Where an account's log stands, with what is kept beside it in the same transaction.
package struct AccountLog: Sendable, Hashable {
  /// Log id, head, floor, ancestry.
  package var position: LogPosition
  /// Count and sum of the live records at the head.
  package var digest: Digest
  /// The greatest milliseconds of any stamp ever accepted; 0 if there was none.
  package var greatestAccepted: Int64
  /// Whom the server writes as in this log.
  package var replica: ReplicaID
  /// What the account takes.
  package var usage: AccountUsage
  /// What it has in place of the server's quota.
  package var quota: OwnQuota

  /// A state of these parts.
  package init(
    position: LogPosition, digest: Digest, greatestAccepted: Int64, replica: ReplicaID,
    usage: AccountUsage = AccountUsage(), quota: OwnQuota = OwnQuota()
  ) {
    self.position = position
    self.digest = digest
    self.greatestAccepted = greatestAccepted
    self.replica = replica
    self.usage = usage
    self.quota = quota
  }
}

/// A record as stored: once, at the number of its latest change.
package struct StoredRecord: Sendable, Hashable {
  /// The joined state.
  package var record: Record
  /// The number it took with that state.
  package var number: Int64
  /// The state hash.
  package var hash: UInt64
  /// The server's clock when it took that number, in milliseconds since 1970; of a record that was set aside, when that was
  /// noted, and ``notNoted`` until then.
  package var since: Int64
  /// In place of ``since``: set aside, at a time that no purge has noted yet.
  package static let notNoted: Int64 = -1
  /// What it counts for in the account's usage, in bytes.
  package var size: Int64
  /// Set if the bytes on the disk no longer give the hash: the registers are not known, and whether it is live is what
  /// was stored beside them. Such a record is given to nobody, and taken out of the digest, so that clients offer theirs.
  package var damage: Damage?

  /// What is known of a damaged record.
  package struct Damage: Sendable, Hashable {
    /// Whether it was live.
    package var isLive: Bool
    /// Whether its type and id are lost too: then its key stands for nothing.
    package var isKeyLost = false
  }

  /// Whether it counts as live.
  package var isLive: Bool { damage?.isLive ?? record.isLive }

  /// A record of these parts.
  package init(record: Record, number: Int64, hash: UInt64, since: Int64) {
    self.record = record
    self.number = number
    self.hash = hash
    self.since = since
    size = Self.size(of: record)
  }

  /// What a record counts for, in bytes: names, stamps, values and their lengths, as many as ``RegisterEncoding`` makes of them.
  package static func size(of record: Record) -> Int64 {
    record.registers.entries.reduce(1) { sum, entry in
      sum + Int64(entry.name.text.utf8.count + entry.register.value.bytes.count + 24)
    }
  }

  /// The article this record hangs on: of progress its own id, of a bookmark its `article`; nil for all else.
  package var parent: RecordID? {
    switch record.key.type {
    case .progress: record.key.id
    case .bookmark: record[.article]?.string.flatMap { RecordID($0) }
    default: nil
    }
  }
}

/// The last push of a replica: what a delayed, repeated or rewound one is told by.
package struct PushMark: Sendable, Hashable {
  /// The push's number, strictly rising.
  package var n: Int64
  /// Its nonce.
  package var nonce: String

  /// A mark of these parts.
  package init(n: Int64, nonce: String) {
    self.n = n
    self.nonce = nonce
  }
}
