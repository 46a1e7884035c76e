import OffprintHTTP
import OffprintWire

extension Service {
  /// Answers a request of the admin listener: `/metrics`, `/healthz` and `/readyz`, and nothing else.
  /// - Parameter gauges: figures that are looked up, asked for on a thread that may block.
  package func handleAdmin(
    _ request: HTTPRequest, gauges: @escaping @Sendable () -> [ServerFigures.Gauge]
  ) async -> HTTPResponse {
    switch request.path {
    case "/healthz", "/readyz": return await onWorker { $0.handleNow(request) }
    case "/metrics" where request.method == "GET" || request.method == "HEAD":
      return await onWorker { core in
        let text = core.figures.text(version: ServerCore.version, gauges: gauges())
        return Answer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
          .response(requestID: "-", account: nil, now: core.environment.now(), admitsGzip: false)
      }
    case "/metrics": return core.answer(Problem(.methodNotAllowed, "this path does not take that method"))
    default: return core.answer(Problem(.notFound, "there is nothing at this path"))
    }
  }

  /// Whether the store answers, asked on the threads that requests are worked on: what a watchdog wants to know.
  package func isAlive() async -> Bool {
    await onWorker { $0.handleNow(HTTPRequest(method: "GET", path: "/healthz")) }.status == 200
  }
}
