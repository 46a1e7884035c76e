import OffprintProcesses
import Testing

extension RealWorld {
  /// Expects devices to be level with the server, to have nothing left to send, and to hold the same, byte for byte.
  func expectEqual(_ devices: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    var exports: Set<String> = []
    for device in devices {
      let verified = try client(device, "verify", "--json")
      #expect(
        verified.status == 0 && verified.output.contains("\"server\":\"equal\"")
          && verified.output.contains("\"unsent\":0"), "\(device): \(verified)", sourceLocation: sourceLocation)
      exports.insert(try client(device, "export").output)
    }
    #expect(exports.count == 1, sourceLocation: sourceLocation)
  }
}
