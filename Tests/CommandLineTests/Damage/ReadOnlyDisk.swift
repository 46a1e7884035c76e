import OffprintProcesses
import Foundation
import OffprintTesting

/// A copy of a folder on a disk that cannot be written: a small file system in memory where this process may mount one, else
/// a folder without write permission.
final class ReadOnlyDisk {
  /// The copy.
  let copy: String
  private let folder: TemporaryFolder
  private let isMounted: Bool

  /// - Parameter prepare: Called with the copy while it can still be written.
  /// - Returns: nil, having said so on standard error, where root may not mount and permissions stop nobody.
  init?(holding source: String, prepare: (String) throws -> Void = { _ in }) throws {
    folder = try TemporaryFolder()
    let mount = folder.file("disk")
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: false)
    copy = mount + "/copy"
    isMounted = try RealProcess.run("/bin/mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", mount]).status == 0
    guard isMounted || geteuid() != 0 else {
      FileHandle.standardError.write(Data("ReadOnlyDisk: LEFT OUT, this root may not mount\n".utf8))
      return nil
    }
    guard try RealProcess.run("/bin/cp", ["-a", source, copy]).status == 0 else { return nil }
    try prepare(copy)
    let sealed =
      isMounted
      ? try RealProcess.run("/bin/mount", ["-o", "remount,ro", mount])
      : try RealProcess.run("/bin/chmod", ["-R", "a-w", copy])
    guard sealed.status == 0 else { return nil }
  }

  deinit {
    if isMounted {
      _ = try? RealProcess.run("/bin/umount", [folder.file("disk")])
    } else {
      _ = try? RealProcess.run("/bin/chmod", ["-R", "u+w", copy])
    }
  }
}
