import OffprintGzip
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// What a push held, for whoever looks at its answer.
struct SimulatedPush {
  /// The oracle's number.
  var id: Oracle.PushID
  /// The records, without those the server is meant to refuse.
  var keys: [RecordKey]
  /// The account.
  var account: Int
  /// The replica, and the place of the push among its pushes.
  var replica: ReplicaID
  var mark: PushMark
  /// Those with a new stamp that the server may find too far ahead.
  var mayBeRefused: Set<Oracle.RecordKey>
}

/// Following pushes from the device to the server's store and back.
extension World {
  /// Tells the oracle what a request pushes; nil if it pushes nothing.
  func pushed(by device: SimulatedDevice, _ request: HTTPRequest) throws -> SimulatedPush? {
    guard request.method == "POST", request.path == "/v1/sync" else { return nil }
    let body =
      request.headers["Content-Encoding"] == "gzip"
      ? try Gzip.inflate(request.body, outputBytesMax: Limits.pushInflatedBytesMax) : request.body
    guard let push = try SyncRequest(parsing: body).push else { return nil }
    var states: [Oracle.RecordKey: Oracle.State] = [:]
    var keys: [RecordKey] = []
    var ahead: Set<Oracle.RecordKey> = []
    for wire in push.records {
      guard let pushed = try? wire.pushed(), !poison.contains(pushed.record.key) else { continue }
      let record = pushed.record
      try checkWhole(record, by: device)
      if PushRules.skewRefusal(of: pushed, now: time + server.clockOffset, greatestAccepted: 0) != nil {
        ahead.insert(record.key.forOracle)
      }
      states[record.key.forOracle] = Self.state(record)
      keys.append(record.key)
    }
    counts.count("records pushed", keys.count)
    return SimulatedPush(
      id: oracle.sent(device.name, states), keys: keys, account: device.account, replica: push.replica,
      mark: PushMark(n: push.n, nonce: push.nonce), mayBeRefused: ahead)
  }

  /// The results of an answer to a push: what was stored, what was refused and why.
  private func results(_ answer: HTTPResponse) -> [(key: RecordKey, refusal: Refusal?)] {
    answer.body.split(separator: 0x0A).compactMap { line in
      guard case .result(let result)? = try? SyncAnswerLine(parsing: Array(line)), let key = result.key else {
        return nil
      }
      if case .refused(let refusal) = result.outcome { return (key, refusal) }
      return (key, nil)
    }
  }

  /// Tells the oracle what the server stored, and that it said so.
  func stored(_ answer: HTTPResponse, to message: SimulatedNetwork.Message, _ device: SimulatedDevice) throws {
    guard let push = pushes[message.number] else { return }
    try observeServer(push.keys, account: push.account)
    try checkHead()
    guard answer.status == 200 else { return }
    try checkPushOrder(push)
    let refused = results(answer).filter { $0.refusal != nil && !poison.contains($0.key) }
    oracle.acknowledged(push.id, refusing: Set(refused.map(\.key.forOracle)))
    counts.count("records refused", refused.count)
  }

  /// Whether a record was refused for its clock: its device then takes the time from the refusal, however old that is.
  func wasRefusedForClock(_ answer: HTTPResponse) -> Bool {
    results(answer).contains { $0.refusal?.slug == .clockSkew }
  }

  /// Tells the oracle that the device knows now.
  func received(_ answer: HTTPResponse, to request: Int, _ device: SimulatedDevice) {
    guard let push = pushes[request], answer.status == 200 else { return }
    var refused: Set<Oracle.RecordKey> = []
    for case (let key, let refusal?) in results(answer) where !poison.contains(key) {
      refused.insert(key.forOracle)
      oracle.refused(device.name, key.forOracle, refusal.slug == .clockSkew ? .clockSkew : .other)
    }
    oracle.answered(push.id, refusing: refused)
  }
}
