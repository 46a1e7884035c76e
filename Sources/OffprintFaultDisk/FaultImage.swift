import CFaultVFS

/// All folders and files of a disk at one moment, as a process saw them: for clones, backups and operators who copy single files.
// @unchecked Sendable: never changed after it was made.
package final class FaultImage: @unchecked Sendable {
  fileprivate let image: OpaquePointer

  fileprivate init(_ image: OpaquePointer) { self.image = image }

  deinit { fault_image_release(image) }
}

extension FaultDisk {
  /// All that is on the disk, copied.
  package func image() -> FaultImage {
    guard let image = fault_image_take(disk) else { preconditionFailure("no memory for an image") }
    return FaultImage(image)
  }

  /// Ends every process, puts the image in place of all that is there, durable, and begins a process.
  package func restore(_ image: FaultImage) {
    guard fault_image_restore(image.image, disk) == 0 else { preconditionFailure("no memory for an image") }
  }

  /// Puts one file of the image in place, or removes it if the image has none; what has the old one open keeps that.
  package func restore(_ path: String, from image: FaultImage) {
    guard fault_image_restore_file(image.image, disk, path) == 0 else { preconditionFailure("no memory for an image") }
  }
}
