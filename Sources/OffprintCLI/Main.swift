import OffprintCommands

/// The program `offprint`.
@main enum OffprintClient {
  static func main() async {
    await ProgramRunner.client().mainAndExit()
  }
}
