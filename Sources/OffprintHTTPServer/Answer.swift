import CMicroHTTPD
import OffprintHTTP

/// Gives answers to the library.
enum Answer {
  /// Queues an answer. `.NO` if neither it nor the one in its stead can be sent; then the connection is closed.
  ///
  /// - Parameter instead: sent when the answer is not fit to be sent: a status outside 200...599, a line break in a header.
  static func queue(_ response: HTTPResponse, on connection: OpaquePointer, instead: () -> HTTPResponse) -> MHD_Result {
    if let made = make(response) { return queue(made, response.status, connection) }
    let other = instead()
    guard let made = make(other) else { return .NO }
    return queue(made, other.status, connection)
  }

  /// Queues an answer whose body comes bit by bit.
  static func queue(_ head: HTTPResponse, streaming body: StreamBody, on connection: OpaquePointer) -> MHD_Result {
    let box = Unmanaged.passRetained(StreamBox(body, connection))
    guard
      let made = MHD_create_response_from_callback(
        UInt64.max, streamBlockBytes, supplyStream, box.toOpaque(), releaseStream)
    else {
      box.release()
      return .NO
    }
    for field in head.headers.fields where isOurs(field) {
      guard MHD_add_response_header(made, field.name, field.value) == .YES else {
        MHD_destroy_response(made)
        return .NO
      }
    }
    return queue(made, head.status, connection)
  }

  /// An answer as bytes of HTTP/1.1 that close the connection.
  static func serialised(_ response: HTTPResponse) -> [UInt8] {
    let phrase = MHD_get_reason_phrase_for(UInt32(clamping: response.status)).map { String(cString: $0) } ?? ""
    var text = "HTTP/1.1 \(response.status) \(phrase)\r\n"
    for field in response.headers.fields where isOurs(field) { text += "\(field.name): \(field.value)\r\n" }
    text += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
    return Array(text.utf8) + response.body
  }

  private static func queue(_ made: OpaquePointer, _ status: Int, _ connection: OpaquePointer) -> MHD_Result {
    defer { MHD_destroy_response(made) }
    return MHD_queue_response(connection, UInt32(clamping: status), made)
  }

  private static func make(_ response: HTTPResponse) -> OpaquePointer? {
    guard (200...599).contains(response.status) else { return nil }
    let box = BodyBox(response.body)
    guard
      let made = MHD_create_response_from_buffer_with_free_callback_cls(
        box.bytes.count, UnsafeMutableRawPointer(mutating: box.start), releaseBody,
        Unmanaged.passRetained(box).toOpaque())
    else {
      // The library frees nothing when it makes nothing.
      Unmanaged.passUnretained(box).release()
      return nil
    }
    for field in response.headers.fields where isOurs(field) {
      guard MHD_add_response_header(made, field.name, field.value) == .YES else {
        MHD_destroy_response(made)
        return nil
      }
    }
    if response.closesConnection { _ = MHD_add_response_header(made, "Connection", "close") }
    return made
  }

  /// Length and connection are the library's business.
  private static func isOurs(_ field: HTTPHeaders.Field) -> Bool {
    !["content-length", "connection", "transfer-encoding"].contains(field.name.lowercased())
  }
}

/// A body that the library sends from where it lies, kept until it says that it is done.
private final class BodyBox {
  /// The body; never changed, so its storage stays where it is as long as the box lives.
  let bytes: [UInt8]
  /// Where the bytes are; a place of its own if there are none.
  let start: UnsafeRawPointer

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    start = self.bytes.withUnsafeBytes { $0.baseAddress } ?? nothing.pointer
  }
}

/// Bytes that the library takes of a stream at one time.
private let streamBlockBytes = 1_024

/// A stream and its connection, kept until the library says that it is done.
private final class StreamBox {
  let body: StreamBody
  let connection: OpaquePointer

  init(_ body: StreamBody, _ connection: OpaquePointer) {
    self.body = body
    self.connection = connection
  }
}

/// Called by the library when it can send more of a stream.
private let supplyStream: MHD_ContentReaderCallback = { box, _, buffer, count in
  guard let box, let buffer else { return -2 }
  let stream = Unmanaged<StreamBox>.fromOpaque(box).takeUnretainedValue()
  switch stream.body.supply(to: UnsafeMutableRawBufferPointer(start: buffer, count: count), on: stream.connection) {
  case .bytes(let count): return count
  case .later: return 0
  // MHD_CONTENT_READER_END_OF_STREAM, a cast that Swift does not see.
  case .end: return -1
  }
}

/// Called by the library when a stream is sent or given up.
private let releaseStream: MHD_ContentReaderFreeCallback = { box in
  guard let box else { return }
  Unmanaged<StreamBox>.fromOpaque(box).release()
}

/// An address for bodies of no bytes; the library asks for one.
private let nothing = Nothing()

/// `@unchecked`: nobody reads or writes there.
private struct Nothing: @unchecked Sendable {
  let pointer = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}

/// Called by the library when an answer is sent or given up, on any of its threads.
private let releaseBody: MHD_ContentReaderFreeCallback = { box in
  guard let box else { return }
  Unmanaged<BodyBox>.fromOpaque(box).release()
}
