#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Gets a password without showing it: from standard input, or typed on the terminal without echo.
package enum PasswordInput {
  private static let bytesMax = 4096

  /// All of a stream, without the line end that closes it.
  package static func read(descriptor: Int32) throws -> String {
    try password(InputFile.read(descriptor: descriptor, name: "the password", bytesMax: bytesMax))
  }

  /// Asks on the terminal of the process.
  package static func ask(_ question: String) throws -> String {
    let terminal = systemOpen("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw UsageError("there is no terminal to ask for the password on. Give it with --password-stdin.")
    }
    defer { close(terminal) }
    var shown = termios()
    guard tcgetattr(terminal, &shown) == 0 else {
      throw UsageError("the terminal cannot hide a password. Give it with --password-stdin.")
    }
    let before = shown
    Interrupts.shared.beforeEnd { restore(terminal, before) }
    defer {
      restore(terminal, before)
      Interrupts.shared.beforeEnd(nil)
    }
    shown.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &shown)
    let prompt = Messages(descriptor: terminal, style: .plain, isTerminal: true)
    prompt.write(question)
    defer { prompt.write("\n") }
    return try password(line(terminal))
  }

  private static func restore(_ terminal: Int32, _ before: termios) {
    var settings = before
    tcsetattr(terminal, TCSAFLUSH, &settings)
  }

  /// A line as it is typed, without its end.
  static func line(_ terminal: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < bytesMax {
      let count = systemRead(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 || byte == 0x0A { break }
      bytes.append(byte)
    }
    return bytes
  }

  /// One line end is the terminal's or the shell's; all else belongs to the password.
  package static func password(_ bytes: [UInt8]) throws -> String {
    var text = bytes[...]
    if text.last == 0x0A { text = text.dropLast() }
    if text.last == 0x0D { text = text.dropLast() }
    guard !text.isEmpty else { throw UsageError("the password is empty.") }
    guard !text.contains(0x0A), let password = String(validating: text, as: UTF8.self) else {
      throw UsageError("the password must be one line of UTF-8 text.")
    }
    return password
  }
}
