import CFaultVFS

/// SQLite's allocations and its generator, which belong to the process and not to a disk.
package enum FaultMemory {
  /// Puts a layer that can fail under SQLite's allocations; false if SQLite was used already. Call it first of all.
  package static func install() -> Bool { fault_memory_install() == 0 }

  /// The `nth` allocation by SQLite on this thread fails, once; 1 is the next, 0 takes it back.
  package static func fail(nth: Int) { fault_memory_fail(Int64(nth)) }

  static func shelter(_ isSheltered: Bool) { fault_memory_set_sheltered(isSheltered ? 1 : 0) }

  /// How many allocations of this thread have failed so.
  package static var failures: Int { Int(fault_memory_failures()) }

  /// How many allocations there have been on this thread.
  package static var allocations: Int { Int(fault_memory_allocations()) }

  /// Seeds SQLite's own generator, from which the salts of write-ahead logs and `random()` come.
  package static func seedSQLite(_ seed: UInt32) { fault_seed_sqlite(seed) }
}
