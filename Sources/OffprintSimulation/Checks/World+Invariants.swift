import Offprint
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// What must hold after every step and needs no history: cursors, confirmations, sizes, accounts (I1, I3, I4, I6, I7).
extension World {
  /// I3: a record is clean only if the server has confirmed exactly the state that is held.
  func checkClean(_ record: LibraryStore.HeldRecord, _ device: SimulatedDevice, _ store: LibraryStore) throws {
    guard !record.isDirty, !record.isHeld else { return }
    guard !record.isProvisional, record.confirmedHash == record.hash else {
      throw Failure(
        invariant: "I3", reason: "\(device.name) takes \(record.key) for confirmed, which it is not",
        expected: ["confirmed \(record.confirmedHash.map { "\($0)" } ?? "nothing")"], actual: ["held \(record.hash)"])
    }
    guard everHeld[device.account].contains(UInt64(bitPattern: record.hash)) || record.hash == 0 else {
      throw Failure(
        invariant: "I3", reason: "\(device.name) takes \(record.key) for confirmed in a state the server never had")
    }
  }

  /// I1: a cursor never falls within one log, unless everything is read again, and is never beyond the head.
  func checkPosition(_ device: SimulatedDevice, _ store: LibraryStore) throws {
    let (text, number) = try store.read { try store.position() }
    guard let text else {
      device.observed.position = nil
      return
    }
    guard let cursor = Cursor(text), cursor.number == number else {
      throw Failure(invariant: "I1", reason: "\(device.name) keeps a cursor with another number beside it")
    }
    defer { device.observed.position = cursor }
    guard cursor.account == server.accounts[device.account] else {
      throw Failure(invariant: "I6", reason: "\(device.name) holds a cursor of another account")
    }
    if let before = device.observed.position, before.log == cursor.log, cursor.number < before.number,
      server.restores == 0
    {
      throw Failure(
        invariant: "I1", reason: "\(device.name)'s cursor fell", expected: ["at least \(before.number)"],
        actual: ["\(cursor.number)"])
    }
    // The head may have moved in a crash, unseen until now.
    if cursor.number > heads[cursor.log] ?? 0 { try checkHead() }
    if let head = heads[cursor.log], cursor.number > head, server.restores == 0 {
      throw Failure(
        invariant: "I1", reason: "\(device.name)'s cursor is beyond the head", expected: ["at most \(head)"],
        actual: ["\(cursor.number)"])
    }
  }

  /// I4: heads only grow.
  func checkHead() throws {
    guard server.isRunning else { return }
    try server.disk.withoutFaults {
      for account in server.accounts.indices {
        guard let position = try server.log(of: account)?.position else { continue }
        if let before = heads[position.log], position.head < before {
          throw Failure(
            invariant: "I4", reason: "the head of account \(account) fell", expected: ["at least \(before)"],
            actual: ["\(position.head)"])
        }
        heads[position.log] = position.head
      }
    }
  }

  /// I7: what a client sends is within the limits that the server announces.
  func checkSize(_ request: TransportRequest, _ device: SimulatedDevice) throws {
    guard request.body.count <= Limits.pushBytesMax || request.method == "PUT" else {
      throw Failure(invariant: "I7", reason: "\(device.name) sends \(request.body.count) bytes")
    }
  }

  /// I6 and I7: an answer is for the account that asked, holds none of another's records, and is no larger than allowed.
  func checkAnswer(_ answer: HTTPResponse, to device: SimulatedDevice) throws {
    guard answer.status < 500 || server.disk.hasFailed else {
      throw Failure(
        invariant: "G25",
        reason:
          "the server answers \(answer.status) with nothing wrong: \(String(decoding: answer.body, as: UTF8.self))")
    }
    if let named = answer.headers["Offprint-Account"], named != server.accounts[device.account].description {
      throw Failure(invariant: "I6", reason: "an answer to \(device.name) names another account")
    }
    guard answer.body.count <= 16 << 20 else {
      throw Failure(invariant: "I7", reason: "an answer of \(answer.body.count) bytes")
    }
    guard answer.headers["Content-Type"] == "application/x-ndjson" else { return }
    for line in answer.body.split(separator: 0x0A) {
      guard case .record(let record, _)? = try? SyncAnswerLine(parsing: Array(line)) else { continue }
      guard serverCopies[device.account].records[record.key] != nil || poison.contains(record.key) else {
        throw Failure(
          invariant: "I6", reason: "an answer to \(device.name) holds \(record.key), which is not its account's")
      }
    }
  }
}
