import OffprintSeed
import OffprintWire

/// What a world begins as: who has which device, and how the clocks stand.
package struct Setup: Sendable, Hashable {
  /// One device at the beginning.
  package struct Device: Sendable, Hashable {
    /// The number of its account.
    package var account: Int
    /// How far its wall clock is from the truth, in milliseconds.
    package var clockOffset: Int64
  }

  /// The devices.
  package var devices: [Device]
  /// How many accounts there are.
  package var accounts: Int
  /// Addresses that pages are saved from.
  package var addresses: Int
  /// Days that the server keeps deletions.
  package var retentionDays: Int
  /// Seed of everything that happens before the first event.
  package var seed: UInt64

  /// The setup of a seed: three to six devices of two accounts, some with clocks years off.
  package init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, case: 1)
    accounts = 2
    devices = (0..<generator.number(in: 3...6)).map { index in
      // The first account has most of the devices: sharing is what is tested; the second keeps accounts apart.
      Device(account: index == 2 || generator.oneIn(5) ? 1 : 0, clockOffset: Setup.clockOffset(&generator))
    }
    if devices.count(where: { $0.account == 0 }) < 2 { devices[0].account = 0; devices[1].account = 0 }
    addresses = generator.pick([2, 6, 6, 30])
    retentionDays = generator.pick([1, 3, 30])
    self.seed = seed
  }

  /// A clock's error: mostly none or minutes, sometimes years.
  static func clockOffset(_ generator: inout SeededGenerator) -> Int64 {
    let minutes = Int64(generator.number(in: -600...600)) * 6_000
    let tenYears: Int64 = 315_360_000_000
    return generator.pick([0, 0, minutes, tenYears, -tenYears])
  }
}

extension Setup {
  /// The setup as the first line of a trace file, without the line feed.
  package var line: [UInt8] {
    JSONValue.members(
      ("accounts", .integer(Int64(accounts))), ("addresses", .integer(Int64(addresses))),
      (
        "devices",
        .array(
          devices.map {
            .members(("account", .integer(Int64($0.account))), ("clockOffset", .integer($0.clockOffset)))
          })
      ),
      ("retentionDays", .integer(Int64(retentionDays))), ("seed", .string(FixedHex.text(seed, digits: 16))),
      ("setup", .integer(1))
    ).canonicalBytes
  }

  /// Reads the line; nil for another text.
  package init?(line: [UInt8]) {
    guard let json = try? JSONValue(parsing: line), json["setup"]?.integer == 1,
      let accounts = json["accounts"]?.integer, (1...8).contains(accounts),
      let addresses = json["addresses"]?.integer, (1...1_000).contains(addresses),
      let retention = json["retentionDays"]?.integer, (1...3_650).contains(retention),
      let seed = json["seed"]?.string.flatMap({ FixedHex.value($0, digits: 16) }),
      let devices = json["devices"]?.array, !devices.isEmpty
    else { return nil }
    self.init(seed: seed)
    self.accounts = Int(accounts)
    self.addresses = Int(addresses)
    retentionDays = Int(retention)
    self.devices = devices.compactMap { device in
      guard let account = device["account"]?.integer, (0..<accounts).contains(account),
        let offset = device["clockOffset"]?.integer
      else { return nil }
      return Device(account: Int(account), clockOffset: offset)
    }
    guard self.devices.count == devices.count else { return nil }
  }
}
