import OffprintGzip
import OffprintServer
import OffprintWire

/// Accounts and devices.
extension StoreContract {
  private func addDevice(_ number: UInt64, to account: RecordID) throws -> Device {
    let device = Device(id: RecordID(high: 3, low: number), account: account, name: "d", created: 1)
    try store.write { try $0.insert(device, tokenHash: .init(repeating: UInt8(truncatingIfNeeded: number), count: 32)) }
    return device
  }

  /// A device is let in until it is revoked or its account disabled, each of which can be told by one number.
  package func accessCanBeTakenAway() throws {
    let devices = try [addDevice(1, to: accounts[0]), addDevice(2, to: accounts[0]), addDevice(3, to: accounts[1])]
    func admitted() throws -> [Bool] {
      try store.read { reader in try devices.map { try reader.isAdmitted($0.id, of: $0.account) } }
    }
    func count() throws -> Int64 { try store.read { try $0.accessCount() } }
    let atFirst = try count()
    try require(admitted() == [true, true, true], "devices are let in")
    try require(!store.read { try $0.isAdmitted(devices[0].id, of: accounts[1]) }, "but to their own account alone")
    try require(!store.write { try $0.revoke(devices[0].id, of: accounts[1], at: 2) }, "and nobody else revokes them")
    try require(count() == atFirst, "what takes nothing away leaves the number as it is")
    try require(store.write { try $0.revoke(devices[0].id, of: accounts[0], at: 2) }, "a device is revoked")
    try require(!store.write { try $0.revoke(devices[0].id, of: accounts[0], at: 3) }, "once")
    let revoked = try count()
    try require(revoked > atFirst && admitted() == [false, true, true], "which takes its access, and is told")
    try store.write { try $0.setDisabled(5, of: accounts[0]) }
    try require(count() > revoked && admitted() == [false, false, true], "so does disabling its account")
    try store.write { try $0.setDisabled(nil, of: accounts[0]) }
    try require(admitted() == [false, true, true], "which can be undone")
    try require(store.read { try $0.deviceCount(of: accounts[0]) } == 1, "revoked devices do not count")
  }

  /// A pairing code gives as many tries as it has, while it is valid, and belongs to its account.
  package func pairingCodesRunOut() throws {
    func pairing(_ handle: String, _ account: RecordID) -> Pairing {
      Pairing(
        account: account, handle: handle, secretHash: "-", created: 10, expires: 20, triesLeft: 2, isReusable: false)
    }
    try store.write { transaction in
      try transaction.insert(pairing("AAAA", accounts[0]))
      try transaction.insert(pairing("BBBB", accounts[1]))
    }
    func tried(_ handle: String, _ now: Int64) throws -> RecordID? {
      try store.write { try $0.takePairingTry(handle, now: now)?.account }
    }
    try require(tried("AAAA", 9) == nil && tried("AAAA", 20) == nil, "before and after its time it is none")
    try require(tried("CCCC", 15) == nil, "nor is any other")
    try require(tried("AAAA", 10) == accounts[0] && tried("AAAA", 19) == accounts[0], "it is tried")
    try require(tried("AAAA", 15) == nil, "and out of tries")
    try store.write { try $0.setPairingTries(1, handle: "BBBB", of: accounts[0]) }
    try store.write { try $0.removePairing("BBBB", of: accounts[0]) }
    try require(
      tried("BBBB", 15) == accounts[1] && tried("BBBB", 15) == accounts[1], "nobody else's account touches it")
    try store.write { try $0.insert(pairing("DDDD", accounts[0])) }
    try require(store.write { try $0.pairing("AAAA") } == nil, "what has ended goes with the next")
    try store.write { try $0.removePairings(of: accounts[0]) }
    try require(store.write { try $0.pairingCount(of: accounts[0]) } == 0, "all of an account's go at once")
  }

  /// A removed account takes what is its own alone.
  package func removalTakesOnesOwnAlone() throws {
    let fragment = try Fragment(deflating: [1, 2, 3], level: 1)
    let hashes = [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)]
    for account in accounts { _ = try put(record(1, 10), of: account) }
    try store.write { transaction in
      try transaction.addContent(hashes[0], fragment, of: accounts[0], at: 1)
      try transaction.addContent(hashes[0], fragment, of: accounts[1], at: 1)
      try transaction.addContent(hashes[1], fragment, of: accounts[0], at: 1)
      try transaction.addContent(hashes[1], fragment, of: accounts[0], at: 1)
    }
    let usage = try store.read { try $0.log(of: accounts[0])?.usage.contentBytes }
    try require(usage == 6, "a content counts once for each account")
    let device = try addDevice(1, to: accounts[0])
    try store.write { try $0.beginRemoval(of: accounts[0], at: 7) }
    try require(!store.read { try $0.isAdmitted(device.id, of: accounts[0]) }, "devices go first")
    var steps = 0
    while try store.write({ try $0.removeSome(of: accounts[0], limit: 1) }) {
      steps += 1
      try require(steps < 20, "a removal ends")
    }
    let left = try store.read { reader in
      (try reader.accounts().map(\.id), try reader.record(record(1, 0).key, of: accounts[1]))
    }
    try require(left.0 == [accounts[1]] && left.1 != nil, "the other account stays")
    let content = try store.read { try $0.content(hashes[0], of: accounts[1]) }
    try require(content == fragment, "with the contents it has stored")
  }
}
