import Offprint
import OffprintFiles
import OffprintWire

/// Writes the pictures of an article into a folder, where a browser finds them.
struct PictureFiles {
  let folder: String

  /// Writes those that are on this device, each once, under its hash, and gives the body that names these files.
  ///
  /// What is no image that readers show is not written: a browser could take it for something else.
  func write(of id: ArticleID, namedBy body: [UInt8], from library: Library) async throws -> [UInt8] {
    let files = SystemFiles()
    try noting { () throws(FileError) in try files.makeFolder(folder) }
    var names: [String: String] = [:]
    for picture in try await library.pictures(of: id) {
      guard let bytes = try await library.bytes(of: picture), let head = ImageHead(bytes) else { continue }
      let name = "\(folder)/\(picture.hash).\(head.format.rawValue)"
      try noting { () throws(FileError) in try files.replace(name, with: bytes) }
      names[BodyImages.source(ofHash: picture.hash)] = name
    }
    return BodyImages.replacingSources(in: body) { names[$0] }
  }

  private func noting(_ body: () throws(FileError) -> Void) throws {
    do throws(FileError) { try body() } catch {
      throw CommandFailure(.failed, code: "failed", "cannot write pictures to \(folder.visible): \(error)")
    }
  }
}
