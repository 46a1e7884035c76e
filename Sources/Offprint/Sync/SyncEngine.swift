import OffprintHTTP
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// One sync as a state machine without I/O: it asks for requests to be sent and takes their answers.
///
/// Time, randomness and the database come through the store, so a simulator drives exactly this code. All that it has
/// done is durable after each answer: it can be abandoned at any point without loss.
final class SyncEngine {
  /// What the caller is to do next.
  enum Step {
    /// Send this and hand the answer to ``receive(_:roundTrip:)``.
    case send(TransportRequest)
    /// Nothing is left to do.
    case finished
  }

  enum Phase: Equatable {
    case begin
    case time
    case missing(after: Int64)
    case uploading(missingAfter: Int64)
    case exchange
    case digest
    case buckets(after: RecordKey?)
    case downloading(after: String)
    case finished
  }

  let store: LibraryStore
  let credential: Credential
  let options: SyncOptions
  var report = SyncReport()
  var phase = Phase.begin

  // The exchange.
  var push = PushBuilder()
  var sent: SentPush?
  var isBraked = false
  var stalledPages = 0
  var emptyPages = 0
  var passedOver = 0
  /// The answer that called a push, or the cursor it came with, malformed.
  var refusedPush: ServerAnswer?
  var rewinds = 0
  var forks = 0
  var headDigest: Digest?
  /// Whether all is to be read again once the cursor has led to the head.
  var readsAllAtHead = false
  // Contents.
  /// When this sync began, by the device's clock.
  var began: Int64?
  var uploads: [String] = []
  var askedHashes: [String] = []
  var requestedHashes: [String] = []
  /// Texts up to this hash are asked for one by one: one of them spoiled an answer.
  var aloneUpTo: String?
  var damagedTexts = 0
  /// Behind this hash the fetching began; once past the last it goes on from the first up to here.
  var downloadBegin = ""
  var hasWrapped = false
  // Repair.
  var buckets: [UInt8] = []
  var listed: Set<RecordKey> = []
  var hasRepaired = false
  var digestRounds = 0

  init(store: LibraryStore, credential: Credential, options: SyncOptions) {
    self.store = store
    self.credential = credential
    self.options = options
    push.recordsMax = options.pushRecordsMax
  }

  /// What to do next.
  func next() throws(OffprintError) -> Step {
    while true {
      let request: TransportRequest?
      switch phase {
      case .begin:
        try begin()
        continue
      case .time: request = self.request("GET", "/v1/info", responseBytesMax: 1 << 16)
      case .missing(let after): request = try missingRequest(after: after)
      case .uploading: request = try uploadRequest()
      case .exchange: request = try exchangeRequest()
      case .digest: request = try digestRequest()
      case .buckets(let after): request = try bucketRequest(after: after)
      case .downloading(let after): request = try downloadRequest(after: after)
      case .finished:
        try conclude()
        return .finished
      }
      if let request {
        report.requests += 1
        report.bytesSent += Int64(request.body.count)
        return .send(request)
      }
    }
  }

  /// Takes the answer to the request last asked for.
  ///
  /// - Parameter roundTrip: Milliseconds between sending and the whole answer.
  func receive(_ response: HTTPResponse, roundTrip: Int64) throws(OffprintError) {
    let answer = try ServerAnswer(response)
    report.bytesReceived += Int64(response.body.count)
    try store.write { try store.note(serverTime: answer.serverTime, roundTrip: roundTrip) }
    try answer.check(account: credential.account)
    switch phase {
    case .time: try receiveTime(answer)
    case .missing(let after): try receiveMissing(answer, after: after)
    case .uploading: try receiveUpload(answer)
    case .exchange: try receiveExchange(answer)
    case .digest: try receiveDigest(answer)
    case .buckets(let after): try receiveBucket(answer, after: after)
    case .downloading: try receiveDownload(answer)
    case .begin, .finished: break
    }
  }

  /// A request to the server, signed in.
  func request(
    _ method: String, _ target: String, body: [UInt8] = [], headers: HTTPHeaders = [:], responseBytesMax: Int
  ) -> TransportRequest {
    var all = headers
    all["Authorization"] = "Bearer \(credential.token)"
    return TransportRequest(
      url: credential.url + target, method: method, headers: all, body: body, responseBytesMax: responseBytesMax,
      timeoutSeconds: 30, deadlineSeconds: 300)
  }

  // MARK: Begin and end

  private func begin() throws(OffprintError) {
    phase = try store.write {
      try store.setMeta(.lastAttempt, store.moment.wall)
      if options.allowDeletes {
        try store.releaseBrake()
        try store.releaseHeld()
      }
      if options.full { try beginFull() }
      try store.offerContentsOfUnsent()
      began = store.moment.wall
      #if MUTANTS
        if Mutant.isOn(.lostAnswerTakenForRefusal) { try store.run("UPDATE edit SET unanswered = 0") }
        if Mutant.isOn(.contentsMissingNotAsked) { return .exchange }
      #endif
      let waits = try store.count("SELECT count(*) FROM edit WHERE stamp IS NULL") > 0
      return waits && store.moment.serverNow == nil ? .time : .missing(after: 0)
    }
  }

  /// Reads all again, as a person asked; but what a cursor leads to comes first. Thrown away unread, it could not tell that it had
  /// expired, and what was deleted and purged since would be offered again. A re-read under way begins anew as what it was.
  private func beginFull() throws {
    if let underWay = try store.reRead() {
      try store.beginReRead(underWay)
    } else if try store.metaText(.cursor) == nil {
      try store.beginReRead(.unknown)
    } else {
      readsAllAtHead = true
    }
    try store.offerAllContents()
  }

  private func receiveTime(_ answer: ServerAnswer) throws(OffprintError) {
    guard answer.response.status == 200 else { throw answer.error(doing: "asking for the server's time") }
    try answer.checkInfo(server: credential.server)
    phase = .missing(after: 0)
  }

  private func conclude() throws(OffprintError) {
    try store.write {
      let digest = try store.confirmedDigest()
      report.count = digest.count
      report.digest = digest.sumText
      report.number = try store.metaInteger(.number)
      report.unsent = try store.unsentCount()
      report.refused = try store.refusedCount()
      report.contentsPending = try store.lackingContentCount()
      try store.dropOldTombstones()
      if report.brake == nil {
        try store.setMeta(.lastSuccess, store.moment.wall)
        try store.setMeta(.lastProblem, nil as String?)
      } else {
        try store.setMeta(.lastProblem, "the mass-delete brake holds; nothing was removed")
      }
      try store.setMeta(.nextTry, nil as Int64?)
      try store.setMeta(.failures, 0 as Int64)
    }
  }

  /// How far this has got, for people.
  var progress: SyncProgress {
    let (phase, done, total): (SyncProgress.Phase, Int, Int?) =
      switch self.phase {
      case .begin, .time: (.connecting, 0, nil)
      case .missing: (.uploading, report.contentsUploaded, nil)
      case .uploading: (.uploading, report.contentsUploaded, report.contentsUploaded + uploads.count)
      case .exchange: (.exchanging, report.pushed + report.pulled, nil)
      case .digest: (.checking, 0, nil)
      case .buckets: (.repairing, 0, nil)
      case .downloading, .finished: (.downloading, report.contentsDownloaded, nil)
      }
    return SyncProgress(phase: phase, done: done, total: total, bytes: report.bytesReceived)
  }
}
