import Foundation
import OffprintLocks
import OffprintProcesses

/// A web site of this machine, for a daemon to fetch from.
final class PageSite: Sendable {
  /// What is at a path.
  struct Answer: Sendable {
    var status = "200 OK"
    var type = "text/html; charset=utf-8"
    var headers: [String] = []
    var body: [UInt8] = []

    static func page(_ title: String, _ text: String) -> Answer {
      let html = """
        <!doctype html><html><head><title>\(title)</title></head><body><article><h1>\(title)</h1>
        <p>\(text)</p><p>For one evening a year the canal is full of paper boats, each with a candle end in it and the
        name of somebody who cannot come, and they float as far as the lock, where a net waits for all of them.</p>
        </article></body></html>
        """
      return Answer(body: Array(html.utf8))
    }

    static func status(_ status: String) -> Answer { Answer(status: status) }
  }

  private final class Shared: Sendable {
    let answers = Mutex<[String: Answer]>([:])
    let requests = Mutex<[String]>([])
    /// Paths whose requests wait until they are let go.
    let held = Mutex<Set<String>>([])
  }

  private let shared: Shared
  private let server: RawServer

  init() {
    let shared = Shared()
    self.shared = shared
    server = RawServer { client in
      let path = String(client.readHead().split(separator: " ").dropFirst().first ?? "")
      guard !path.isEmpty else { return }
      shared.requests.withLock { $0.append(path) }
      while shared.held.withLock({ $0.contains(path) }) { client.pause(milliseconds: 20) }
      let answer = shared.answers.withLock { $0[path] } ?? .status("404 Not Found")
      let lines = [
        "HTTP/1.1 \(answer.status)", "Content-Type: \(answer.type)", "Content-Length: \(answer.body.count)",
        "Connection: close",
      ]
      client.send((lines + answer.headers).map { $0 + "\r\n" }.joined() + "\r\n")
      client.send(answer.body)
    }
  }

  var address: String { "127.0.0.1:\(server.port)" }

  /// Puts something at a path.
  func put(_ path: String, _ answer: Answer) { shared.answers.withLock { $0[path] = answer } }

  /// Lets requests for a path wait, or go.
  func hold(_ path: String, _ isHeld: Bool) {
    shared.held.withLock { held in
      if isHeld { held.insert(path) } else { held.remove(path) }
    }
  }

  /// The paths that were asked for, in order.
  var requests: [String] { shared.requests.withLock { $0 } }
}

/// Returns once something holds; false if it does not within half a minute.
func comesTrue(_ holds: () throws -> Bool) rethrows -> Bool {
  let deadline = Date().addingTimeInterval(30)
  while Date() < deadline {
    if try holds() { return true }
    usleep(50_000)
  }
  return false
}
