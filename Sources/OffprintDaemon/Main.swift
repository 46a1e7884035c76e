import Foundation
import OffprintCommands

/// The program `offprintd`.
@main enum OffprintDaemon {
  static func main() async {
    exit(await ProgramRunner.daemon().main())
  }
}
