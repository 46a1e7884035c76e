#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Parses a call, runs it, prints the error it ends with, and says how the process is to exit. Both programs end here.
package struct ProgramRunner: Sendable {
  let program: Program
  let world: World
  let run: @Sendable (Arguments, Output, Messages, TerminalStyle) async throws -> Void

  /// A runner of `program`.
  package init(
    _ program: Program, world: World,
    run: @escaping @Sendable (Arguments, Output, Messages, TerminalStyle) async throws -> Void
  ) {
    self.program = program
    self.world = world
    self.run = run
  }

  /// The client, as this process was called.
  package static func client() -> ProgramRunner {
    let world = World.live
    return ProgramRunner(ClientProgram.program, world: world) { arguments, output, messages, style in
      try await ClientProgram.run(
        Session(arguments: arguments, world: world, output: output, messages: messages, style: style))
    }
  }

  /// Runs this process's call.
  /// - Returns: the exit code.
  package func main() async -> Int32 {
    Interrupts.shared.install()
    let output = Output(descriptor: world.output)
    var words: [String] = []
    do {
      words = try World.words()
      try await main(words, output)
      try output.flush()
      return ExitCode.done.rawValue
    } catch {
      let failure = CommandFailure(error)
      // Whoever read the output has gone: there is nobody to tell.
      guard failure.exit != .outputClosed else { return failure.exit.rawValue }
      if program.asksForJSON(words), (try? output.line(failure.json.text)) != nil, (try? output.flush()) != nil {
        return failure.exit.rawValue
      }
      try? output.flush()
      messages(color: nil).line("\(program.name): \(failure.message)")
      return failure.exit.rawValue
    }
  }

  /// Runs this process's call and ends the process.
  package func mainAndExit() async -> Never { exit(await main()) }

  private func main(_ words: [String], _ output: Output) async throws {
    switch try program.parse(words) {
    case .version: try output.line("\(program.name) \(program.version)")
    case .help(let path):
      let style = TerminalStyle(choice: nil, isTerminal: world.isTerminal(world.output), variables: world.variables)
      try output.write(HelpText(program, style: style).text(for: path))
    case .run(let arguments):
      let color = arguments.has("no-color") ? "never" : arguments.value("color")
      let style = TerminalStyle(choice: color, isTerminal: world.isTerminal(world.output), variables: world.variables)
      try await run(arguments, output, messages(color: color), style)
    }
  }

  private func messages(color: String?) -> Messages {
    let isTerminal = world.isTerminal(world.error)
    let style = TerminalStyle(choice: color, isTerminal: isTerminal, variables: world.variables)
    return Messages(descriptor: world.error, style: style, isTerminal: isTerminal)
  }
}
