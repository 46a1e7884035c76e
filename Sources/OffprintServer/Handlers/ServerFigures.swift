import Synchronization

/// What the server counts, for `GET /metrics`.
final class ServerFigures: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Counts an answer by the first digit of its status.
  func note(status: Int) {
    count("offprint_answers_total{class=\"\(status / 100)xx\"}", 1)
  }

  /// Adds to a figure.
  func count(_ name: String, _ amount: Int) {
    counts.withLock { $0[name, default: 0] += amount }
  }

  /// All figures as Prometheus text, sorted by name.
  var text: String {
    counts.withLock { counts in
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    }
  }
}
