import OffprintCrypto
import OffprintWire

/// The body of `missing` and `batch`: a list of hashes.
package enum ContentList {
  /// Reads `{"hashes":[...]}`.
  /// - Throws: ``Problem``: `bad-request`, `too-large`.
  package static func hashes(in body: JSONValue) throws(Problem) -> [(text: String, hash: [UInt8])] {
    guard let elements = body["hashes"]?.array else { throw Problem(.badRequest, "the member 'hashes' is missing") }
    guard elements.count <= Limits.hashesMax else {
      throw Problem(
        .tooLarge, "too many hashes in one list",
        members: [JSONValue.Member("limit", .integer(Int64(Limits.hashesMax)))])
    }
    var hashes: [(text: String, hash: [UInt8])] = []
    for element in elements {
      guard let text = element.string, ContentReference.isHash(text), let hash = Hex.decode(text) else {
        throw Problem(.badRequest, "a hash is 64 lower-case hexadecimal digits")
      }
      hashes.append((text, hash))
    }
    return hashes
  }
}
