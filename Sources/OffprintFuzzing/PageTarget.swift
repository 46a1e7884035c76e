import OffprintHTTP
import Offprint
import OffprintServer
import OffprintGzip
import OffprintWire

extension FuzzTarget {
  /// The lines of a sync's answer, as a client reads them.
  static let page = FuzzTarget("page", bytesMax: 4_096) { bytes in
    for line in bytes.split(separator: 0x0A) {
      guard let read = try? SyncAnswerLine(parsing: Array(line)) else { continue }
      if case .unreadable(let reason) = read {
        try hold(reason.utf8.count < 1_024, "a reason of \(reason.utf8.count) bytes")
        continue
      }
      try Answers.checkTrip(of: read)
    }
  }

  /// The answer to a request for many contents, read by a client and written by a server.
  static let contents = FuzzTarget("contents", bytesMax: 2_048) { bytes in
    let parts = ContentsFrame(bytes).parts
    let size = parts.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
    try hold(size <= bytes.count, "\(size) bytes of content from \(bytes.count)")
    for isGzip in [false, true] {
      var batch = ContentBatch(gzip: isGzip)
      for part in parts { try batch.append(part.hash, part.bytes.map { try Fragment(deflating: $0, level: 1) }) }
      var sent = batch.finish(more: false)
      if isGzip { sent = try Gzip.inflate(sent, outputBytesMax: 1 << 24) }
      let frame = ContentsFrame(sent)
      let again = frame.parts
      let isSame =
        frame.isWhole && again.count == parts.count && zip(again, parts).allSatisfy { Answers.isSame($0, $1) }
      try hold(isSame, "contents written and read are others: \(shown(sent))")
    }
  }

  /// Problem documents and the sentences made of them, with a status and a header that fit or do not.
  static let problem = FuzzTarget("problem", bytesMax: 1_024) { bytes in
    try Answers.checkSentence(bytes)
    guard let problem = Problem(parsing: bytes) else { return }
    try hold((400..<600).contains(problem.slug.status), "\(problem.slug) has no status of an error")
    let written = Problem(problem.slug, problem.detail).json(requestID: "0000000000000000").canonicalBytes
    guard let again = Problem(parsing: written) else { throw BrokenPromise("not read back: \(shown(written))") }
    let isSame = again.slug == problem.slug && again.detail.utf8.elementsEqual(problem.detail.utf8)
    try hold(isSame, "a problem read back is another: \(shown(written))")
  }
}

private enum Answers {
  static func checkTrip(of line: SyncAnswerLine) throws {
    var first = JSONWriter()
    line.write(to: &first)
    guard let again = try? SyncAnswerLine(parsing: first.bytes) else {
      throw BrokenPromise("a line that was written cannot be read: \(shown(first.bytes))")
    }
    if case .unreadable(let reason) = again {
      throw BrokenPromise("a line that was written is passed over, \(reason): \(shown(first.bytes))")
    }
    var second = JSONWriter()
    again.write(to: &second)
    try hold(first.bytes == second.bytes, "a line changes: \(shown(first.bytes)) \(shown(second.bytes))")
  }

  static func isSame(_ one: ContentsFrame.Part, _ other: ContentsFrame.Part) -> Bool {
    one.bytes == other.bytes && one.hash.utf8.elementsEqual(other.hash.utf8)
  }

  /// Whatever a server says, what a person is shown of it is one line without control characters.
  static func checkSentence(_ bytes: [UInt8]) throws {
    let statuses = [200, 400, 401, 404, 410, 426, 500, 503]
    let status = statuses[Int(bytes.first ?? 0) % statuses.count]
    let retry = bytes.split(separator: 0x0A).last.map { String(decoding: $0.prefix(40), as: UTF8.self) }
    for type in ["application/problem+json", "application/problem+json ; charset=utf-8", "text/html"] {
      var headers: HTTPHeaders = ["Offprint-Time": "1800000000000", "Content-Type": type]
      headers["Retry-After"] = retry
      let error = try ServerAnswer(HTTPResponse(status: status, headers: headers, body: bytes)).error(doing: "syncing")
      let isPlain = error.explanation.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
      }
      try hold(isPlain && error.explanation.utf8.count < 2_000, "a sentence with control characters, or endless")
    }
  }
}
