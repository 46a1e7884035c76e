import Foundation
import Offprint

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension TransportError {
  /// What the session says about a request, in plain words.
  init(_ error: any Error, url: String) {
    guard let error = error as? URLError else {
      self = .unreachable(reason: "the network failed")
      return
    }
    switch error.code {
    case .cancelled, .userCancelledAuthentication: self = .cancelled
    case .timedOut: self = .timedOut
    case .badURL: self = .badURL(url)
    // The address was looked at before: this is what came back.
    case .unsupportedURL, .cannotParseResponse: self = .unreachable(reason: "the answer is not HTTP")
    case .badServerResponse: self = .unreachable(reason: "the server hung up without an answer")
    case .cannotDecodeContentData, .cannotDecodeRawData: self = .damaged
    case .cannotFindHost, .dnsLookupFailed: self = .unreachable(reason: "no such host")
    case .cannotConnectToHost: self = .unreachable(reason: "connection refused")
    case .networkConnectionLost: self = .unreachable(reason: "the connection was lost")
    case .notConnectedToInternet: self = .unreachable(reason: "no network")
    case .serverCertificateUntrusted, .serverCertificateHasUnknownRoot:
      self = .tlsFailed(reason: "the certificate is not trusted")
    case .serverCertificateHasBadDate, .serverCertificateNotYetValid:
      self = .tlsFailed(reason: "the certificate is out of date")
    case .secureConnectionFailed: self = .tlsFailed(reason: "the handshake failed")
    case .clientCertificateRejected, .clientCertificateRequired:
      self = .tlsFailed(reason: "the server wants a certificate of this device")
    default: self = Self.told(error.localizedDescription)
    }
  }

  /// On Linux most causes have no code of their own, but curl's sentence, which names addresses and is not passed on.
  private static func told(_ sentence: String) -> TransportError {
    if sentence.contains("certificate") {
      if sentence.contains("expired") || sentence.contains("not yet valid") {
        return .tlsFailed(reason: "the certificate is out of date")
      }
      if sentence.contains("match") { return .tlsFailed(reason: "the certificate is for another host") }
      return .tlsFailed(reason: "the certificate is not trusted")
    }
    let known: [(part: String, error: TransportError)] = [
      ("SSL", .tlsFailed(reason: "the handshake failed")), ("TLS", .tlsFailed(reason: "no secure connection")),
      ("Connection reset", .unreachable(reason: "the connection was lost")),
      ("Broken pipe", .unreachable(reason: "the connection was lost")),
      ("transfer closed", .unreachable(reason: "the connection was lost")),
      ("Empty reply", .unreachable(reason: "the server hung up without an answer")),
      ("connect to server", .unreachable(reason: "no route to the host")),
      ("encoding", .damaged),
      ("chunk", .damaged),
      ("header", .unreachable(reason: "the answer is not HTTP")),
      ("HTTP", .unreachable(reason: "the answer is not HTTP")),
    ]
    let lower = sentence.lowercased()
    return known.first { lower.contains($0.part.lowercased()) }?.error ?? .unreachable(reason: "the network failed")
  }
}
