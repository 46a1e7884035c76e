#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The stream for people: errors, remarks, progress. Unbuffered; what cannot be written is dropped.
package struct Messages: Sendable {
  private let descriptor: Int32
  /// How text is made to stand out on it.
  package let style: TerminalStyle
  /// Whether it is a terminal.
  package let isTerminal: Bool

  /// A stream to that file descriptor.
  package init(descriptor: Int32, style: TerminalStyle, isTerminal: Bool) {
    self.descriptor = descriptor
    self.style = style
    self.isTerminal = isTerminal
  }

  /// Writes a line.
  package func line(_ text: String) { write(text + "\n") }

  /// Writes text as it is.
  package func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { unsafe in systemWrite(descriptor, unsafe.baseAddress, unsafe.count) }
      if written > 0 { bytes = bytes.dropFirst(written) } else if errno != EINTR { return }
    }
  }
}
