/// How much an account may keep; nil where there is no limit.
package struct AccountQuota: Sendable, Hashable {
  /// Bytes of records and contents, as ``AccountUsage/bytes`` counts them.
  package var bytes: Int64?
  /// Live records: articles, their progress, bookmarks.
  package var records: Int64?
  /// Devices signed in at one time.
  package var devices: Int64?

  /// A quota of these parts.
  package init(bytes: Int64? = nil, records: Int64? = nil, devices: Int64? = nil) {
    self.bytes = bytes
    self.records = records
    self.devices = devices
  }

  /// No limit on anything.
  package static let unlimited = AccountQuota()
  /// Far beyond what a person reads, and short of what fills a disk unseen.
  package static let standard = AccountQuota(bytes: 20 << 30, records: 1_000_000, devices: 100)
}

/// What one account has been given in place of the server's quota.
package struct OwnQuota: Sendable, Hashable {
  /// One number of it.
  package enum Limit: Sendable, Hashable {
    /// That of the server.
    case ofServer
    /// None.
    case unlimited
    /// At most so many.
    case at(Int64)

    /// What holds.
    package func resolved(server: Int64?) -> Int64? {
      switch self {
      case .ofServer: server
      case .unlimited: nil
      case .at(let number): number
      }
    }
  }

  /// See ``AccountQuota/bytes``.
  package var bytes = Limit.ofServer
  /// See ``AccountQuota/records``.
  package var records = Limit.ofServer
  /// See ``AccountQuota/devices``.
  package var devices = Limit.ofServer

  /// The server's quota in everything.
  package init() {}

  /// What holds for the account.
  package func resolved(server: AccountQuota) -> AccountQuota {
    AccountQuota(
      bytes: bytes.resolved(server: server.bytes), records: records.resolved(server: server.records),
      devices: devices.resolved(server: server.devices))
  }
}

/// What an account takes, kept beside it in the same transaction as what it keeps; nothing is ever counted through.
package struct AccountUsage: Sendable, Hashable {
  /// Bytes of its records' registers, dead records included until they are purged.
  package var recordBytes: Int64
  /// Bytes of the contents it has stored, each before compression. What other accounts have stored as well counts here
  /// as if it stood here alone: else the number would tell of them.
  package var contentBytes: Int64

  /// A usage of these parts.
  package init(recordBytes: Int64 = 0, contentBytes: Int64 = 0) {
    self.recordBytes = recordBytes
    self.contentBytes = contentBytes
  }

  /// All of it.
  package var bytes: Int64 { recordBytes + contentBytes }
}
