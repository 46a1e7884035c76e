import OffprintServer

extension DaemonSession {
  /// Starts the threads that fetch pages, unless that is switched off.
  func startFetching(
    _ core: ServerCore, _ environment: ServerEnvironment, _ bell: FetchBell, _ log: DaemonLog
  ) -> FetchWorkers? {
    guard settings.isOn(DaemonSettings.fetchEnabled) else { return nil }
    let isLogged = settings.isOn(DaemonSettings.logRequests)
    let workers = FetchWorkers(
      core: core, environment: environment, bell: bell, policy: DaemonSettings.fetchPolicy(settings),
      ticks: world.environment.bootMilliseconds
    ) { report in
      // What was fetched is what people read: never in a log, nor its site.
      guard isLogged else { return }
      log.event(
        "fetch",
        [
          ("result", .string(report.result)), ("tries", .integer(Int64(report.tries))),
          ("ms", .integer(report.milliseconds)), ("bytes", .integer(Int64(report.bytes))),
          ("account", .string(String(report.account.description.prefix(8)))),
        ])
    }
    workers.start(threads: settings.integer(DaemonSettings.fetchWorkers))
    return workers
  }
}
