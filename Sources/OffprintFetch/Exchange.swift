import CCurl
import OffprintHTTP

/// One request and its answer: what libcurl tells while it works, and what came of it.
///
/// A class, for libcurl hands a pointer to it back; used by the thread that fetches alone.
final class Exchange {
  /// What to do once the head of an answer is there.
  enum Verdict {
    /// Read the body, so many bytes at most.
    case read(bytesMax: Int)
    /// The head is all that is needed.
    case stop
    /// It is of no use.
    case fail(FetchError)
  }

  private let policy: FetchPolicy
  private let judge: (ResponseHead) -> Verdict
  private(set) var head = ResponseHead()
  private var headerBytes = 0
  private var body: ResponseBody?
  /// Why it was ended from here.
  private var failure: FetchError?
  private var isHeadEnough = false
  private var hasRefused = false
  private let isStopped: @Sendable () -> Bool

  init(
    policy: FetchPolicy, isStopped: @escaping @Sendable () -> Bool, judge: @escaping (ResponseHead) -> Verdict
  ) {
    self.policy = policy
    self.isStopped = isStopped
    self.judge = judge
  }

  /// What came of it; the body is empty where the head was enough.
  func outcome(_ code: CURLcode) throws(FetchError) -> [UInt8] {
    if let failure { throw failure }
    if isHeadEnough { return [] }
    guard code == CURLE_OK else { throw Self.failure(of: code, hasRefused: hasRefused) }
    guard head.isComplete else { throw .badAnswer }
    return try body.take()?.finish() ?? []
  }

  // MARK: What libcurl calls

  /// Has libcurl report to this exchange, which must outlive what it does.
  func attach(to curl: OpaquePointer) -> Bool {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let code = offprint_curl_set_callbacks(
      UnsafeMutableRawPointer(curl), context,
      { bytes, size, count, context in
        Exchange.of(context)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
      },
      { bytes, size, count, context in
        Exchange.of(context)?.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
      },
      { context, _, address in
        guard let address, let exchange = Exchange.of(context) else { return CURL_SOCKET_BAD }
        return exchange.openSocket(address)
      })
    let progress = offprint_curl_set_progress(UnsafeMutableRawPointer(curl), context) { context, _, _, _, _ in
      guard let exchange = Exchange.of(context), exchange.isStopped() else { return 0 }
      return Int32(exchange.end(.stopped))
    }
    return code == CURLE_OK && progress == CURLE_OK
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The one place where it is decided what is connected to: the very address, whatever a name, a redirect or a second lookup
  /// said before.
  private func openSocket(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
    guard let pointer = offprint_curl_address(address),
      let endpoint = Endpoint(pointer, length: Int(address.pointee.addrlen)), policy.admits(endpoint)
    else {
      hasRefused = true
      return CURL_SOCKET_BAD
    }
    return offprint_curl_open_socket(address)
  }

  /// - Returns: how many bytes were taken; any other number than came ends the exchange.
  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
    headerBytes += line.count
    guard headerBytes <= policy.headerBytesMax else { return end(.badAnswer) }
    let wasComplete = head.isComplete
    guard head.take(line) else { return end(.badAnswer) }
    guard head.isComplete, !wasComplete else { return line.count }
    switch judge(head) {
    case .fail(let error): return end(error)
    case .stop:
      isHeadEnough = true
      return -1
    case .read(let bytesMax):
      do throws(FetchError) { body = try ResponseBody(head, bytesMax: bytesMax, policy: policy) } catch {
        return end(error)
      }
      return line.count
    }
  }

  private func receiveBody(_ piece: UnsafeRawBufferPointer) -> Int {
    do throws(FetchError) { try body?.append(Array(piece)) } catch { return end(error) }
    return body == nil ? end(.badAnswer) : piece.count
  }

  private func end(_ error: FetchError) -> Int {
    failure = failure ?? error
    return -1
  }

  // MARK: Errors

  private static func failure(of code: CURLcode, hasRefused: Bool) -> FetchError {
    switch code {
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: hasRefused ? .addressNotAllowed : .cannotConnect
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      .insecure
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      .cutOff
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP_RETURNED_ERROR:
      .badAnswer
    case CURLE_URL_MALFORMAT: .invalidAddress
    default: .failed(Int(code.rawValue))
    }
  }
}
