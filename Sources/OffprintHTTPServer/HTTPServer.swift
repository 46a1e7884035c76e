import CMicroHTTPD
import Dispatch
import OffprintHTTP
import OffprintLocks

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An HTTP/1.1 server: bytes of sockets in, ``HTTPRequest`` values to a handler, ``HTTPResponse`` values out.
///
/// A request reaches the handler only if it can be read in one way: paths as they were sent, undecoded; the framing checked;
/// the body whole and within its limit. All methods reach it. Answers to `HEAD` are made as for `GET`; their body is not
/// sent. Requests of one connection are answered in order.
///
/// The handler runs as a task. It is cancelled when the client closes the connection or half of it (noticed within a second
/// or so) and when the server stops; its answer is sent all the same where that is possible. So a handler takes cancellation
/// as "do not wait any longer", never as "undo".
///
/// The program ignores SIGPIPE (``SignalPolicy/ignoreBrokenPipe()``). A server that was started is to be stopped; one that is
/// merely dropped goes on.
public final class HTTPServer: Sendable {
  /// Where a server listens.
  public struct BoundAddress: Sendable, Hashable {
    /// The literal as configured.
    public let address: String
    /// The port, the one chosen by the system if 0 was asked for.
    public let port: UInt16

    /// The path of the Unix socket, where it listens on one.
    public let unixSocket: String?

    /// The address as the start of a URL: `http://127.0.0.1:8787`, `http://[::1]:8787`; `unix:/path` for a Unix socket.
    public var url: String {
      if let unixSocket { return "unix:" + unixSocket }
      return address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)"
    }
  }

  /// How a server ended.
  public enum Ending: Sendable, Hashable {
    /// Every request that was let in got its whole answer.
    case drained
    /// The time of grace ran out: that many requests were answered by 503 or cut off.
    case cut(requests: Int)
    /// It was not running.
    case notRunning
  }

  /// `@unchecked`: the daemon is used by `stop` alone after `start` made it, and `run` is taken out of the lock once.
  private struct Run: @unchecked Sendable {
    let daemon: OpaquePointer
    let socket: Int32
    let context: Unmanaged<ServerCore>
    let watch: Watch
  }

  private enum State {
    case new
    case running(Run)
    case stopped
  }

  private let core: ServerCore
  private let state = Mutex(State.new)

  /// A server that is not started yet.
  ///
  /// - Parameters:
  ///   - immediate: asked first, on a thread that moves bytes, which does nothing else meanwhile: for answers that take
  ///     milliseconds at most. nil hands the request to `handler`.
  ///   - handler: answers a request; runs as a task.
  public init(
    configuration: HTTPServerConfiguration, immediate: (@Sendable (HTTPRequest) -> HTTPResponse?)? = nil,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPAnswer
  ) {
    core = ServerCore(configuration: configuration, immediate: immediate, handler: handler)
  }

  /// Requests under way: read, worked on or being answered.
  public var requestsOpen: Int { core.gate.open }

  /// Connections that are open.
  public var connectionsOpen: Int { core.connections.count }

  /// Binds the address and serves from then on.
  public func start() throws(HTTPServerError) -> BoundAddress {
    let configuration = core.configuration
    return try state.withLock { state throws(HTTPServerError) in
      guard case .new = state else { throw .startedBefore }
      let socket =
        if let path = configuration.unixSocket {
          try ListenSocket.open(path: path)
        } else {
          try ListenSocket.open(address: configuration.address, port: configuration.port)
        }
      let context = Unmanaged.passRetained(core)
      var options = offprint_mhd_options(
        listen_socket: socket, threads: UInt32(clamping: max(1, configuration.threads)),
        connection_memory: max(4_096, configuration.connectionMemoryBytes),
        connections_max: UInt32(clamping: configuration.connectionsMax),
        connections_per_address_max: UInt32(clamping: configuration.connectionsPerAddressMax),
        idle_seconds: UInt32(max(1, min(86_400, configuration.idleSecondsMax.rounded(.up)))),
        access: requestAdvanced, target: targetRead, completed: requestCompleted, connection: connectionChanged)
      guard let daemon = offprint_mhd_start(&options, context.toOpaque()) else {
        // Whether it has closed the socket by then differs by cause; a number left open is the lesser evil.
        context.release()
        throw .cannotListen(reason: "the HTTP library did not start")
      }
      let bound = BoundAddress(
        address: configuration.address, port: configuration.unixSocket == nil ? ListenSocket.port(of: socket) : 0,
        unixSocket: configuration.unixSocket)
      state = .running(Run(daemon: daemon, socket: socket, context: context, watch: Watch(core)))
      return bound
    }
  }

  /// Stops: no new connection, 503 for new requests, the open ones to their end.
  ///
  /// Handlers at work are cancelled at once, so that long polls end; what is not over when the grace is over is answered by
  /// 503, and what is not sent a second later is cut off.
  ///
  /// - Parameter graceSeconds: how long requests may take to end.
  @discardableResult
  public func stop(graceSeconds: Double) async -> Ending {
    let run = state.withLock { state -> Run? in
      guard case .running(let run) = state else { return nil }
      state = .stopped
      return run
    }
    guard let run else { return .notRunning }
    MHD_quiesce_daemon(run.daemon)
    // Refuses connections from now on. Closing would free the number while a thread may still use it.
    ListenSocket.shutDown(run.socket)
    if let path = core.configuration.unixSocket { unlink(path) }
    core.drain()
    var ending = Ending.drained
    if await !core.gate.idle(withinSeconds: graceSeconds) {
      ending = .cut(requests: core.gate.open)
      core.answerForHandlers()
      if await !core.gate.idle(withinSeconds: 1) {
        // A request may be between two callbacks at the first pass.
        repeat {
          core.answerForHandlers()
          for connection in core.connections { connection.cut(nil) }
        } while await !core.gate.idle(withinSeconds: 0.2)
      }
    }
    run.watch.stop()
    await withCheckedContinuation { continuation in
      // It waits for the library's threads, which is nothing for the pool of tasks.
      DispatchQueue(label: "offprint.http.stop").async {
        MHD_stop_daemon(run.daemon)
        close(run.socket)
        run.context.release()
        continuation.resume()
      }
    }
    return ending
  }
}
