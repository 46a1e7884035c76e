import OffprintWire

/// Numbers for names of up to 16 ASCII bytes, found without making a string: for the tags and attributes of a page, which
/// are looked up thousands of times.
struct NameTable: Sendable {
  private struct Slot {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var value: UInt8 = 0
  }

  private var slots: [Slot]
  private let shift: UInt64

  /// - Parameter names: Names in lower case with the number of each.
  init(_ names: [(String, UInt8)]) {
    var bits: UInt64 = 4
    while 1 << bits < names.count * 4 { bits += 1 }
    slots = [Slot](repeating: Slot(), count: 1 << bits)
    shift = 64 - bits
    for (name, value) in names {
      guard let (low, high) = Self.pack(name.utf8) else { continue }
      var index = place(low, high)
      while slots[index].low != 0 { index = (index + 1) & (slots.count - 1) }
      slots[index] = Slot(low: low, high: high, value: value)
    }
  }

  /// The number of a name in any case.
  func value(_ name: some Collection<UInt8>) -> UInt8? {
    guard let (low, high) = Self.pack(name) else { return nil }
    return value(low, high)
  }

  /// The number of a name that ends in a NUL.
  func value(cString name: UnsafePointer<UInt8>) -> UInt8? {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: UInt64 = 0
    while name[Int(count)] != 0 {
      if count == 16 { return nil }
      let byte = UInt64(name[Int(count)].lowercasedASCII)
      if count < 8 { low |= byte << (count * 8) } else { high |= byte << ((count - 8) * 8) }
      count += 1
    }
    return count == 0 ? nil : value(low, high)
  }

  private func value(_ low: UInt64, _ high: UInt64) -> UInt8? {
    var index = place(low, high)
    while slots[index].low != 0 {
      if slots[index].low == low, slots[index].high == high { return slots[index].value }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  private func place(_ low: UInt64, _ high: UInt64) -> Int {
    Int(truncatingIfNeeded: ((low ^ high &* 31) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  private static func pack(_ name: some Collection<UInt8>) -> (UInt64, UInt64)? {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: UInt64 = 0
    for byte in name {
      if count == 16 { return nil }
      let lower = UInt64(byte.lowercasedASCII)
      if count < 8 { low |= lower << (count * 8) } else { high |= lower << ((count - 8) * 8) }
      count += 1
    }
    return count == 0 ? nil : (low, high)
  }
}
