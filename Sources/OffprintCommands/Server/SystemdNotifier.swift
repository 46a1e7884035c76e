#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells systemd how the server is: a datagram each, as sd_notify(3) describes. Without systemd it does nothing.
struct SystemdNotifier: Sendable {
  private let address: [UInt8]?
  /// How often the watchdog wants to hear from this process, halved; nil if there is none.
  let watchdogMilliseconds: Int64?

  /// What this process's environment asks for.
  init(variables: [String: String]) {
    address = variables["NOTIFY_SOCKET"].flatMap { path in
      // A name that begins with @ is in the kernel's own space, where it begins with a NUL.
      guard path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1 else { return nil }
      return path.hasPrefix("@") ? [0] + Array(path.utf8.dropFirst()) : Array(path.utf8)
    }
    let isMeant = variables["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let microseconds = variables["WATCHDOG_USEC"].flatMap { Int64($0) }
    watchdogMilliseconds = isMeant ? microseconds.map { max(1, $0 / 2_000) } : nil
  }

  /// Sends a state such as `READY=1`. What cannot be sent is dropped.
  func send(_ state: String) {
    #if !canImport(Darwin)
      guard let bytes = address else { return }
      var address = sockaddr_un()
      guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return }
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      // The path is the last part of the address, and no more of it counts than was set.
      let unused = MemoryLayout.size(ofValue: address.sun_path) - bytes.count
      let length = socklen_t(MemoryLayout<sockaddr_un>.size - unused)
      let message = Array(state.utf8)
      _ = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
        }
      }
    #endif
  }
}
