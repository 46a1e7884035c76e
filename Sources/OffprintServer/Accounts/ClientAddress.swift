import OffprintHTTP

/// Where a request comes from, as far as it can be believed.
///
/// `X-Forwarded-For` counts only from a proxy the operator trusts, and from its right end: each trusted proxy vouches for the entry
/// before its own, all further to the left the client may have made up.
package enum ClientAddress {
  /// Entries of the header that are looked at.
  private static let hopsMax = 16

  /// A key that stands for the client in limits.
  package static func limitKey(of request: HTTPRequest, trusted: [AddressRange]) -> [UInt8] {
    address(of: request, trusted: trusted)?.limitKey ?? Array((request.peer ?? "-").utf8)
  }

  /// The client's address; nil where even the peer's is unknown.
  package static func address(of request: HTTPRequest, trusted: [AddressRange]) -> IPAddress? {
    var nearest = request.peer.flatMap { IPAddress($0) }
    guard !trusted.isEmpty else { return nearest }
    let hops = request.headers.all("X-Forwarded-For").flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    for hop in hops.suffix(hopsMax).reversed() {
      // A peer without an address is a socket of this machine, such as a proxy's.
      if let nearest, !trusted.contains(where: { $0.contains(nearest) }) { break }
      guard let next = address(hop) else { break }
      nearest = next
    }
    return nearest
  }

  /// An entry as proxies write it: an address, in brackets where it is of version 6 and a port follows.
  private static func address(_ hop: Substring) -> IPAddress? {
    let text = hop.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
    if let address = IPAddress(text) { return address }
    if text.hasPrefix("[") { return IPAddress(String(text.dropFirst().prefix { $0 != "]" })) }
    guard text.filter({ $0 == ":" }).count == 1 else { return nil }
    return IPAddress(String(text.prefix { $0 != ":" }))
  }
}
