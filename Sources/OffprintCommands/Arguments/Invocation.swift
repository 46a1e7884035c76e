/// What a command line asks for.
package enum Invocation: Sendable {
  /// Run a verb.
  case run(Arguments)
  /// Say how the program is called, or the verbs that begin with these words.
  case help([String])
  /// Print the version.
  case version
}
