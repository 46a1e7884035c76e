import CZlib

/// Owns a `z_stream` at a fixed address, which zlib insists on (it keeps a pointer back to it).
final class ZStream {
  let pointer: UnsafeMutablePointer<z_stream>
  private let end: @convention(c) (UnsafeMutablePointer<z_stream>?) -> Int32

  /// - Parameter end: `inflateEnd` or `deflateEnd`; both are harmless on a stream whose start failed.
  init(ending end: @escaping @convention(c) (UnsafeMutablePointer<z_stream>?) -> Int32) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: z_stream())
    self.end = end
  }

  deinit {
    _ = end(pointer)
    pointer.deinitialize(count: 1)
    pointer.deallocate()
  }

  /// What zlib says about its last failure; empty if it says nothing.
  var message: String {
    pointer.pointee.msg.map { String(cString: $0) } ?? ""
  }

  /// Lends both buffers to one call of zlib and says how much of each it used.
  func run(
    input: ArraySlice<UInt8>, output: UnsafeMutableBufferPointer<UInt8>,
    _ call: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> (code: Int32, consumed: Int, produced: Int) {
    input.withUnsafeBufferPointer { bytes in
      // zlib counts in 32 bits: a longer input takes several calls.
      let lent = min(bytes.count, Int(Int32.max))
      let room = min(output.count, Int(Int32.max))
      pointer.pointee.next_in = bytes.baseAddress
      pointer.pointee.avail_in = UInt32(lent)
      pointer.pointee.next_out = output.baseAddress
      pointer.pointee.avail_out = UInt32(room)
      let code = call(pointer)
      let consumed = lent - Int(pointer.pointee.avail_in)
      let produced = room - Int(pointer.pointee.avail_out)
      // The buffers are ours only until this returns.
      pointer.pointee.next_in = nil
      pointer.pointee.avail_in = 0
      pointer.pointee.next_out = nil
      pointer.pointee.avail_out = 0
      return (code, consumed, produced)
    }
  }
}
