#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads what a person names on the command line: a file, or standard input.
package enum InputFile {
  /// The bytes of a file.
  ///
  /// - Parameter bytesMax: The most that is read; more is a failure, found before all of it is in memory.
  /// - Throws: ``CommandFailure`` with the path and the reason.
  package static func read(path: String, bytesMax: Int) throws -> [UInt8] {
    let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path.visible, systemReason(errno)) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path.visible, bytesMax: bytesMax)
  }

  /// The bytes of an open file, to its end.
  package static func read(descriptor: Int32, name: String, bytesMax: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(name, systemReason(errno))
      }
      bytes += piece[..<count]
      guard bytes.count <= bytesMax else {
        throw failure(name, "it is larger than \(Wording.bytes(Int64(bytesMax)))")
      }
    }
  }

  /// Hands the bytes of a file on in pieces.
  package static func forEachPiece(path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path.visible, systemReason(errno)) }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = piece.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return }
      if count > 0 {
        try body(piece[..<count])
      } else if errno != EINTR {
        throw failure(path.visible, systemReason(errno))
      }
    }
  }

  /// The bytes of a file; 0 if it is not there.
  package static func size(of path: String) -> Int64 {
    var info = stat()
    return stat(path, &info) == 0 ? Int64(info.st_size) : 0
  }

  /// Whether there is anything of that name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func failure(_ name: String, _ reason: String) -> CommandFailure {
    CommandFailure(.failed, code: "unreadableFile", "cannot read \(name): \(reason)")
  }
}
