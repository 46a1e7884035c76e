#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a program that serves does about signals. The program calls it, once, before it starts a server.
public enum SignalPolicy {
  /// Lets a write to a connection whose client is gone fail instead of ending the process.
  public static func ignoreBrokenPipe() {
    signal(SIGPIPE, SIG_IGN)
  }
}
