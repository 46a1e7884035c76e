/// What a ``Fetcher`` may connect to, and how much it takes.
package struct FetchPolicy: Sendable {
  /// Ports at public addresses.
  package var ports: Set<UInt16> = [80, 443]
  /// Exact addresses with their ports that are admitted whatever they are: for tests and intranets.
  package var admitted: Set<Endpoint> = []
  /// Redirects followed.
  package var redirectsMax = 5
  /// How long a fetch may take, redirects and the looking up of names included, in milliseconds.
  package var milliseconds: Int64 = 10_000
  /// How long of that making a connection may take, in milliseconds.
  package var connectMilliseconds: Int64 = 5_000
  /// Bytes of a body, as sent and once inflated.
  package var bytesMax = 10 << 20
  /// How many times its size a compressed body may become, once it is larger than ``ratioFreeBytes``.
  package var ratioMax = 100
  /// Up to here any ratio is good.
  package var ratioFreeBytes = 1 << 20
  /// Bytes of all header lines of one answer, those of interim answers and trailers included.
  package var headerBytesMax = 65_536
  /// What the fetcher calls itself.
  package var userAgent = "Mozilla/5.0 (compatible; offprintd)"

  /// The defaults.
  package init() {}

  /// Whether an address with this port may be tried at all.
  package func mayUse(port: UInt16) -> Bool { ports.contains(port) || admitted.contains { $0.port == port } }

  /// Whether a connection may be made to this endpoint.
  package func admits(_ endpoint: Endpoint) -> Bool {
    admitted.contains(endpoint) || ports.contains(endpoint.port) && PublicAddresses.contains(endpoint.address)
  }
}
