import Foundation
import OffprintFetch
import OffprintHTTP
import OffprintLocks
import OffprintProcesses

/// A web site of this machine that answers each path by a script, and remembers what it was asked.
final class Site: Sendable {
  private let server: RawServer
  private let heads: Recorded

  private final class Recorded: Sendable {
    let all = Mutex<[String]>([])
  }

  /// - Parameter script: given the path; answers and ends the connection.
  init(_ script: @escaping @Sendable (_ path: String, RawServer.Client) -> Void) {
    let heads = Recorded()
    self.heads = heads
    server = RawServer { client in
      let head = client.readHead()
      guard !head.isEmpty else { return }
      heads.all.withLock { $0.append(head) }
      script(String(head.split(separator: " ").dropFirst().first ?? ""), client)
    }
  }

  var port: UInt16 { server.port }
  var url: String { "http://127.0.0.1:\(port)" }
  /// The requests so far, each head whole.
  var requests: [String] { heads.all.withLock { $0 } }

  /// A policy that admits this site, and nothing else of this machine.
  var policy: FetchPolicy {
    var policy = FetchPolicy()
    if let endpoint = Endpoint("127.0.0.1:\(port)") { policy.admitted = [endpoint] }
    return policy
  }

  /// Fetches with the machine's own resolver.
  func fetch(_ path: String, policy: FetchPolicy? = nil) throws -> Fetcher.Answer {
    try Fetching.fetcher(policy ?? self.policy).fetch(.page(url + path))
  }

  /// Why a fetch fails; nil if it does not.
  func failure(_ path: String, policy: FetchPolicy? = nil) -> FetchError? {
    do { _ = try fetch(path, policy: policy) } catch { return error as? FetchError }
    return nil
  }
}

extension RawServer.Client {
  /// Sends a whole answer.
  func answer(_ status: String = "200 OK", type: String = "text/html", _ headers: String..., body: [UInt8]) {
    let lines = ["HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.count)"] + headers
    send(lines.map { $0 + "\r\n" }.joined() + "\r\n")
    send(body)
  }

  /// Sends a redirect.
  func redirect(to location: String, _ headers: String...) {
    let lines = ["HTTP/1.1 302 Found", "Location: \(location)", "Content-Length: 0"] + headers
    send(lines.map { $0 + "\r\n" }.joined() + "\r\n")
  }
}

/// Names that are looked up in a script.
struct Names: NameLookup {
  let look: @Sendable (_ host: String, _ milliseconds: Int64) -> Result<[IPAddress], FetchError>

  init(_ look: @escaping @Sendable (String, Int64) -> Result<[IPAddress], FetchError>) { self.look = look }

  /// Knows these names, and addresses written out.
  init(_ table: [String: [String]]) {
    look = { host, _ in
      if let literal = IPAddress(host) { return .success([literal]) }
      return table[host].map { .success($0.compactMap { IPAddress($0) }) } ?? .failure(.unknownHost)
    }
  }

  func addresses(of host: String, milliseconds: Int64) throws(FetchError) -> [IPAddress] {
    try look(host, milliseconds).get()
  }
}

enum Fetching {
  /// A fetcher with real time, and the machine's own way of looking names up unless there is a script.
  static func fetcher(_ policy: FetchPolicy, _ names: any NameLookup = Resolver()) throws -> Fetcher {
    try Fetcher(
      policy: policy, names: names, ticks: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) })
  }

  /// Why a fetch fails; nil if it does not.
  static func failure(_ url: String, _ policy: FetchPolicy, _ names: any NameLookup = Resolver()) -> FetchError? {
    do { _ = try fetcher(policy, names).fetch(.page(url)) } catch { return error as? FetchError }
    return nil
  }
}
