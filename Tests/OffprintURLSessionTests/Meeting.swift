import Foundation
import Offprint
import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import OffprintURLSession

/// Runs an honest server on a free port for the time of a test; the body gets its address and itself.
@discardableResult
func withServer<Value: Sendable>(
  _ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
  _ body: (String, HTTPServer) async throws -> Value
) async throws -> Value {
  SignalPolicy.ignoreBrokenPipe()
  var configuration = HTTPServerConfiguration()
  configuration.bodyBytesMax = { _, _ in 8_000_000 }
  let server = HTTPServer(configuration: configuration) { await .whole(handler($0)) }
  let url = try server.start().url
  do {
    let value = try await body(url, server)
    await server.stop(graceSeconds: 60)
    return value
  } catch {
    await server.stop(graceSeconds: 0)
    throw error
  }
}

extension URLSessionTransport {
  /// Sends a request with the limits that most tests have; times are long, since the other tests may keep all threads.
  func get(
    _ url: String, method: String = "GET", headers: HTTPHeaders = [:], body: [UInt8] = [],
    responseBytesMax: Int = 100_000, timeoutSeconds: Double = 120, deadlineSeconds: Double = 240
  ) async throws(TransportError) -> HTTPResponse {
    try await send(
      TransportRequest(
        url: url, method: method, headers: headers, body: body, responseBytesMax: responseBytesMax,
        timeoutSeconds: timeoutSeconds, deadlineSeconds: deadlineSeconds))
  }

  /// What comes of one request to a server that runs a script.
  func meet(
    method: String = "GET", responseBytesMax: Int = 100_000, timeoutSeconds: Double = 120,
    deadlineSeconds: Double = 240,
    _ script: @escaping @Sendable (RawServer.Client) -> Void
  ) async -> Result<HTTPResponse, TransportError> {
    SignalPolicy.ignoreBrokenPipe()
    let server = RawServer(script)
    defer { withExtendedLifetime(server) {} }
    do throws(TransportError) {
      return .success(
        try await get(
          "http://127.0.0.1:\(server.port)/", method: method, responseBytesMax: responseBytesMax,
          timeoutSeconds: timeoutSeconds, deadlineSeconds: deadlineSeconds))
    } catch {
      return .failure(error)
    }
  }
}

/// The most memory this process has ever had in RAM, in bytes; 0 where the system does not say.
func memoryPeakBytes() -> Int {
  let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
  let digits = lines.first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber) ?? ""
  return (Int(digits) ?? 0) * 1_024
}
