import OffprintProcesses
import OffprintWire

/// Builds pushes as text, so that what is wrong stays wrong.
struct RawPush: Sendable {
  var cursor: String
  var replica: String
  var n = "1"
  var records: [String]

  init(_ daemon: HostileDaemon, replica: String? = nil, cursor: String? = nil, _ records: [String]) {
    self.cursor = cursor ?? daemon.cursor
    self.replica = replica ?? daemon.newReplica()
    self.records = records
  }

  /// The request's body.
  var body: [UInt8] {
    var text = #"{"cursor":"\#(cursor)","replica":"\#(replica)","n":\#(n),"nonce":"0000000000000001","records":["#
    text += records.joined(separator: ",")
    return Array((text + "]}").utf8)
  }

  /// The time of this machine, which is the daemon's, as a stamp of a replica.
  static func stamp(_ replica: String, secondsAhead: Int64 = 0) -> String {
    stamp(milliseconds: UInt64(max(0, TestClock.milliseconds + secondsAhead * 1_000)), replica)
  }

  static func stamp(milliseconds: UInt64, _ replica: String) -> String {
    FixedHex.text(milliseconds, digits: 12) + "-00000000-" + replica
  }

  /// A record of these parts; `values` and `new` are the insides of an object and a list.
  static func record(
    _ values: String, new: String = "", type: String = "article", id: String, stamp: String
  ) -> String {
    #"{"type":"\#(type)","id":"\#(id)","stamp":"\#(stamp)","new":[\#(new)],"values":{\#(values)}}"#
  }
}

extension HostileDaemon {
  /// Pushes one record. What became of it: `stored`, or slug and field of its refusal, or status and slug of the answer.
  func outcome(
    _ values: String, new: String = "", type: String = "article", id: String? = nil, stamp: String? = nil
  ) async throws -> String {
    let replica = newReplica()
    let record = RawPush.record(
      values, new: new, type: type, id: id ?? "00000000000000000000000000000001",
      stamp: stamp ?? RawPush.stamp(replica))
    let answer = try await send(.json("/v1/sync", token: ana, RawPush(self, replica: replica, [record]).body))
    return try Self.outcomes(answer).first ?? "\(answer.status) \(answer.slug)"
  }

  /// What became of each record of a push.
  static func outcomes(_ answer: RawClient.Answer) throws -> [String] {
    guard answer.status == 200 else { return [] }
    return try answer.lines.compactMap { line in
      guard case .result(let result) = line else { return nil }
      guard case .refused(let refusal) = result.outcome else { return "stored" }
      return refusal.slug.rawValue + (refusal.field.map { " \($0)" } ?? "")
    }
  }

  /// All of an account, page by page, as the lines of its records.
  func dump(_ token: String) async throws -> [String] {
    var records: [String] = []
    var since: String?
    while true {
      let target = "/v1/changes?limit=1000" + (since.map { "&since=\($0)" } ?? "")
      let answer = try await send(RawRequest("GET", target, token: token))
      records += answer.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(#"{"record""#) }
      guard case .end(let end)? = try answer.lines.last, end.more else { return records }
      since = end.cursor
    }
  }
}
