import OffprintServer
import OffprintWire

extension FuzzTarget {
  /// Registers as a damaged store may hold them.
  static let register = FuzzTarget("register", bytesMax: 1_024) { bytes in
    guard let registers = bytes.withUnsafeBytes({ RegisterEncoding.decode($0) }) else { return }
    let stored = RegisterEncoding.encode(registers)
    let again = stored.withUnsafeBytes { RegisterEncoding.decode($0) }
    try hold(again == registers, "registers read back are others: \(bytes)")
    let record = Record(key: RecordKey(.article, RecordID(high: 0, low: 1)), registers: registers)
    _ = (record.stateHash, record.isLive)
    for entry in registers.entries { _ = (entry.register.value.json, entry.name.tag, entry.name.replica) }
    var joined = registers
    try hold(!joined.join(registers), "joining damaged registers with themselves changes them: \(bytes)")
  }

  /// Addresses of pages: the normal form is a fixed point, so that two devices that save one page meet.
  static let url = FuzzTarget("url", bytesMax: 512) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    for given in [text, "https://" + text, "http://example.org" + text] {
      guard let address = PageAddress(given) else { continue }
      let scheme = given.utf8.prefix(8).last == UInt8(ascii: "/") ? "https://" : "http://"
      let normal = scheme + address.normalForm
      guard let again = PageAddress(normal) else { throw BrokenPromise("\(given) has no good form: \(normal)") }
      try hold(
        again.normalForm.utf8.elementsEqual(address.normalForm.utf8),
        "\(given) becomes \(address.normalForm), and that \(again.normalForm)")
      try hold(again.articleID == address.articleID, "two ids for \(given)")
      let isPlain = address.normalForm.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
      try hold(isPlain, "odd bytes in \(normal)")
    }
  }
}
