extension Program {
  /// Runs a command line to its end: parses it, answers `help` and `version`, calls the verb, reports what went wrong.
  ///
  /// - Parameters:
  ///   - words: What follows the program's name; failing that, why it cannot be read.
  ///   - world: The streams and the rest.
  ///   - body: Does the work of a verb.
  /// - Returns: the exit code; all output is written.
  package func run(
    _ words: Result<[String], UsageError>, in world: World, _ body: (CommandCall) async throws -> ExitCode
  ) async -> ExitCode {
    let output = Output(descriptor: world.output)
    var messages = Messages(
      descriptor: world.error, style: world.style(of: world.error, nil), isTerminal: world.isTerminal(world.error))
    var wantsJSON = (try? words.get()).map(asksForJSON) ?? false
    do {
      let code: ExitCode
      switch try parse(words.get()) {
      case .version: code = try output.say("\(name) \(version)")
      case .help(let path):
        code = try output.say(HelpText(self, style: world.style(of: world.output, nil)).text(for: path), end: "")
      case .run(let arguments):
        wantsJSON = arguments.has("json")
        messages = Messages(
          descriptor: world.error, style: world.style(of: world.error, arguments), isTerminal: messages.isTerminal)
        code = try await body(CommandCall(arguments: arguments, world: world, output: output, messages: messages))
      }
      try output.flush()
      return code
    } catch {
      return report(CommandFailure(error), wantsJSON: wantsJSON, output, messages)
    }
  }

  private func report(
    _ failure: CommandFailure, wantsJSON: Bool, _ output: Output, _ messages: Messages
  ) -> ExitCode {
    // What was printed before belongs before the error; it cannot be printed if printing is what failed.
    let isPrintable = failure.exit != .outputClosed && (try? output.flush()) != nil
    if failure.exit == .outputClosed { return .outputClosed }
    if wantsJSON, isPrintable, (try? output.line(failure.json.text)) != nil, (try? output.flush()) != nil {
      return failure.exit
    }
    messages.line("\(name): \(failure.message)")
    return failure.exit
  }
}

extension Output {
  /// Prints one text and is done.
  fileprivate func say(_ text: String, end: String = "\n") throws -> ExitCode {
    try write(text + end)
    return .done
  }
}
