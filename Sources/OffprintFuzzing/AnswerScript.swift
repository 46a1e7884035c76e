import Offprint
import OffprintGzip
import OffprintHTTP
import OffprintWire
import OffprintLocks

/// A server without scruples: answers that an input holds, handed out by what is asked for.
///
/// Parts are separated by a line `---`. The first line of a part is `KIND STATUS TYPE`; header lines, an empty line and the
/// body follow. A kind's answers are given in turn and then from the first again, so that a client that goes on asking
/// is found out. Kinds: `info`, `missing`, `upload`, `sync`, `changes`, `digest`, `bucket`, `batch`.
final class AnswerScript: Transport {
  private let answers: [String: [HTTPResponse]]
  private let asked = Mutex<[String: Int]>([:])
  private let odd = Mutex<String?>(nil)
  /// So many requests no sync over a library of a few records needs, even if each of the 256 buckets differs.
  private static let requestsMax = 400

  init(_ bytes: [UInt8], account: String, _ names: RequestScript.Names) {
    var answers: [String: [HTTPResponse]] = [:]
    for part in RequestScript.parts(of: bytes).prefix(12) {
      guard let (kind, answer) = Self.answer(part, account: account, names) else { continue }
      answers[kind, default: []].append(answer)
    }
    self.answers = answers
  }

  private static func answer(
    _ part: ArraySlice<UInt8>, account: String, _ names: RequestScript.Names
  ) -> (String, HTTPResponse)? {
    let (lines, body) = RequestScript.head(of: part)
    guard let first = lines.first else { return nil }
    let words = first.split(separator: 0x20, maxSplits: 2).map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2, let status = Int(words[1]), (100..<600).contains(status) else { return nil }
    var headers = RequestScript.headers(lines.dropFirst().map { RequestScript.expanded($0, names)[...] })
    if headers["Offprint-Time"] == nil { headers["Offprint-Time"] = "1800000000000" }
    if headers["Offprint-Account"] == nil { headers["Offprint-Account"] = account }
    if words.count > 2, headers["Content-Type"] == nil { headers["Content-Type"] = words[2] }
    return (words[0], HTTPResponse(status: status, headers: headers, body: RequestScript.expanded(body, names)))
  }

  /// Whether the client asked more often than any honest sync would.
  var isAskedForEver: Bool { asked.withLock { $0.values.reduce(0, +) } > Self.requestsMax }

  /// A request that is no request: bytes that a server chose would be read as something else by what carries it.
  var oddRequest: String? { odd.withLock { $0 } }

  private func look(at request: TransportRequest) {
    let url = request.url.utf8
    let values = request.headers.fields.map(\.value)
    let isGood =
      url.allSatisfy { (0x21..<0x7F).contains($0) } && !url.contains(UInt8(ascii: "#"))
      && url.count { $0 == UInt8(ascii: "?") } <= 1
      && values.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
    // Whatever a server sent before, what is pushed has the form of the protocol.
    if request.url.hasSuffix("/v1/sync"), let fault = Self.fault(ofPush: request) {
      odd.withLock { $0 = "\(fault): \(shown(request.body))" }
    }
    if !isGood { odd.withLock { $0 = "\(request.url) \(values)" } }
  }

  private static func fault(ofPush request: TransportRequest) -> String? {
    let isPacked = request.headers["Content-Encoding"] == "gzip"
    let body = isPacked ? (try? Gzip.inflate(request.body, outputBytesMax: 1 << 23)) ?? [] : request.body
    guard let push = (try? SyncRequest(parsing: body))?.push else { return "a push of bad form" }
    for record in push.records {
      do throws(Refusal) { _ = try record.pushed() } catch { return "\(record.idText): \(error.detail)" }
    }
    return nil
  }

  /// Hands out the next answer of the request's kind.
  func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
    look(at: request)
    let kind = Self.kind(of: request)
    let turn = asked.withLock { asked in
      asked[kind, default: 0] += 1
      return asked[kind, default: 1] - 1
    }
    if isAskedForEver { throw .unreachable(reason: "asked for ever") }
    guard let all = answers[kind], !all.isEmpty else { return try Self.plain(kind) }
    let answer = all[turn % all.count]
    if answer.body.count > request.responseBytesMax { throw .responseTooLarge(limit: request.responseBytesMax) }
    return answer
  }

  private static func kind(of request: TransportRequest) -> String {
    let path = request.url.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1)
    switch String(decoding: path[0].split(separator: UInt8(ascii: "/")).suffix(2).joined(by: 0x2F), as: UTF8.self) {
    case "v1/info": return "info"
    case "contents/missing": return "missing"
    case "contents/batch": return "batch"
    case "v1/sync": return "sync"
    case "v1/changes": return "changes"
    case "v1/digest": return request.url.contains("bucket=") ? "bucket" : "digest"
    default: return "upload"
    }
  }

  /// What a kind is answered that the input says nothing about: as little as lets the sync go on.
  private static func plain(_ kind: String) throws(TransportError) -> HTTPResponse {
    var headers: HTTPHeaders = ["Offprint-Time": "1800000000000", "Content-Type": "application/json"]
    switch kind {
    case "missing": return HTTPResponse(status: 200, headers: headers, body: Array(#"{"missing":[]}"#.utf8))
    case "info": return HTTPResponse(status: 200, headers: headers, body: Array("{}".utf8))
    case "upload":
      headers["Content-Type"] = nil
      return HTTPResponse(status: 204, headers: headers)
    default: throw .unreachable(reason: "no answer")
    }
  }
}

extension Sequence where Element == Substring.UTF8View {
  fileprivate func joined(by separator: UInt8) -> [UInt8] { Array(map { Array($0) }.joined(separator: [separator])) }
}
