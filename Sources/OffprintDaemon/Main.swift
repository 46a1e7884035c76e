import OffprintCommands

/// The program `offprintd`.
@main enum OffprintDaemon {
  static func main() async {
    await ProgramRunner.daemon().mainAndExit()
  }
}
