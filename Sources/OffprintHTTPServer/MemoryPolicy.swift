import CMicroHTTPD

/// How a program that serves gets and gives back memory. The program calls it, once, before it starts a server.
public enum MemoryPolicy {
  /// Gives large blocks back to the system as soon as they are free.
  ///
  /// glibc raises its threshold for that with every large block that is freed, up to 32 MiB, and keeps what lies below it in
  /// an arena of each thread: a few bodies that inflate to 8 MiB on each of sixteen threads would be held for ever. Other C
  /// libraries are left as they are.
  public static func giveLargeBlocksBack() {
    offprint_mhd_give_large_blocks_back()
  }
}
