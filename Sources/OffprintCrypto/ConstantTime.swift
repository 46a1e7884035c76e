#if canImport(Darwin)
  import Darwin
#else
  import CSodium
#endif

/// Comparison of secrets that takes the same time wherever they differ.
package enum ConstantTime {
  /// Whether both hold the same bytes. Only the lengths can be learnt from the time it takes.
  package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { leftBytes in
      right.withUnsafeBytes { rightBytes in
        // Two empty secrets are equal; their buffers have no address to hand to C.
        guard let leftBase = leftBytes.baseAddress, let rightBase = rightBytes.baseAddress else { return true }
        #if canImport(Darwin)
          return timingsafe_bcmp(leftBase, rightBase, leftBytes.count) == 0
        #else
          return sodium_memcmp(leftBase, rightBase, leftBytes.count) == 0
        #endif
      }
    }
  }
}
