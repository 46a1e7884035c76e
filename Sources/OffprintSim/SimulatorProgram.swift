import OffprintCommands

/// The verbs of `offprint-sim`.
enum SimulatorProgram {
  static let program = Program(
    name: "offprint-sim", version: "0.1.0",
    summary: "plays worlds of devices, failing disks and lossy networks, and says what promise broke",
    options: Program.outputOptions,
    groups: [Program.Group("Verbs", [RunVerb.verb, SweepVerb.verb, GateVerb.verb])],
    exitCodes: [.done, .failed, .usage], defaultVerb: "run")

  static func runner() -> ProgramRunner {
    ProgramRunner(program, world: .live) { arguments, output, messages, _ in
      switch arguments.verb.name {
      case SweepVerb.verb.name: try SweepVerb(arguments: arguments, output: output, messages: messages).run()
      case GateVerb.verb.name: try await GateVerb(arguments: arguments, output: output, messages: messages).run()
      default: try RunVerb(arguments: arguments, output: output, messages: messages).run()
      }
    }
  }
}
