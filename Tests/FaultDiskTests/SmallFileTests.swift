import OffprintFaultDisk
import OffprintFiles
import Testing

@Suite struct `Small files on a failing disk` {
  private static let old: [UInt8] = Array(repeating: 1, count: 3_000)
  private static let new: [UInt8] = Array(repeating: 2, count: 2_000)
  private static let path = "/folder/marker.json"

  private func disk(seed: UInt64, old: [UInt8]? = Self.old) throws -> FaultDisk {
    let disk = FaultDisk(seed: seed)
    try disk.makeFolder("/folder")
    if let old { try disk.replace(Self.path, with: old) }
    return disk
  }

  @Test(arguments: [Crash.kill, .power], [true, false])
  func `a crash at any call of a replacement leaves the old file or the new one`(mode: Crash, reorder: Bool) throws {
    for seed in UInt64(0)..<40 {
      for before in [Self.old, nil] {
        for call in 1...8 {
          let disk = try disk(seed: seed, old: before)
          disk.setNamesReorder(reorder)
          disk.arm(mode, afterCalls: call)
          let error = thrown { try disk.replace(Self.path, with: Self.new) }
          let returned = error == nil
          #expect(returned == !disk.isDown)
          if returned { disk.crash(mode) }
          disk.beginProcess()
          let found = try disk.read(Self.path, bytesMax: 10_000)
          #expect(found == Self.new || (!returned && found == before), "seed \(seed), call \(call)")
        }
      }
    }
  }

  @Test func `every step of a replacement is a call`() throws {
    let disk = try disk(seed: 1)
    let before = disk.calls
    try disk.replace(Self.path, with: Self.new)
    // Remove what an earlier one left, create, write, sync, rename, sync the folder.
    #expect(disk.calls - before == 6)
  }

  @Test(arguments: [Fault.full, .write, .sync, .open, .rename])
  func `a replacement that fails says so and keeps the old file`(fault: Fault) throws {
    for seed in UInt64(0)..<20 {
      let disk = try disk(seed: seed)
      disk.fail(fault, nth: 1)
      let error = thrown { try disk.replace(Self.path, with: Self.new) } as? FileError
      #expect(error?.kind == (fault == .full ? .noSpace : .other))
      #expect(try disk.read(Self.path, bytesMax: 10_000) == Self.old)
      #expect(disk.files == [Self.path])
      disk.crash(.power)
      disk.beginProcess()
      #expect(try disk.read(Self.path, bytesMax: 10_000) == Self.old)
    }
  }

  @Test(arguments: [Crash.kill, .power], [true, false])
  func `a crash at any call of a move leaves the file under one of its names`(mode: Crash, reorder: Bool) throws {
    let target = "/other/marker.json"
    for seed in UInt64(0)..<40 {
      for call in 1...4 {
        let disk = try disk(seed: seed)
        try disk.makeFolder("/other")
        try disk.replace(target, with: Self.new)
        disk.setNamesReorder(reorder)
        disk.arm(mode, afterCalls: call)
        let returned = thrown { try disk.move(Self.path, to: target) } == nil
        #expect(returned == !disk.isDown)
        if returned { disk.crash(mode) }
        disk.beginProcess()
        let found = (try disk.read(Self.path, bytesMax: 10_000), try disk.read(target, bytesMax: 10_000))
        #expect(
          found == (nil, Self.old) || (!returned && found == (Self.old, Self.new))
            || (!returned && found == (Self.old, Self.old)),
          "seed \(seed), call \(call)")
      }
    }
  }

  @Test func `folders are there after a power loss once they were made, all of them`() throws {
    for seed in UInt64(0)..<40 {
      let disk = FaultDisk(seed: seed)
      try disk.makeFolder("/one/two/three")
      disk.crash(.power)
      disk.beginProcess()
      #expect(disk.exists("/one/two/three"), "seed \(seed)")
    }
  }

  @Test func `a full disk refuses a file that does not fit and takes one that does`() throws {
    let disk = try disk(seed: 1)
    disk.setCapacity(bytes: 4_000)
    #expect((thrown { try disk.replace(Self.path, with: Self.new) } as? FileError)?.kind == .noSpace)
    #expect(try disk.read(Self.path, bytesMax: 10_000) == Self.old)
    try disk.replace(Self.path, with: [3])
    #expect(try disk.read(Self.path, bytesMax: 10_000) == [3])
  }

  @Test func `what is asked for is answered as the machine's files do`() throws {
    let disk = FaultDisk(seed: 1)
    #expect(try disk.read("/folder/a", bytesMax: 10) == nil)
    #expect(thrown { try disk.replace("/folder/a", with: [1]) } != nil)
    try disk.makeFolder("/folder/inner")
    try disk.makeFolder("/folder/inner")
    try disk.replace("/folder/a", with: [1, 2, 3])
    #expect(disk.exists("/folder/a") && disk.exists("/folder/inner") && !disk.exists("/folder/b"))
    #expect((thrown { _ = try disk.read("/folder/a", bytesMax: 2) } as? FileError)?.kind == .unsuitable)
    #expect((thrown { _ = try disk.read("/folder/inner", bytesMax: 2) } as? FileError)?.kind == .unsuitable)
    #expect((thrown { try disk.makeFolder("/folder/a") } as? FileError)?.kind == .unsuitable)
    try disk.replace("/folder/a", with: [])
    #expect(try disk.read("/folder/a", bytesMax: 0) == [])
    disk.remove("/folder/a")
    disk.remove("/folder/a")
    #expect(!disk.exists("/folder/a"))
  }

  @Test func `a removal that was not synced may be undone by a power loss, and not by a kill`() throws {
    var back = 0
    for seed in UInt64(0)..<40 {
      for mode in [Crash.kill, .power] {
        let disk = try disk(seed: seed)
        disk.remove(Self.path)
        disk.crash(mode)
        disk.beginProcess()
        let found = try disk.read(Self.path, bytesMax: 10_000)
        #expect(found == nil || (mode == .power && found == Self.old))
        if found != nil { back += 1 }
      }
    }
    #expect(back > 5 && back < 35)
  }

  @Test func `without a journal a later change of names may outlive an earlier one, with one it does not`() throws {
    for reorder in [true, false] {
      var reordered = 0
      for seed in UInt64(0)..<40 {
        let disk = try disk(seed: seed)
        try disk.replace("/folder/second", with: [1])
        disk.setNamesReorder(reorder)
        disk.remove(Self.path)
        disk.remove("/folder/second")
        disk.crash(.power)
        if disk.files == [Self.path] { reordered += 1 }
      }
      #expect(reorder ? reordered > 2 : reordered == 0)
    }
  }

  @Test func `what was not synced is kept, dropped or torn at sectors`() throws {
    var seen: Set<String> = []
    for seed in UInt64(0)..<60 {
      let disk = try disk(seed: seed)
      disk.write([], to: "/folder/lock")
      let lock = try disk.lock("/folder/lock")
      lock.writeHolder(String(repeating: "x", count: 5_000))
      disk.crash(.power)
      let bytes = try #require(disk.bytes(of: "/folder/lock"))
      var kinds: Set<UInt8> = []
      for sector in stride(from: 0, to: bytes.count, by: 512) {
        let values = Set(bytes[sector..<min(sector + 512, bytes.count)])
        #expect(values.count == 1, "a sector is whole")
        kinds.formUnion(values)
      }
      seen.insert(bytes.isEmpty ? "dropped" : kinds.count == 2 ? "torn" : bytes.count == 5_000 ? "kept" : "short")
    }
    #expect(seen.isSuperset(of: ["dropped", "torn", "kept", "short"]))
  }

  @Test(arguments: [Crash.kill, .power])
  func `a lock is one holder's until it lets go, ends or crashes`(mode: Crash) throws {
    let disk = FaultDisk(seed: 1)
    let first = try disk.lock("/lock")
    #expect(first.tryLock() && first.tryLock())
    first.writeHolder("pid 1")
    var second: (any FileLock)? = try disk.lock("/lock")
    #expect(second?.tryLock() == false)
    #expect(second?.readHolder() == "pid 1")
    #expect(second?.lock(timeoutMilliseconds: 70) == false)
    #expect(disk.sleptMicroseconds == 70_000)
    first.unlock()
    #expect(second?.tryLock() == true && !first.tryLock())
    second = nil
    #expect(first.tryLock())
    disk.crash(mode)
    #expect(!first.tryLock())
    disk.beginProcess()
    let third = try disk.lock("/lock")
    #expect(third.tryLock() && !first.tryLock())
  }
}
