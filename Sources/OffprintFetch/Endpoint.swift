import OffprintHTTP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An IP address with a port: what a connection is made to.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
  /// The address.
  package let address: IPAddress
  /// The port.
  package let port: UInt16

  /// An endpoint of these parts.
  package init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads `127.0.0.1:8080` or `[::1]:8080`; nil for anything else, names too.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = host.dropFirst().dropLast() }
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits), port > 0, isBracketed == host.contains(":"), let address = IPAddress(String(host))
    else { return nil }
    self.init(address, port: port)
  }

  /// The endpoint of a socket address; nil for families other than IPv4 and IPv6, and for addresses that are too short.
  package init?(_ address: UnsafePointer<sockaddr>, length: Int) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
      let inner = raw.loadUnaligned(as: sockaddr_in.self)
      guard let host = IPAddress(bytes: withUnsafeBytes(of: inner.sin_addr) { Array($0) }) else { return nil }
      self.init(host, port: UInt16(bigEndian: inner.sin_port))
    case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
      let inner = raw.loadUnaligned(as: sockaddr_in6.self)
      guard let host = IPAddress(bytes: withUnsafeBytes(of: inner.sin6_addr) { Array($0) }) else { return nil }
      self.init(host, port: UInt16(bigEndian: inner.sin6_port))
    default: return nil
    }
  }

  /// As ``init(_:)-(String)`` reads it.
  package var description: String { address.isIPv4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)" }
}
