import Foundation
import OffprintCrypto

/// A value of this installation that backups and clones do not carry along (Protocol, STAMP-8).
///
/// On Linux: SHA-256 of the machine's id and the inode of the library's database, so that a copied folder and a restored
/// one are noticed. On Apple systems an app supplies its own through ``Environment``: an item of this device's keychain.
enum InstallationMarker {
  @Sendable static func read(folder: String) -> String? {
    #if canImport(Darwin)
      return nil
    #else
      guard let machine = FileManager.default.contents(atPath: "/etc/machine-id"), !machine.isEmpty,
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + LibraryFolder.databaseName),
        let inode = attributes[.systemFileNumber] as? NSNumber
      else { return nil }
      return Hex.encode(SHA256.hash(Array(machine) + Array(" \(inode.uint64Value)".utf8)))
    #endif
  }
}
