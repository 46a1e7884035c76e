import CMicroHTTPD

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RequestHead {
  /// Reads the head of a request out of the library's memory; valid in the first access callback only.
  ///
  /// The library parses in place: it overwrites colons and line ends by NUL and hands out pointers into the block that
  /// starts with the method. So whether each line ended in CR LF, and nothing else stood between, shows in whether method,
  /// target, version and fields tile the block exactly: a bare LF, a NUL or a folded line leaves a gap or a pointer outside.
  ///
  /// - Parameters:
  ///   - target: the target's bytes and where they stood, noted before the library took it apart.
  init(
    connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>, target: [UInt8],
    targetStart: UInt
  ) {
    let start = UInt(bitPattern: method)
    let end = start &+ UInt(bitPattern: offprint_mhd_head_size(connection))
    let methodBytes = Self.bytes(method, count: strlen(method))

    let versionStart = UInt(bitPattern: version)
    let versionText = Self.bytes(version, count: strlen(version))
    var tiles = Tiles(at: versionStart &+ UInt(versionText.count), end: end)
    tiles.isExact =
      targetStart == start &+ UInt(methodBytes.count) &+ 1
      && versionStart == targetStart &+ UInt(target.count) &+ 1 && versionText.count == 8
    tiles.lineEnd()
    let lineEnd = tiles.position

    withUnsafeMutablePointer(to: &tiles) { pointer in
      _ = MHD_get_connection_values_n(connection, .HEADER_KIND, collectField, UnsafeMutableRawPointer(pointer))
    }
    tiles.lineEnd()
    self.init(
      method: methodBytes, target: target, isVersion10: versionText == Array("HTTP/1.0".utf8), fields: tiles.fields,
      isWellFormed: tiles.isExact && tiles.position == end)
    lineBytes = Int(clamping: lineEnd &- start)
    headerBytes = Int(clamping: end &- lineEnd)
  }

  fileprivate static func bytes(_ start: UnsafePointer<CChar>, count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Walks over the block, from the end of one tile to the start of the next.
  fileprivate struct Tiles {
    var position: UInt
    let end: UInt
    var isExact = true
    var fields: [Field] = []

    init(at position: UInt, end: UInt) {
      self.position = position
      self.end = end
    }

    /// Steps over CR LF, which the library made two NULs.
    mutating func lineEnd() {
      // Only bytes of the block are looked at: the tiles before it ended inside.
      guard isExact, position < end, end - position >= 2, let bytes = UnsafePointer<UInt8>(bitPattern: position),
        bytes[0] == 0, bytes[1] == 0
      else { return isExact = false }
      position += 2
    }

    mutating func field(_ name: UnsafePointer<CChar>, _ nameCount: Int, _ value: UnsafePointer<CChar>, _ count: Int) {
      fields.append(
        Field(name: RequestHead.bytes(name, count: nameCount), value: RequestHead.bytes(value, count: count)))
      let colon = position &+ UInt(nameCount)
      let valueStart = UInt(bitPattern: value)
      guard isExact, UInt(bitPattern: name) == position, valueStart > colon, valueStart <= end,
        let gap = UnsafePointer<UInt8>(bitPattern: colon &+ 1)
      else { return isExact = false }
      for offset in 0..<Int(valueStart - colon - 1) where gap[offset] != 0x20 && gap[offset] != 0x09 {
        isExact = false
      }
      position = valueStart &+ UInt(count)
      lineEnd()
    }
  }
}

/// Called by the library for each header line. At file scope, since a closure could be bound to an actor.
private let collectField: MHD_KeyValueIteratorN = { context, _, name, nameCount, value, count in
  guard let context, let name else { return .NO }
  let tiles = context.assumingMemoryBound(to: RequestHead.Tiles.self)
  if let value {
    tiles.pointee.field(name, nameCount, value, count)
  } else {
    tiles.pointee.isExact = false
  }
  return .YES
}
