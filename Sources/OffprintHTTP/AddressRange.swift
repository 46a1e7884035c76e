/// A range of IP addresses, such as `10.0.0.0/8`, `fd00::/8` or one address.
package struct AddressRange: Sendable, Hashable {
  private let address: IPAddress
  /// Leading bits that count, of 128.
  private let bits: Int

  /// The addresses of this machine itself.
  package static let loopback: [AddressRange] = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

  /// Reads an address, or an address with the number of leading bits behind a slash; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    self.address = address
    let most = address.isIPv4 ? 32 : 128
    guard parts.count == 2 else {
      bits = 128
      return
    }
    guard let given = Int(parts[1]), (0...most).contains(given),
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    bits = address.isIPv4 ? 96 + given : given
  }

  /// Whether the address lies in it.
  package func contains(_ other: IPAddress) -> Bool {
    let (whole, rest) = (bits / 8, bits % 8)
    guard address.bytes[..<whole] == other.bytes[..<whole] else { return false }
    return rest == 0 || (address.bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
  }
}
