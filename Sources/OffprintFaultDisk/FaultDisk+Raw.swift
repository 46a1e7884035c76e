import CFaultVFS

/// What tests do to a disk from outside: uncounted, past all faults, durable at once.
extension FaultDisk {
  /// The paths of all files, sorted by their bytes.
  package var files: [String] {
    var files: [String] = []
    var index: Int32 = 0
    var isFolder: Int32 = 0
    while let path = fault_disk_list(disk, index, &isFolder) {
      if isFolder == 0 { files.append(String(cString: path)) }
      index += 1
    }
    return files
  }

  /// The bytes of a file as a process sees them; nil if there is none.
  package func bytes(of path: String) -> [UInt8]? {
    let size = fault_disk_peek_size(disk, path)
    guard size >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    fault_disk_peek(disk, path, 0, &bytes, size)
    return bytes
  }

  /// Writes into a file, made with its folders if it is not there; whether it could.
  @discardableResult package func write(_ bytes: [UInt8], to path: String, at offset: Int = 0) -> Bool {
    fault_disk_poke(disk, path, Int64(offset), bytes, Int64(bytes.count)) == 0
  }

  /// Cuts or lengthens a file; whether there is one.
  @discardableResult package func truncate(_ path: String, to size: Int) -> Bool {
    fault_disk_truncate(disk, path, Int64(size)) == 0
  }

  /// Removes a file for good.
  package func erase(_ path: String) { fault_disk_erase(disk, path) }

  /// A number over the names and bytes of all files: equal disks have equal ones.
  package var hash: UInt64 { fault_disk_hash(disk) }
}
