import Foundation
import OffprintWire

extension FuzzTarget {
  /// Bytes taken for JSON documents, canonical values and whole sync requests.
  static let json = FuzzTarget("json", bytesMax: 2_048) { bytes in
    let parsed = try? JSONValue(parsing: bytes)
    if let parsed { try Document.check(parsed, of: bytes) }
    if let value = CanonicalValue(validating: bytes) {
      try hold(parsed != nil, "a canonical value is no document: \(shown(bytes))")
      try hold(CanonicalValue(value.json) == value, "a canonical value changes: \(shown(bytes))")
    }
    try Document.checkRequest(bytes)
  }
}

private enum Document {
  static func check(_ value: JSONValue, of bytes: [UInt8]) throws {
    let canonical = value.canonicalBytes
    let again = try? JSONValue(parsing: canonical)
    try hold(again?.canonicalBytes == canonical, "the canonical text is none: \(shown(canonical))")
    var scanner = JSONScanner(bytes)
    let isPassed = (try? scanner.skipValue()) != nil && (try? scanner.readEnd()) != nil
    try hold(isPassed, "read but not passed over: \(shown(bytes))")
    // We accept less than others do, never more: what they would read otherwise must not get in.
    let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    try hold(isJSON, "accepted, though no JSON to others: \(shown(bytes))")
  }

  static func checkRequest(_ bytes: [UInt8]) throws {
    guard let request = try? SyncRequest(parsing: bytes), let push = request.push else { return }
    try hold(push.n >= 1 && push.records.count <= Limits.pushRecordsMax, "a push of bad form: \(shown(bytes))")
    let records = push.records.compactMap { try? $0.pushed() }
    guard !records.isEmpty else { return }
    let written = SyncRequest.encode(
      cursor: request.cursor, limit: request.limit, replica: push.replica, n: push.n, nonce: push.nonce,
      records: records)
    guard let again = try? SyncRequest(parsing: written), let second = again.push else {
      throw BrokenPromise("a push that was written cannot be read: \(shown(written))")
    }
    let isSame =
      again.cursor == request.cursor && again.limit == request.limit && second.n == push.n
      && second.nonce == push.nonce && second.replica == push.replica && second.records.count == records.count
    try hold(isSame, "a push read back is another: \(shown(written))")
  }
}
