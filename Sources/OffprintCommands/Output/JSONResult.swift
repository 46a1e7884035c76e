import OffprintWire

/// A JSON value that a verb prints: members keep the order they are given in, so that a line reads well.
package indirect enum JSONResult: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// An integer.
  case integer(Int64)
  /// Millionths, printed as an exact decimal of at most six places.
  case millionths(Int64)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONResult])
  /// An object.
  case object([(String, JSONResult)])
  /// A value of the wire.
  case value(JSONValue)

  /// A string.
  package init(stringLiteral value: String) { self = .string(value) }
  /// An integer.
  package init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth value.
  package init(booleanLiteral value: Bool) { self = .bool(value) }

  /// The string, or null.
  package static func text(_ text: (some StringProtocol)?) -> JSONResult { text.map { .string(String($0)) } ?? .null }

  /// The number, or null.
  package static func number(_ number: (some BinaryInteger)?) -> JSONResult {
    number.map { .integer(Int64(clamping: $0)) } ?? .null
  }

  /// The text of this value, without a line end; one line, whatever is in it.
  package var text: String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let flag): writer.bool(flag)
    case .integer(let number): writer.integer(number)
    case .millionths(let number): writer.raw(Fraction.decimal(number).utf8)
    case .string(let text): writer.string(text)
    case .value(let value): writer.write(value)
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for (name, value) in members {
        writer.name(name)
        value.write(to: &writer)
      }
      writer.endObject()
    }
  }
}
