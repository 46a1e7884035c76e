import OffprintCrypto
import OffprintWire

/// The parameters of a query, read strictly: each at most once, percent-encoding undone, unknown ones ignored.
package struct RequestQuery: Sendable {
  private var values: [(name: [UInt8], value: String)] = []

  /// Reads what stands behind `?`.
  /// - Throws: ``Problem``, `bad-request`.
  package init(_ text: String?) throws(Problem) {
    for pair in (text ?? "").utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decode(parts[0])
      guard !values.contains(where: { $0.name == name }) else {
        throw Problem(.badRequest, "a query parameter is given twice")
      }
      let encoded = parts.count > 1 ? Array(parts[1]) : []
      guard let value = String(validating: try Self.decode(encoded), as: UTF8.self) else {
        throw Problem(.badRequest, "a query parameter is not UTF-8")
      }
      values.append((name, value))
    }
  }

  /// The value of that parameter; nil if it is not given.
  package subscript(name: String) -> String? {
    values.first { $0.name.elementsEqual(name.utf8) }?.value
  }

  /// An integer; one above `clampedTo` is taken as that.
  /// - Throws: ``Problem``, `bad-request`, for anything else than digits and for less than `least`.
  package func integer(_ name: String, from least: Int, clampedTo most: Int) throws(Problem) -> Int? {
    guard let text = self[name] else { return nil }
    let isDigits = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    // More digits than fit are a number too: a very great one.
    let value = isDigits ? Int(text) ?? .max : -1
    guard isDigits, value >= least else {
      throw Problem(.badRequest, "the query parameter '\(name)' is not an integer of at least \(least)")
    }
    return min(value, most)
  }

  private static func decode(_ text: some Collection<UInt8>) throws(Problem) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, let value = Hex.decode(digits.lowercased())?.first else {
        throw Problem(.badRequest, "broken percent-encoding in the query")
      }
      decoded.append(value)
      rest = rest.dropFirst(2)
    }
    return decoded
  }
}
