import OffprintHTTPServer

/// Where a server listens, as a setting says it.
enum ListenAddress: Sendable, Hashable {
  /// An IPv4 or IPv6 literal and a port.
  case internet(String, UInt16)
  /// The path of a Unix socket.
  case unix(String)

  /// Reads `ADDRESS:PORT`, an IPv6 address in brackets, or `unix:/path`.
  init(_ text: String) throws(UsageError) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard path.hasPrefix("/") else { throw UsageError("\(text.visible) is no unix:/path of a socket.") }
      self = .unix(path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw UsageError("\(text.visible) is no ADDRESS:PORT, such as 127.0.0.1:8787, and no unix:/path.")
    }
    var address = String(text[..<colon])
    if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    guard !address.isEmpty else { throw UsageError("\(text.visible) names no address to listen on.") }
    self = .internet(address, port)
  }

  /// Whether only this machine can reach it.
  var isLocal: Bool {
    switch self {
    case .internet(let address, _): address == "::1" || address == "localhost" || address.hasPrefix("127.")
    case .unix: true
    }
  }

  /// Whether it is a Unix socket, which only a proxy talks to.
  var isUnix: Bool { if case .unix = self { true } else { false } }

  /// Puts it into a server's configuration.
  func apply(to configuration: inout HTTPServerConfiguration) {
    switch self {
    case .internet(let address, let port):
      configuration.address = address
      configuration.port = port
    case .unix(let path): configuration.unixSocket = path
    }
  }
}
