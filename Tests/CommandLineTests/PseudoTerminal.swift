#if os(Linux)
  import Foundation
  import OffprintTesting
  import OffprintLocks

  /// A program in a terminal of its own: a new session whose controlling terminal is a pseudo-terminal of this test.
  ///
  /// So keys, window sizes, Ctrl-C and a terminal that goes away reach the program as they would from a person's.
  final class PseudoTerminal: Sendable {
    let pid: pid_t
    private let main: Int32
    private let shown: Shown
    private let ended = Mutex<Int32?>(nil)

    struct Failure: Error, CustomStringConvertible {
      var description: String
    }

    /// Starts `program` in a window of that size.
    init(_ program: String, _ arguments: [String], columns: UInt16 = 60, rows: UInt16 = 12) throws {
      let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      self.main = main
      shown = Shown(main)
      var unlocked: Int32 = 0
      var number: Int32 = 0
      var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      guard main >= 0, ioctl(main, Self.setLock, &unlocked) == 0, ioctl(main, Self.getNumber, &number) == 0,
        ioctl(main, UInt(TIOCSWINSZ), &window) == 0
      else { throw Failure(description: "no pseudo-terminal") }
      pid = try Self.spawn(program, arguments, terminal: "/dev/pts/\(number)")
      let reader = Thread { [shown] in shown.read() }
      reader.start()
    }

    // Macros that the C library's module does not carry over (asm-generic/ioctls.h, spawn.h).
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430
    private static let newSession: Int16 = 0x80

    /// Our end of the terminal, and what the program wrote so far; closed when neither test nor reader need it.
    private final class Shown: Sendable {
      private let main: Int32
      private let bytes = Mutex<[UInt8]>([])

      init(_ main: Int32) { self.main = main }
      deinit { close(main) }

      var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

      /// Reads until no process has the other end any more.
      func read() {
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = Foundation.read(main, &piece, piece.count)
          if count <= 0 { return }
          bytes.withLock { $0 += piece[..<count] }
        }
      }
    }

    deinit { if ended.withLock({ $0 }) == nil { kill(pid, SIGKILL) } }

    private static func spawn(_ program: String, _ arguments: [String], terminal: String) throws -> pid_t {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      // The first terminal that a session's leader opens becomes the one that controls it.
      posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
      posix_spawn_file_actions_adddup2(&actions, 0, 2)
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      posix_spawnattr_setflags(&attributes, newSession)
      let words = ([program] + arguments).map { strdup($0) } + [nil]
      let variables = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
      let environment = variables.map { strdup("\($0)=\($1)") } + [nil]
      defer { for pointer in words + environment { free(pointer) } }
      var pid: pid_t = 0
      let failure = posix_spawn(&pid, program, &actions, &attributes, words, environment)
      guard failure == 0 else { throw Failure(description: "cannot start \(program): \(failure)") }
      return pid
    }

    /// All that the program wrote.
    var output: String { shown.text }

    /// What is on the screen since it was last drawn from its top.
    var screen: String { output.components(separatedBy: "\u{1B}[H").last ?? "" }

    /// Presses keys.
    func type(_ text: String) {
      let bytes = Array(text.utf8)
      _ = write(main, bytes, bytes.count)
    }

    /// Gives the window another size; the terminal tells the program.
    func resize(columns: UInt16, rows: UInt16) {
      var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(main, UInt(TIOCSWINSZ), &window)
    }

    /// Whether typed letters are shown.
    var echoes: Bool {
      var settings = termios()
      return tcgetattr(main, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Whether the terminal reads lines, as shells expect it to.
    var isCooked: Bool {
      var settings = termios()
      return tcgetattr(main, &settings) == 0 && settings.c_lflag & tcflag_t(ICANON) != 0
    }

    /// Waits for a condition, 20 seconds at most.
    func wait(for what: String, _ condition: () -> Bool) throws {
      let deadline = Date().addingTimeInterval(20)
      while !condition() {
        guard Date() < deadline else {
          throw Failure(description: "waited in vain for \(what): \(output.suffix(2000))")
        }
        usleep(5_000)
      }
    }

    /// Waits for the program's end, 20 seconds at most.
    /// - Returns: the exit code; of a signal, its negative number.
    func waitForEnd() throws -> Int32 {
      var status: Int32 = 0
      try wait(for: "the end") { waitpid(pid, &status, WNOHANG) == pid }
      let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
      ended.withLock { $0 = code }
      return code
    }

    func send(_ signal: Int32) { kill(pid, signal) }
  }
#endif
