import OffprintFetch

/// What is fetched from the web.
extension DaemonSettings {
  static let fetchEnabled = Setting(
    "fetch.enabled", .flag, .flag(true), "fetch the pages that are saved by their address",
    details: "The server connects to public addresses alone, on the ports 80 and 443, and checks the address at every"
      + " connection. Without it a page that is saved by its address stays a link until a device brings its text.")
  static let fetchAllow = Setting(
    "fetch.allow", .texts("ADDRESS:PORT"), .texts([]),
    "addresses that pages may be fetched from beside the public ones, such as 10.0.0.7:8080",
    details: "Each is one address of this machine or network with one port; names and ranges are not admitted. Whoever"
      + " has an account can then read what is served there.",
    fault: { Endpoint($0) != nil ? nil : "no address with a port, such as 127.0.0.1:8080 or [::1]:8080" })
  static let fetchWorkers = Setting(
    "fetch.workers", .integer(1...64), .integer(4), "pages fetched at one time",
    details: "Of one site one page at a time, and a second between two.")

  static let fetching = [fetchEnabled, fetchAllow, fetchWorkers]

  /// What a fetch may connect to.
  static func fetchPolicy(_ settings: Settings) -> FetchPolicy {
    var policy = FetchPolicy()
    policy.admitted = Set(settings.texts(fetchAllow).compactMap { Endpoint($0) })
    return policy
  }
}
