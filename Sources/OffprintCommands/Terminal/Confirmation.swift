#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Asks a person before something that cannot be taken back.
package enum Confirmation {
  /// Whether the person answers with these very words, on the terminal of the process.
  /// - Throws: ``UsageError`` where there is no terminal.
  package static func ask(_ question: String, for words: String) throws -> Bool {
    let terminal = systemOpen("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { throw UsageError("there is no terminal to ask on. Say --yes.") }
    defer { close(terminal) }
    Messages(descriptor: terminal, style: .plain, isTerminal: true).write(question)
    return try String(decoding: PasswordInput.line(terminal), as: UTF8.self) == words
  }
}
