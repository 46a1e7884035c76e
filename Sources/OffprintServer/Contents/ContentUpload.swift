import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintWire

/// A content on its way in: inflated, hashed and compressed anew piece by piece, so that it is never in memory as a whole but as
/// it was sent and as it is kept.
package enum ContentUpload {
  private static let pieceBytes = 65_536

  /// The fragment to keep of a request's body, if its bytes have that hash.
  /// - Throws: ``Problem``: those of ``RequestBody``, and `bad-request` for other bytes; ``GzipError/outOfMemory``.
  package static func fragment(
    of request: HTTPRequest, hash: [UInt8], sentBytesMax: Int
  ) throws -> Fragment {
    let writer = try FragmentWriter()
    var hasher = SHA256()
    try RequestBody.forEachPiece(
      of: request, sentBytesMax: sentBytesMax, bytesMax: Limits.contentBytesMax, pieceBytes: pieceBytes
    ) { piece in
      hasher.update(piece)
      try writer.append(piece)
    }
    guard hasher.finalize() == hash else { throw Problem(.badRequest, "the bytes do not have that hash") }
    return try writer.finish()
  }
}
