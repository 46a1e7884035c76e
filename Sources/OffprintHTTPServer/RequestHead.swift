import OffprintHTTP

/// The head of a request as its bytes stood on the wire, not yet judged.
package struct RequestHead: Sendable {
  /// One header line.
  package struct Field: Sendable {
    /// The bytes before the colon.
    package var name: [UInt8]
    /// The bytes behind the colon, without the blanks in front.
    package var value: [UInt8]

    /// A line of these parts.
    package init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The method.
  package var method: [UInt8]
  /// The request target, undecoded.
  package var target: [UInt8]
  /// Whether the version is HTTP/1.0.
  package var isVersion10: Bool
  /// The header lines in order.
  package var fields: [Field]
  /// Bytes of the request line with its end.
  package var lineBytes: Int
  /// Bytes of the header lines with their ends and the empty line.
  package var headerBytes: Int
  /// Whether the lines make up the whole head, each ended by CR LF. False for a bare LF, a folded line, a NUL.
  package var isWellFormed: Bool

  /// A head of these parts; sizes are computed.
  package init(method: [UInt8], target: [UInt8], isVersion10: Bool = false, fields: [Field], isWellFormed: Bool = true)
  {
    self.method = method
    self.target = target
    self.isVersion10 = isVersion10
    self.fields = fields
    self.isWellFormed = isWellFormed
    lineBytes = method.count + target.count + 12
    headerBytes = fields.reduce(2) { $0 + $1.name.count + $1.value.count + 4 }
  }

  /// The values of all lines of that name, in order. `name` is lower-case.
  package func values(_ name: String) -> [[UInt8]] {
    fields.filter { field in
      field.name.count == name.utf8.count
        && zip(field.name, name.utf8).allSatisfy { ((0x41...0x5A).contains($0) ? $0 | 0x20 : $0) == $1 }
    }.map(\.value)
  }
}
