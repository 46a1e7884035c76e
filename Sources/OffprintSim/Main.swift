import OffprintSimulation

/// The program `offprint-sim`.
@main enum OffprintSim {
  static func main() async {
    DeterministicStart.ensure()
    await SimulatorProgram.runner().mainAndExit()
  }
}
