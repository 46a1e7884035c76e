/// Why a server could not start.
public enum HTTPServerError: Error, Sendable, Hashable {
  /// Another program listens there.
  case addressInUse(address: String, port: UInt16)
  /// The text is no IPv4 or IPv6 literal, or no address of this machine.
  case badAddress(String)
  /// Ports below 1024, say, ask for more rights than this process has.
  case notPermitted(address: String, port: UInt16)
  /// Anything else the system said, in its words.
  case cannotListen(reason: String)
  /// The server runs already, or was stopped; a server starts once.
  case startedBefore
}

extension HTTPServerError: CustomStringConvertible {
  /// One sentence in plain words, without a final dot.
  public var description: String {
    switch self {
    case .addressInUse(let address, let port): "another program listens on \(address) port \(port)"
    case .badAddress(let text): "\(text) is no address of this machine"
    case .notPermitted(let address, let port): "not allowed to listen on \(address) port \(port)"
    case .cannotListen(let reason): "cannot listen (\(reason))"
    case .startedBefore: "the server was started before"
    }
  }
}
