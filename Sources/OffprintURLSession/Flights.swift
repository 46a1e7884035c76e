import Foundation
import Offprint
import OffprintLocks

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The delegate of a session: hands what comes to the flight it belongs to.
final class Flights: NSObject, URLSessionDataDelegate {
  private let table = Mutex<[Int: Flight]>([:])

  /// Notes a flight; it stays until its task is complete.
  func add(_ flight: Flight, for task: URLSessionTask) {
    table.withLock { $0[task.taskIdentifier] = flight }
  }

  private func flight(_ task: URLSessionTask) -> Flight? {
    table.withLock { $0[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    completionHandler(flight(dataTask)?.receive(response) == true ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    flight(dataTask)?.receive(data)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    table.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.complete(error, response: task.response)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    _ = flight(task)?.receive(response)
    #if !canImport(FoundationNetworking)
      // On Linux the process ends if this is called for a task that was cancelled meanwhile, and this one is.
      completionHandler(nil)
    #endif
  }

  #if canImport(FoundationNetworking)
    /// A 401 that names a scheme. Linux has handed over head and body by now and would wait for ever for a credential.
    func urlSession(
      _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
      completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
      flight(task)?.complete(nil, response: task.response)
      // Ends it for the session; asking for the challenge to be given up would do that on the session's own queue, which waits
      // for itself.
      Flight.cancel(task)
    }
  #endif
}
