/// A value of SQLite, to be bound or as read from a column.
package enum Value: Sendable {
  /// SQL NULL.
  case null
  /// A 64-bit integer.
  case integer(Int64)
  /// A double; NaN is stored as NULL by SQLite.
  case real(Double)
  /// Text, stored as its UTF-8 bytes, U+0000 included.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  /// An integer, or NULL for nil.
  package init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  /// An integer, or NULL for nil.
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  /// 1 or 0, or NULL for nil.
  package init(_ value: Bool?) { self = value.map { .integer($0 ? 1 : 0) } ?? .null }
  /// Text, or NULL for nil.
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  /// Bytes, or NULL for nil.
  package init(_ value: [UInt8]?) { self = value.map { .blob($0) } ?? .null }
}

extension Value: Equatable {
  /// Equal as SQLite has it: same type, same bytes. Swift's own `==` of text would take "é" and "e\u{301}" for the same.
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let left), .integer(let right)): left == right
    case (.real(let left), .real(let right)): left == right
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.blob(let left), .blob(let right)): left == right
    default: false
    }
  }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// NULL.
  package init(nilLiteral: ()) { self = .null }
  /// An integer.
  package init(integerLiteral value: Int64) { self = .integer(value) }
  /// Text.
  package init(stringLiteral value: String) { self = .text(value) }
}
