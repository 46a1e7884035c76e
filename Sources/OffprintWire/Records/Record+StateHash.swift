import OffprintCrypto

extension Record {
  /// The state hash: the first 8 bytes of SHA-256 over type, id and every register in byte order of the names, each
  /// field with its length in front (Protocol, HASH-1).
  ///
  /// Taken over the expanded form, each register with its own stamp, never over the shortened form of the wire.
  public var stateHash: UInt64 {
    var input = key.hashInput
    for entry in registers.entries {
      Self.append(entry.name.text.utf8, to: &input)
      Self.append(entry.register.stamp.description.utf8, to: &input)
      Self.append(entry.register.value.bytes, to: &input)
    }
    return SHA256.hash(input).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  fileprivate static func append(_ field: some Collection<UInt8>, to input: inout [UInt8]) {
    let length = UInt32(truncatingIfNeeded: field.count)
    for shift in [24, 16, 8, 0] { input.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
    input.append(contentsOf: field)
  }
}

extension RecordKey {
  fileprivate var hashInput: [UInt8] {
    var input: [UInt8] = []
    Record.append(type.name.utf8, to: &input)
    Record.append(id.description.utf8, to: &input)
    return input
  }

  /// Which of the digest's 256 buckets holds this record: the first byte of SHA-256 over type and id (Protocol, HASH-2).
  public var bucket: UInt8 { SHA256.hash(hashInput)[0] }
}
