/// One call of a verb: what was asked for, and the streams to answer on.
package struct CommandCall: Sendable {
  /// The verb with its options and words.
  package let arguments: Arguments
  /// The world around.
  package let world: World
  /// Where results go.
  package let output: Output
  /// Where all else goes.
  package let messages: Messages
  /// How results are made to stand out.
  package let style: TerminalStyle

  /// A call of these parts.
  package init(arguments: Arguments, world: World, output: Output, messages: Messages) {
    self.arguments = arguments
    self.world = world
    self.output = output
    self.messages = messages
    style = world.style(of: world.output, arguments)
  }

  /// Whether results are for programs.
  package var isJSON: Bool { arguments.has("json") }
  /// Whether only results and errors are wanted.
  package var isQuiet: Bool { arguments.has("quiet") }
  /// Whether results go to a terminal.
  package var isOutputTerminal: Bool { world.isTerminal(world.output) }
  /// The columns to break text at; nil where nobody looks.
  package var textColumns: Int? { isOutputTerminal ? min(world.columns, 80) : nil }

  /// Prints a line of a result.
  package func line(_ text: String = "") throws(OutputError) { try output.line(text) }

  /// Prints a result for programs, on a line of its own.
  package func json(_ members: [(String, JSONResult)]) throws(OutputError) {
    try output.line(JSONResult.object(members).text)
  }

  /// Says something to the person, unless they want quiet.
  package func remark(_ text: String) { if !isQuiet { messages.line(text) } }
}

extension World {
  /// How text is made to stand out on a stream.
  package func style(of descriptor: Int32, _ arguments: Arguments?) -> TerminalStyle {
    let choice = arguments?.has("no-color") == true ? "never" : arguments?.value("color")
    return TerminalStyle(choice: choice, isTerminal: isTerminal(descriptor), variables: variables)
  }
}
