import OffprintLocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a result could not be written.
package enum OutputError: Error, Sendable, Hashable {
  /// Whoever read has gone (EPIPE).
  case closed
  /// The error number of the system, such as ENOSPC.
  case failed(Int32)
}

/// A stream of results, buffered, that notices each failed write: `print` would hide a full disk behind exit code 0.
package final class Output: Sendable {
  private let descriptor: Int32
  private let buffer = Mutex<[UInt8]>([])
  private static let bufferBytes = 1 << 16

  /// A stream to that file descriptor, which stays open.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// Adds text.
  package func write(_ text: String) throws(OutputError) { try write(bytes: text.utf8) }

  /// Adds a line.
  package func line(_ text: String = "") throws(OutputError) { try write(bytes: (text + "\n").utf8) }

  /// Adds bytes.
  package func write(bytes: some Collection<UInt8>) throws(OutputError) {
    try buffer.withLock { (waiting) throws(OutputError) in
      waiting.append(contentsOf: bytes)
      if waiting.count >= Self.bufferBytes { try send(&waiting) }
    }
  }

  /// Writes what is waiting; the last call before the end says whether all went well.
  package func flush() throws(OutputError) {
    try buffer.withLock { (waiting) throws(OutputError) in try send(&waiting) }
  }

  private func send(_ waiting: inout [UInt8]) throws(OutputError) {
    let bytes = waiting
    waiting.removeAll(keepingCapacity: true)
    var done = 0
    while done < bytes.count {
      let written = bytes[done...].withUnsafeBytes { unsafe in
        systemWrite(descriptor, unsafe.baseAddress, unsafe.count)
      }
      if written >= 0 {
        done += written
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // The shell gave us a descriptor that does not block: wait until it takes more.
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wanted, 1, 1000)
      case EPIPE: throw .closed
      case let number: throw .failed(number)
      }
    }
  }
}
