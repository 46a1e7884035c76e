import OffprintHTTP

/// Which addresses belong to the internet at large, and not to this machine, its network or nobody
/// (IANA's registries of special-purpose addresses).
package enum PublicAddresses {
  /// Whether the address is one of the internet's. An address of version 4 inside one of version 6 counts as itself, both where
  /// the system maps it (`::ffff:10.0.0.1`) and where a gateway does (`64:ff9b::10.0.0.1`).
  package static func contains(_ address: IPAddress) -> Bool {
    if address.isIPv4 { return !special4.contains { $0.contains(address) } }
    if gateway.contains(where: { $0.contains(address) }) {
      return IPAddress(bytes: Array(address.bytes[12...])).map(contains) ?? false
    }
    return global6.contains { $0.contains(address) } && !special6.contains { $0.contains(address) }
  }

  private static let special4 = ranges([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    // Multicast, reserved, broadcast.
    "224.0.0.0/3",
  ])

  /// RFC 6052's prefix. Others, which a network chose for itself, lie in the same space as all that is public.
  private static let gateway = ranges(["64:ff9b::/96"])

  /// All of version 6 that is given out. What lies outside: `::`, `::1`, fc00::/7, fe80::/10, fec0::/10, ff00::/8 and more.
  private static let global6 = ranges(["2000::/3"])

  /// Teredo and other protocols' own, documentation, 6to4.
  private static let special6 = ranges(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"])

  private static func ranges(_ texts: [String]) -> [AddressRange] { texts.compactMap { AddressRange($0) } }
}
