import Foundation
import OffprintCommands

/// The program `offprint`.
@main enum OffprintClient {
  static func main() async {
    exit(await ProgramRunner.client().main())
  }
}
