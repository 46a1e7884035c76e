import OffprintSQLite
import OffprintWire

/// The library's beginning and end in one process.
extension LibraryStore {
  /// Checks that database and marker belong together, and makes both whole when they are new. The caller holds the lock.
  func prepare(isNew: Bool) throws {
    if isNew, try metaText(.library) == nil {
      try database.transaction(.immediate) {
        let replica = ReplicaID(bits: environment.random64())
        try setMeta(.library, marker.id)
        try setMeta(.replica, replica.description)
        try setMeta(.changes, 0 as Int64)
        try setMeta(.generation, 1 as Int64)
        try setMeta(.unfinished, 1 as Int64)
        try run("INSERT INTO own_replica(replica) VALUES(?)", .text(replica.description))
      }
    }
    try checkMarker()
    if !marker.isComplete {
      marker.isComplete = true
      try folder.write(folder.marker, marker.bytes)
    }
    try refreshMoment()
    let installed = environment.installationMarker(folder.path)
    if try installed != nil && metaText(.marker) != installed {
      try database.transaction(.immediate) { try rekeyIfMoved() }
    }
  }

  /// Checks that database and marker belong together.
  func checkMarker() throws {
    guard try metaText(.library) == marker.id else {
      throw OffprintError(
        .damaged, "library.json belongs to another database than the one beside it; \(StoreFailure.repairAdvice)")
    }
    guard try metaInteger(.changes) >= marker.changes else {
      throw OffprintError(
        .damaged,
        "the database is older than library.json says: files were mixed, or its -wal file was removed; "
          + StoreFailure.repairAdvice)
    }
  }

  /// Notes in the marker that the library is in use, before the first write of this process.
  func noteUse() throws(OffprintError) {
    guard marker.isClean else { return }
    marker.isClean = false
    try folder.write(folder.marker, marker.bytes)
  }

  /// Copies the WAL back and notes the clean end. Failing to is harmless: the next open recovers.
  package func close() {
    guard let lock else { return database.close() }
    if lock.lock(timeoutMilliseconds: Self.lockTimeoutMilliseconds) {
      _ = try? database.checkpoint(.truncate)
      if let changes = try? metaInteger(.changes), changes > marker.changes || !marker.isClean {
        marker.changes = max(changes, marker.changes)
        marker.isClean = true
        try? folder.write(folder.marker, marker.bytes)
      }
      database.close()
      lock.unlock()
    } else {
      database.close()
    }
  }
}
