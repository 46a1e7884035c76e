#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

/// An IP address: 16 bytes, those of version 4 as IPv6 maps them (RFC 4291, section 2.5.5.2).
package struct IPAddress: Sendable, Hashable {
  let bytes: [UInt8]
  private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

  /// Reads an address as text, without port, brackets or zone.
  package init?(_ text: String) {
    var version4 = in_addr()
    if inet_pton(AF_INET, text, &version4) == 1 {
      bytes = Self.mapped + withUnsafeBytes(of: version4) { Array($0) }
      return
    }
    var version6 = in6_addr()
    guard inet_pton(AF_INET6, text, &version6) == 1 else { return nil }
    bytes = withUnsafeBytes(of: version6) { Array($0) }
  }

  /// Whether it is one of version 4.
  var isIPv4: Bool { bytes.starts(with: Self.mapped) }

  /// What stands for whoever has it in a limit: of version 6 the network of 64 bits, for one machine has as many as it wants.
  var limitKey: [UInt8] { isIPv4 ? bytes : Array(bytes[..<8]) }
}
