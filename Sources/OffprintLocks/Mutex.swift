#if THREAD_SANITIZER
  #if canImport(Darwin)
    import Darwin
  #else
    import Glibc
  #endif
  @_exported import struct Synchronization.Atomic

  /// A lock that holds what it guards, with the interface of `Synchronization.Mutex`: only for builds with ThreadSanitizer.
  ///
  /// ThreadSanitizer does not see the standard library's lock, which takes and gives a futex by itself, and calls whatever that guards
  /// a race. It knows the lock of the C library.
  public struct Mutex<Value: ~Copyable>: ~Copyable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    /// A free lock around this.
    public init(_ initialValue: consuming sending Value) {
      lock = .allocate(capacity: 1)
      lock.initialize(to: pthread_mutex_t())
      pthread_mutex_init(lock, nil)
      value = .allocate(capacity: 1)
      value.initialize(to: initialValue)
    }

    deinit {
      value.deinitialize(count: 1)
      value.deallocate()
      pthread_mutex_destroy(lock)
      lock.deallocate()
    }

    /// Waits for the lock, and gives it back after `body`.
    /// - Throws: what `body` throws.
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return try body(&value.pointee)
    }

    /// The same if the lock is free; nil if it is not.
    /// - Throws: what `body` throws.
    public borrowing func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result? {
      guard pthread_mutex_trylock(lock) == 0 else { return nil }
      defer { pthread_mutex_unlock(lock) }
      return try body(&value.pointee)
    }
  }

  // The value is reached only while the lock is held, and goes in and out as `sending`, as in the type it stands for.
  extension Mutex: @unchecked Sendable where Value: ~Copyable {}
#else
  // Locks and atomics are the standard library's.
  @_exported import Synchronization
#endif
