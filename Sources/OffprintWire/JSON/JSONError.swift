/// Why bytes are not the JSON this protocol speaks.
public enum JSONError: Error, Sendable, Hashable {
  /// The bytes are not strict JSON (Protocol, JSON-1); `offset` counts bytes from 0.
  case malformed(reason: String, offset: Int)
  /// Well-formed so far, but not the kind of value due here, such as a string where an integer is wanted.
  case unexpected(wanted: String, offset: Int)
  /// Nested deeper than the limit.
  case tooDeep(limit: Int)
}

extension JSONError: CustomStringConvertible {
  /// A sentence for people; it never holds text from the document.
  public var description: String {
    switch self {
    case .malformed(let reason, let offset): "\(reason) at byte \(offset)"
    case .unexpected(let wanted, let offset): "expected \(wanted) at byte \(offset)"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    }
  }
}
