import Dispatch
import OffprintLocks

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looks at all connections a few times a second: cuts those that take too long and notices clients that are gone.
final class Watch: Sendable {
  private let core: ServerCore
  private let queue = DispatchQueue(label: "offprint.http.watch")
  private let pauseMilliseconds: Int
  private let isStopped = Mutex(false)

  /// Starts looking. It goes on until ``stop()``.
  init(_ core: ServerCore) {
    self.core = core
    let configuration = core.configuration
    let shortest = min(configuration.headSecondsMax, configuration.idleSecondsMax, configuration.bodyPaceAfterSeconds)
    pauseMilliseconds = Int(max(20, min(500, shortest * 250)))
    lookLater()
  }

  /// Ends it; a look that is under way goes on to its end.
  func stop() {
    isStopped.withLock { $0 = true }
  }

  private func lookLater() {
    queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds)) { [self] in
      guard !isStopped.withLock({ $0 }) else { return }
      Self.look(core)
      lookLater()
    }
  }

  private static func look(_ core: ServerCore) {
    let now = Ticks.now
    var watched: [PeerConnection] = []
    for connection in core.connections {
      switch connection.verdict(at: now, core.configuration) {
      case .fine: continue
      case .late:
        connection.cut(core.configuration.problem("request-timeout", 408, "the request took too long to arrive"))
      case .watch: watched.append(connection)
      }
    }
    lookForGoneClients(watched)
  }

  /// Asks the kernel which clients have closed: the library does not look at suspended connections at all.
  private static func lookForGoneClients(_ connections: [PeerConnection]) {
    let watched = connections.compactMap { connection in connection.watched().map { (connection, $0) } }
    guard !watched.isEmpty else { return }
    #if canImport(Darwin)
      let closed = Int16(POLLHUP)
    #else
      // POLLRDHUP of <poll.h>, which is not visible without _GNU_SOURCE: the peer has closed its sending half.
      let closed: Int16 = 0x2000
    #endif
    var polled = watched.map { pollfd(fd: $0.1.socket, events: closed, revents: 0) }
    guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
    for (index, entry) in polled.enumerated() where entry.revents & (closed | Int16(POLLERR) | Int16(POLLHUP)) != 0 {
      watched[index].0.clientHasClosed(at: watched[index].1.step)
    }
  }
}
