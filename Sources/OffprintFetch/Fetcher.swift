import CCurl
import OffprintHTTP

/// Fetches what is at addresses of the web, one after the other: address in, bytes out.
///
/// It blocks, so it has a thread of its own, and belongs to it. Each address, and each one that a redirect leads to, is looked up
/// once; connections are made to what was found there, and what is connected to is checked then and there. Nothing of this
/// machine goes along: no cookies, no credentials, no proxy.
package final class Fetcher {
  /// The version of the library that speaks to sites; `unknown` if it does not say.
  package static var libraryVersion: String {
    offprint_curl_library_version().map { String(cString: $0) } ?? "unknown"
  }

  /// What is wanted.
  package struct Request: Sendable {
    /// The address as somebody saved it.
    package var url: String
    /// The `Accept` header.
    package var accept: String
    /// Bytes of the body at most, not more than the policy's.
    package var bytesMax: Int
    /// Whether an answer with that media type is wanted: lower case, empty if the site names none.
    package var admitsType: @Sendable (_ mediaType: String) -> Bool

    /// A request of these parts.
    package init(
      url: String, accept: String, bytesMax: Int = .max, admitsType: @escaping @Sendable (String) -> Bool
    ) {
      self.url = url
      self.accept = accept
      self.bytesMax = bytesMax
      self.admitsType = admitsType
    }

    /// A page.
    package static func page(_ url: String) -> Request {
      Request(url: url, accept: "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,*/*;q=0.1") { type in
        ["", "text/html", "application/xhtml+xml", "text/plain"].contains(type)
      }
    }

    /// An image, which is told by its bytes: what the site calls it does not count.
    package static func image(_ url: String, bytesMax: Int) -> Request {
      Request(url: url, accept: "image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5", bytesMax: bytesMax) { type in
        !type.hasPrefix("text/")
      }
    }
  }

  /// What came.
  package struct Answer: Sendable {
    /// The address that answered, after redirects.
    package var url: String
    /// The `Content-Type` header; empty if there was none.
    package var contentType: String
    /// The body, inflated.
    package var body: [UInt8]
  }

  private let policy: FetchPolicy
  private let names: any NameLookup
  private let ticks: @Sendable () -> Int64
  private let isStopped: @Sendable () -> Bool
  /// Kept from one fetch to the next, so that the images of a page come over the connection that brought the page.
  private let curl: OpaquePointer

  /// - Parameters:
  ///   - names: looks names up.
  ///   - ticks: milliseconds that never go back.
  ///   - isStopped: asked about once a second; once it is true, what is under way ends, and nothing more is fetched.
  /// - Throws: `failed` if libcurl does not start.
  package init(
    policy: FetchPolicy, names: any NameLookup, ticks: @escaping @Sendable () -> Int64,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) throws(FetchError) {
    self.policy = policy
    self.names = names
    self.ticks = ticks
    self.isStopped = isStopped
    guard Self.isStarted, let curl = curl_easy_init() else { throw .failed(Int(CURLE_FAILED_INIT.rawValue)) }
    self.curl = OpaquePointer(curl)
  }

  deinit { curl_easy_cleanup(UnsafeMutableRawPointer(curl)) }

  /// libcurl as a whole, once for the process.
  private static let isStarted = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Fetches what is at an address, through at most so many redirects as the policy admits.
  package func fetch(_ request: Request) throws(FetchError) -> Answer {
    let deadline = ticks() + policy.milliseconds
    var address = try WebAddress(request.url)
    for _ in 0...max(0, policy.redirectsMax) {
      let (head, body) = try exchange(address, request, deadline: deadline)
      guard head.isRedirect else {
        return Answer(url: address.text, contentType: head.headers["Content-Type"] ?? "", body: body)
      }
      guard let location = head.headers["Location"] else { throw .badAnswer }
      address = try address.following(location)
    }
    throw .tooManyRedirects
  }

  private func exchange(
    _ address: WebAddress, _ request: Request, deadline: Int64
  ) throws(FetchError) -> (ResponseHead, [UInt8]) {
    guard !isStopped() else { throw .stopped }
    guard policy.mayUse(port: address.port) else { throw .addressNotAllowed }
    let found = try names.addresses(of: address.host, milliseconds: deadline - ticks())
    let left = deadline - ticks()
    guard left > 0 else { throw .timedOut }
    guard !found.isEmpty else { throw .unknownHost }
    let bytesMax = min(request.bytesMax, policy.bytesMax)
    let exchange = Exchange(policy: policy, isStopped: isStopped) { head in
      if head.isRedirect { return .stop }
      guard head.status == 200 || head.status == 203 else {
        return .fail(.status(head.status, retryAfterSeconds: head.retryAfterSeconds))
      }
      guard request.admitsType(head.mediaType) else { return .fail(.unsupportedType(head.mediaType)) }
      return .read(bytesMax: bytesMax)
    }
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    defer { for list in lists { curl_slist_free_all(list) } }
    // Whatever the name, these are its addresses: libcurl looks nothing up.
    let addresses = found.map { $0.isIPv4 ? $0.text : "[\($0.text)]" }.joined(separator: ",")
    try setOptions(
      address, left,
      headers: list(["Accept: \(request.accept)", "Accept-Encoding: gzip"], kept: &lists),
      addresses: list(["*:\(address.port):\(addresses)"], kept: &lists))
    guard exchange.attach(to: curl) else { throw .failed(Int(CURLE_FAILED_INIT.rawValue)) }
    let body = try withExtendedLifetime(exchange) { () throws(FetchError) in
      try exchange.outcome(curl_easy_perform(UnsafeMutableRawPointer(curl)))
    }
    return (exchange.head, body)
  }

  private func list(
    _ texts: [String], kept lists: inout [UnsafeMutablePointer<curl_slist>]
  ) throws(FetchError) -> UnsafeMutablePointer<curl_slist> {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts {
      guard let longer = curl_slist_append(list, text) else {
        curl_slist_free_all(list)
        throw .failed(Int(CURLE_OUT_OF_MEMORY.rawValue))
      }
      list = longer
    }
    guard let list else { throw .failed(Int(CURLE_OUT_OF_MEMORY.rawValue)) }
    lists.append(list)
    return list
  }

  private func setOptions(
    _ address: WebAddress, _ milliseconds: Int64, headers: UnsafeMutablePointer<curl_slist>,
    addresses: UnsafeMutablePointer<curl_slist>
  ) throws(FetchError) {
    let curl = UnsafeMutableRawPointer(curl)
    // Options go, connections stay.
    curl_easy_reset(curl)
    var codes = [
      offprint_curl_admit_web_only(curl),
      offprint_curl_set_list(curl, CURLOPT_HTTPHEADER, headers),
      offprint_curl_set_list(curl, CURLOPT_RESOLVE, addresses),
    ]
    let texts: [(CURLoption, String)] = [
      (CURLOPT_URL, address.text), (CURLOPT_USERAGENT, policy.userAgent),
      // Empty and not absent: then the environment does not count either.
      (CURLOPT_PROXY, ""), (CURLOPT_NOPROXY, "*"),
    ]
    for (option, value) in texts { codes.append(offprint_curl_set_text(curl, option, value)) }
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_TIMEOUT_MS, Int(milliseconds)),
      (CURLOPT_CONNECTTIMEOUT_MS, Int(min(milliseconds, policy.connectMilliseconds))), (CURLOPT_NOSIGNAL, 1),
      (CURLOPT_NETRC, 0), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_HTTP09_ALLOWED, 0),
      (CURLOPT_HTTP_CONTENT_DECODING, 0), (CURLOPT_MAXCONNECTS, 4), (CURLOPT_HTTPGET, 1),
    ]
    for (option, value) in numbers { codes.append(offprint_curl_set_number(curl, option, value)) }
    guard codes.allSatisfy({ $0 == CURLE_OK }) else { throw .failed(Int(CURLE_FAILED_INIT.rawValue)) }
  }
}
