import CCurl
import Dispatch
import Foundation
import OffprintHTTP
import OffprintLocks

/// Looks names up.
package protocol NameLookup: Sendable {
  /// The addresses of a host, a name or an address written out, within so many milliseconds.
  /// - Throws: `unknownHost`, `lookupFailed`, `timedOut`.
  func addresses(of host: String, milliseconds: Int64) throws(FetchError) -> [IPAddress]
}

/// The system's way of looking names up, each on a thread of its own: it cannot be told to stop, only be left behind.
package final class Resolver: NameLookup {
  /// Lookups under way, those left behind included.
  private let running = Mutex(0)
  private let runningMax: Int
  /// Addresses of one name that are of any use.
  private static let addressesMax = 16

  /// - Parameter runningMax: lookups at one time.
  package init(runningMax: Int = 32) { self.runningMax = runningMax }

  /// The addresses of a host; see ``NameLookup/addresses(of:milliseconds:)``.
  package func addresses(of host: String, milliseconds: Int64) throws(FetchError) -> [IPAddress] {
    if let literal = IPAddress(host) { return [literal] }
    let isAdmitted = running.withLock { running in
      guard running < runningMax else { return false }
      running += 1
      return true
    }
    guard isAdmitted else { throw .lookupFailed }
    let answer = Pending()
    let thread = Thread { [self] in
      answer.result.withLock { $0 = Self.lookUp(host) }
      running.withLock { $0 -= 1 }
      answer.done.signal()
    }
    thread.name = "lookup"
    thread.stackSize = 1 << 20
    thread.start()
    guard answer.done.wait(timeout: .now() + .milliseconds(Int(max(0, milliseconds)))) == .success,
      let result = answer.result.withLock({ $0 })
    else { throw .timedOut }
    return try result.get()
  }

  private final class Pending: Sendable {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<[IPAddress], FetchError>?>(nil)
  }

  private static func lookUp(_ host: String) -> Result<[IPAddress], FetchError> {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    hints.ai_flags = offprint_idn_flag()
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      return .failure(code == EAI_NONAME || code == offprint_no_data_code() ? .unknownHost : .lookupFailed)
    }
    defer { freeaddrinfo(list) }
    var found: [IPAddress] = []
    var next = list
    while let entry = next, found.count < addressesMax {
      if let address = entry.pointee.ai_addr,
        let endpoint = Endpoint(address, length: Int(entry.pointee.ai_addrlen)), !found.contains(endpoint.address)
      {
        found.append(endpoint.address)
      }
      next = entry.pointee.ai_next
    }
    return found.isEmpty ? .failure(.unknownHost) : .success(found)
  }
}
