import OffprintCrypto
import OffprintWire

extension FuzzTarget {
  /// Texts taken for cursors, stamps, ids, keys and names. A first byte of `!` makes the rest the inside of a cursor, with
  /// its checksum put right: else no mutation would ever come past it.
  static let cursor = FuzzTarget("cursor", bytesMax: 256) { bytes in
    let isInside = bytes.first == UInt8(ascii: "!")
    let text = isInside ? CursorInside.text(bytes.dropFirst()) : String(decoding: bytes, as: UTF8.self)
    if let cursor = Cursor(text) {
      try hold(Cursor(cursor.text) == cursor, "a cursor read back is another: \(text)")
      // Two texts for one cursor would be two entity tags for one state.
      try hold(cursor.text == text, "the cursor \(text) has the other text \(cursor.text)")
      try hold(cursor.number >= 0 && cursor.start ?? 0 >= 0, "a negative number in \(text)")
      try CursorInside.checkFates(of: cursor)
    }
    try CursorInside.checkNames(text)
  }
}

/// What is promised of the texts that name things.
private enum CursorInside {
  static func text(_ inside: ArraySlice<UInt8>) -> String {
    let padded = Array(inside.prefix(50)) + [UInt8](repeating: 0, count: max(0, 50 - inside.count))
    return Base64URL.encode(padded + SHA256.hash(padded).prefix(4))
  }

  static func checkFates(of cursor: Cursor) throws {
    let other = RecordID(high: 1, low: 2)
    let numbers: [Int64] = [0, 1, cursor.number, JSONValue.integerMax]
    for head in numbers {
      for floor in numbers where floor <= head {
        for isForked in [false, true] {
          let position = LogPosition(
            account: cursor.account, log: isForked ? other : cursor.log, head: head, floor: floor,
            ancestry: isForked ? [LogPosition.Fork(log: cursor.log, head: min(head, 7))] : [])
          guard case .forked(_, let next) = position.fate(of: cursor) else { continue }
          try hold(next.log == position.log && next.number <= head, "a fork leads to \(next) of \(position)")
          try hold(Cursor(next.text) == next, "the cursor after a fork cannot be read back")
        }
      }
    }
  }

  static func checkNames(_ text: String) throws {
    func same(_ description: String?) throws {
      guard let description else { return }
      try hold(description.utf8.elementsEqual(text.utf8), "\(text) was read as \(description)")
    }
    try same(Stamp(text)?.description)
    try same(RecordID(text)?.description)
    try same(ReplicaID(text)?.description)
    try same(RecordKey(text)?.description)
    try same(RecordType(text)?.name)
    try same(RegisterName(text)?.text)
  }
}
