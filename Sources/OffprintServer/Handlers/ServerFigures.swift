import OffprintLocks

/// What the server counts, for `GET /metrics`.
package final class ServerFigures: Sendable {
  /// A figure that is counted while the server runs. Labels are names of our own (routes, statuses): nothing that people
  /// read, no account, no device.
  package enum Metric: String, Sendable, CaseIterable {
    case requests = "offprintd_http_requests_total"
    case pushed = "offprintd_sync_push_records_total"
    case pulled = "offprintd_sync_pull_changes_total"
    case bytes = "offprintd_sync_bytes_total"
    case expired = "offprintd_cursor_expired_total"
    case failedSignIns = "offprintd_login_failures_total"
    case busy = "offprintd_sqlite_busy_total"
    case damaged = "offprintd_damaged_records_total"
    case fetched = "offprintd_fetches_total"

    var help: String {
      switch self {
      case .requests: "Requests answered, by route and status."
      case .pushed: "Records pushed by devices, by what became of them."
      case .pulled: "Changed records given to devices."
      case .bytes: "Bytes of bodies of sync requests and answers, as sent."
      case .expired: "Cursors refused because a purge had passed them."
      case .failedSignIns: "Sign-ins with a wrong name or password."
      case .busy: "Requests refused because another process held the database, or too many waited to write."
      case .damaged: "Records met whose bytes are not what was stored."
      case .fetched: "Pages fetched, by what came of it: found, later for another try, or failed."
      }
    }
  }

  /// A figure that is looked up when asked for.
  package struct Gauge: Sendable {
    var name: String
    var help: String
    /// Labels as text, such as `kind="wal"`, with their values.
    var values: [(labels: String, value: Int64)]
  }

  private struct State {
    var counts: [Metric: [String: Int]] = [:]
    var durations: [String: Histogram] = [:]
  }

  private struct Histogram {
    var buckets = [Int](repeating: 0, count: ServerFigures.bounds.count)
    var count = 0
    var milliseconds: Int64 = 0
  }

  /// Upper bounds of the buckets, in milliseconds. Long polls wait up to 55 s.
  private static let bounds: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 30_000, 60_000]

  private let state = Mutex(State())

  /// Figures that begin at 0.
  package init() {
    state.withLock { state in
      // What was never counted is 0 and not missing: a rate over it would begin with a hole.
      for metric in [Metric.pulled, .expired, .failedSignIns, .busy, .damaged] { state.counts[metric] = ["": 0] }
    }
  }

  /// Adds to a figure. `labels` are written as they stand: `result="stored"`.
  func count(_ metric: Metric, _ labels: String = "", _ amount: Int = 1) {
    state.withLock { $0.counts[metric, default: [:]][labels, default: 0] += amount }
  }

  /// Counts a record that was met with bytes that are not what was stored.
  package func noteDamagedRecord() { count(.damaged) }

  /// Counts an answer.
  func note(route: String, status: Int, milliseconds: Int64) {
    state.withLock { state in
      state.counts[.requests, default: [:]]["code=\"\(status)\",route=\"\(route)\"", default: 0] += 1
      var histogram = state.durations[route] ?? Histogram()
      histogram.count += 1
      histogram.milliseconds += milliseconds
      if let index = Self.bounds.firstIndex(where: { milliseconds <= $0 }) { histogram.buckets[index] += 1 }
      state.durations[route] = histogram
    }
  }

  /// All figures in Prometheus' text form.
  package func text(version: String, gauges: [Gauge]) -> String {
    let state = state.withLock { $0 }
    var text = Self.head("offprintd_build_info", "gauge", "The program that runs; the value is always 1.")
    text += "offprintd_build_info{version=\"\(version)\"} 1\n"
    for metric in Metric.allCases {
      guard let counts = state.counts[metric] else { continue }
      text += Self.head(metric.rawValue, "counter", metric.help)
      for (labels, count) in counts.sorted(by: { $0.key < $1.key }) {
        text += Self.line(metric.rawValue, labels, "\(count)")
      }
    }
    text += Self.durations(state.durations)
    for gauge in gauges {
      text += Self.head(gauge.name, "gauge", gauge.help)
      for value in gauge.values { text += Self.line(gauge.name, value.labels, "\(value.value)") }
    }
    return text
  }

  private static func durations(_ durations: [String: Histogram]) -> String {
    guard !durations.isEmpty else { return "" }
    let name = "offprintd_http_request_seconds"
    var text = head(name, "histogram", "How long answers took, waiting included, by route.")
    for (route, histogram) in durations.sorted(by: { $0.key < $1.key }) {
      var sum = 0
      for (bound, count) in zip(bounds, histogram.buckets) {
        sum += count
        text += line(name + "_bucket", "route=\"\(route)\",le=\"\(seconds(bound))\"", "\(sum)")
      }
      text += line(name + "_bucket", "route=\"\(route)\",le=\"+Inf\"", "\(histogram.count)")
      text += line(name + "_sum", "route=\"\(route)\"", seconds(histogram.milliseconds))
      text += line(name + "_count", "route=\"\(route)\"", "\(histogram.count)")
    }
    return text
  }

  private static func head(_ name: String, _ kind: String, _ help: String) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
  }

  private static func line(_ name: String, _ labels: String, _ value: String) -> String {
    labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  /// Milliseconds as seconds, exactly.
  private static func seconds(_ milliseconds: Int64) -> String {
    let rest = String(milliseconds % 1_000)
    if rest == "0" { return "\(milliseconds / 1_000)" }
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }
}
