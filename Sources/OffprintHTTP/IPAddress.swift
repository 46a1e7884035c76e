#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An IP address: 16 bytes, those of version 4 as IPv6 maps them (RFC 4291, section 2.5.5.2).
package struct IPAddress: Sendable, Hashable {
  /// The 16 bytes.
  package let bytes: [UInt8]
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

  /// An address of its bytes, 4 or 16 of them in the order of the network; nil for any other number.
  package init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self.bytes = Self.mapped + bytes
    case 16: self.bytes = bytes
    default: return nil
    }
  }

  /// Whether it is one of version 4.
  package var isIPv4: Bool { bytes.starts(with: Self.mapped) }

  /// What stands for whoever has it in a limit: of version 6 the network of 64 bits, for one machine has as many as it wants.
  package var limitKey: [UInt8] { isIPv4 ? bytes : Array(bytes[..<8]) }

  /// The address as text: four numbers, or RFC 5952's form.
  package var text: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let isKnown =
      isIPv4
      ? inet_ntop(AF_INET, Array(bytes[12...]), &text, socklen_t(text.count)) != nil
      : inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil
    guard isKnown else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
