import OffprintCommands

/// The verbs of `offprint-sim`.
enum SimulatorProgram {
  static let program = Program(
    name: "offprint-sim", version: "0.1.0",
    summary: "plays worlds of devices, failing disks and lossy networks, and says what promise broke",
    options: Program.outputOptions, groups: [Program.Group("Verbs", [RunVerb.verb, SweepVerb.verb])],
    exitCodes: [.done, .failed, .usage], defaultVerb: "run")

  static func runner() -> ProgramRunner {
    ProgramRunner(program, world: .live) { arguments, output, messages, _ in
      if arguments.verb.name == SweepVerb.verb.name {
        return try SweepVerb(arguments: arguments, output: output, messages: messages).run()
      }
      try RunVerb(arguments: arguments, output: output, messages: messages).run()
    }
  }
}
