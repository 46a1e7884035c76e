import CMicroHTTPD

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// The functions that the library calls, on its own threads. They stand at file scope: a closure written inside a function
// may be bound to an actor and trap on such a thread. They turn pointers into values and decide nothing.

/// A connection was opened or is about to be closed.
let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, socketContext, change in
  guard let core = core(context), let connection, let socketContext else { return }
  switch change {
  case .CONNECTION_NOTIFY_STARTED:
    let peer = PeerConnection(socket: offprint_mhd_socket(connection))
    socketContext.pointee = Unmanaged.passRetained(peer).toOpaque()
    core.add(peer)
  case .CONNECTION_NOTIFY_CLOSED:
    guard let pointer = socketContext.pointee else { return }
    socketContext.pointee = nil
    core.remove(Unmanaged<PeerConnection>.fromOpaque(pointer).takeRetainedValue())
  @unknown default:
    return
  }
}

/// A request line was read; what is returned accompanies the request to `requestCompleted`.
let targetRead: offprint_mhd_target_callback = { _, target, connection in
  guard let target, let connection, let context = offprint_mhd_context(connection) else { return nil }
  let peer = Unmanaged<PeerConnection>.fromOpaque(context).takeUnretainedValue()
  let bytes = Array(UnsafeRawBufferPointer(start: target, count: strlen(target)))
  let exchange = Exchange(connection: peer, target: bytes, targetStart: UInt(bitPattern: target))
  peer.begin(exchange)
  // The library would now split the query into parameters and, out of memory after some hundreds of them, never answer. Its
  // own buffer lies behind the pointer: a query that ends where it starts has none.
  if let mark = bytes.firstIndex(of: 0x3F), mark + 1 < bytes.count {
    UnsafeMutablePointer(mutating: target)[mark + 1] = 0
  }
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// The head of a request is there, or bytes of its body, or its end, or its answer.
let requestAdvanced: MHD_AccessHandlerCallback = {
  context, connection, _, method, version, data, count, requestContext in
  guard let core = core(context), let connection, let method, let version, let count,
    let pointer = requestContext?.pointee
  else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  if exchange.isNew { return core.head(exchange, connection: connection, method: method, version: version) }
  guard count.pointee > 0 else { return core.turn(exchange, connection: connection) }
  let bytes = UnsafeRawBufferPointer(start: data, count: count.pointee)
  count.pointee = 0
  return core.body(exchange, bytes)
}

/// The answer was sent, or the client is gone.
let requestCompleted: MHD_RequestCompletedCallback = { context, _, requestContext, _ in
  guard let core = core(context), let requestContext, let pointer = requestContext.pointee else { return }
  requestContext.pointee = nil
  core.end(Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue())
}

private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
  context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}
