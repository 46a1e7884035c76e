import CFaultVFS

extension FaultDisk {
  /// Crashes before or in the middle of the counted call that is the `calls`-th from now; 1 is the next.
  package func arm(_ crash: Crash, afterCalls calls: Int) { fault_disk_arm(disk, crash.code, Int64(calls)) }

  /// Crashes now.
  package func crash(_ crash: Crash) { fault_disk_crash(disk, crash.code) }

  /// The `nth` call from now that can fail so fails, once; 1 is the next.
  package func fail(_ fault: Fault, nth: Int) { fault_disk_fail(disk, fault.code, Int64(nth)) }

  /// Whether this fault was asked for and has not happened yet.
  package func isArmed(_ fault: Fault) -> Bool { fault_disk_is_armed(disk, fault.code) != 0 }

  /// How many calls from now this fault is asked for; 0 if it is not, or has happened.
  package func callsUntil(_ fault: Fault) -> Int { Int(fault_disk_fails_in(disk, fault.code)) }

  /// Takes back the crash and the faults that have not happened.
  package func disarm() { fault_disk_disarm(disk) }

  /// Draws all further fates and randomness from this seed.
  package func reseed(_ seed: UInt64) { fault_disk_reseed(disk, seed) }

  /// Runs `body` so that no call on this disk, and no allocation of this thread, is counted or fails: a look from outside.
  package func withoutFaults<T>(_ body: () throws -> T) rethrows -> T {
    fault_disk_set_sheltered(disk, 1)
    FaultMemory.shelter(true)
    defer {
      fault_disk_set_sheltered(disk, 0)
      FaultMemory.shelter(false)
    }
    return try body()
  }

  /// Whether a call on this disk, or an allocation since it is there, ever failed without a crash.
  package var hasFailed: Bool {
    let failures: [FaultEvent] = [.full, .write, .sync, .read, .busy, .open, .remove, .truncate, .rename, .capacity]
    return FaultMemory.failures > memoryFailuresBefore || failures.contains { count($0) > 0 }
  }

  /// The calls counted so far: all that living processes did but closing and unlocking.
  package var calls: Int { Int(fault_disk_calls(disk)) }

  /// How many crashes there have been.
  package var crashes: Int { Int(fault_disk_crashes(disk)) }

  /// How often something has really happened.
  package func count(_ event: FaultEvent) -> Int { Int(fault_disk_faults(disk, event.code)) }

  /// All that has happened, by kind.
  package var counts: [FaultEvent: Int] {
    Dictionary(uniqueKeysWithValues: FaultEvent.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 })
  }

  /// Flips one bit of a file for good; whether there is such a byte. What SQLite has cached it does not read again.
  @discardableResult package func flip(_ path: String, offset: Int, bit: Int) -> Bool {
    fault_disk_flip(disk, path, Int64(offset), Int32(bit & 7)) == 0
  }

  /// Flips one bit that the seed draws, of all bytes or of some, such as one page.
  ///
  /// - Returns: where; nil if there is no such file or byte.
  @discardableResult package func flip(_ path: String, in range: Range<Int>? = nil) -> Int? {
    let at = fault_disk_flip_random(disk, path, Int64(range?.lowerBound ?? 0), Int64(range?.count ?? -1))
    return at < 0 ? nil : Int(at)
  }
}
