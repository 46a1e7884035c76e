import OffprintFiles

/// The machine's files with a hand in between: something may happen before a file is replaced, the folder may belong to
/// somebody else, and nobody waits for a lock.
struct HookedFiles: FileSystem {
  /// Called with the path of each file before it is replaced.
  var onReplace: @Sendable (String) -> Void = { _ in }
  /// Whether this process may write.
  var isOurs = true
  /// Whether nobody may.
  var isReadOnly = false
  private let files = SystemFiles()

  init(isOurs: Bool = true, isReadOnly: Bool = false, onReplace: @escaping @Sendable (String) -> Void = { _ in }) {
    self.isOurs = isOurs
    self.isReadOnly = isReadOnly
    self.onReplace = onReplace
  }

  var sqliteVFS: String? { nil }
  func exists(_ path: String) -> Bool { files.exists(path) }
  func size(of path: String) throws(FileError) -> Int64? { try files.size(of: path) }
  func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8]? { try files.read(path, bytesMax: bytesMax) }
  func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    onReplace(path)
    try files.replace(path, with: bytes)
  }
  func remove(_ path: String) { files.remove(path) }
  func makeFolder(_ path: String) throws(FileError) { try files.makeFolder(path) }
  func mayWrite(in folder: String) -> Bool { isOurs && !isReadOnly }
  func isReadOnly(_ folder: String) -> Bool { isReadOnly }
  func move(_ path: String, to target: String) throws(FileError) { try files.move(path, to: target) }
  func lock(_ path: String) throws(FileError) -> any FileLock { ImpatientLock(lock: try files.lock(path)) }
}

/// A lock for which nobody waits.
private struct ImpatientLock: FileLock {
  let lock: any FileLock

  func tryLock() -> Bool { lock.tryLock() }
  func lock(timeoutMilliseconds: Int) -> Bool { lock.tryLock() }
  func unlock() { lock.unlock() }
  func writeHolder(_ text: String) { lock.writeHolder(text) }
  func readHolder() -> String { lock.readHolder() }
}
