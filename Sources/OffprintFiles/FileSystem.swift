/// All that the stores ask of a disk outside SQLite: small files that are whole or not there, and locks between processes.
///
/// The platform's is ``SystemFiles``. A simulator gives its own, which loses power in the middle of any call, so that what
/// is beside the databases is tested as hard as they are. Paths are taken literally.
package protocol FileSystem: Sendable {
  /// The SQLite VFS that keeps databases on the same disk; nil for the platform's.
  var sqliteVFS: String? { get }

  /// Whether there is anything of that name.
  func exists(_ path: String) -> Bool

  /// The bytes that a file has; nil if there is none.
  func size(of path: String) throws(FileError) -> Int64?

  /// The bytes of a file; nil if there is none.
  /// - Throws: ``FileError``, also for a file larger than `bytesMax`.
  func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8]?

  /// Puts a file in place of any earlier one, so that after a crash at any moment it is the old or the new one whole, and
  /// the new one once this has returned. Mode 0600.
  func replace(_ path: String, with bytes: [UInt8]) throws(FileError)

  /// Removes a file; one that is not there is no error.
  func remove(_ path: String)

  /// Makes a folder for its owner alone (0700), with those above it; one that is there is no error. After a crash they are
  /// there once this has returned.
  func makeFolder(_ path: String) throws(FileError)

  /// Whether this process may make, change and remove files in a folder; not so on a read-only disk.
  func mayWrite(in folder: String) -> Bool

  /// Whether the disk that a folder is on was made available for reading alone, so that nobody writes there.
  func isReadOnly(_ folder: String) -> Bool

  /// Gives a file another name, in place of any that has it; durable once this has returned.
  func move(_ path: String, to target: String) throws(FileError)

  /// Opens the file of a lock, made with mode 0600 if it is not there.
  func lock(_ path: String) throws(FileError) -> any FileLock
}

/// A lock between processes: advisory, on a file that is never removed. The system lets go of it when its holder ends,
/// however it ends.
package protocol FileLock: Sendable {
  /// Takes the lock if nobody has it.
  func tryLock() -> Bool
  /// Takes the lock, waiting at most that long; false if it stays taken.
  func lock(timeoutMilliseconds: Int) -> Bool
  /// Gives the lock back.
  func unlock()
  /// Notes the holder, for whoever finds the lock taken.
  func writeHolder(_ text: String)
  /// Who noted itself as the holder.
  func readHolder() -> String
}
