import OffprintFiles

/// The server's data folder, for its owner alone.
struct DataFolder: Sendable {
  /// Absolute, or relative to the working directory as given.
  let path: String
  /// The disk it is on.
  let files: any FileSystem

  var database: String { path + "/offprintd.sqlite" }
  var heads: String { path + "/heads.json" }
  /// Held for each writing transaction.
  var writeLock: String { path + "/lock" }
  /// Held by the one server process.
  var serveLock: String { path + "/serve.lock" }

  /// How long a writer waits for another process, which holds the lock for milliseconds.
  static let lockTimeoutMilliseconds = 5_000

  /// The folder, made with mode 0700 if it is not there (its parents too).
  init(preparing path: String, files: any FileSystem) throws(StoreError) {
    self.path = path
    self.files = files
    do throws(FileError) { try files.makeFolder(path) } catch { throw StoreError(error) }
  }

  /// Replaces a file whole or not at all.
  func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
    do throws(FileError) { try files.replace(path, with: bytes) } catch { throw StoreError(error) }
  }

  /// The bytes of a file; nil if there is none.
  func read(_ path: String, bytesMax: Int) throws(StoreError) -> [UInt8]? {
    do throws(FileError) { return try files.read(path, bytesMax: bytesMax) } catch { throw StoreError(error) }
  }

  /// Removes what interrupted work left: files that were to take another's place.
  func removeLeftovers() {
    for path in [heads + ".new", database + ".partial"] { files.remove(path) }
  }

  /// Opens a lock's file.
  func openLock(_ path: String) throws(StoreError) -> any FileLock {
    do throws(FileError) { return try files.lock(path) } catch { throw StoreError(error) }
  }
}

extension StoreError {
  /// What a file's error means to the server.
  init(_ error: FileError) {
    self = error.kind == .noSpace ? .full : .unusable("cannot use \(error.path): \(error.reason)")
  }
}
