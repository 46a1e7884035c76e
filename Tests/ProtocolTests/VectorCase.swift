import Foundation
import OffprintWire
import Testing

/// One case of a vector file: what is given, and what every implementation of the protocol makes of it.
struct VectorCase: Sendable, CustomTestStringConvertible {
  var file: String
  var name: String
  var given: JSONValue
  var expect: JSONValue

  var testDescription: String { "\(file): \(name)" }

  /// Expects `run` to make of what is given what the vector says; a ``VectorError`` is the vector's `error`.
  func check(
    sourceLocation: SourceLocation = #_sourceLocation, _ run: (JSONValue) throws -> JSONValue
  ) throws {
    let made: JSONValue
    do { made = try run(given) } catch let error as VectorError { made = .members(("error", .string(error.reason))) }
    let (actual, expected) = (made.canonicalBytes, expect.canonicalBytes)
    #expect(
      actual == expected,
      """
      \(testDescription)
      expected \(String(decoding: expected, as: UTF8.self))
      made     \(String(decoding: actual, as: UTF8.self))
      """, sourceLocation: sourceLocation)
  }
}

/// Why something is refused, by the short name that vectors use.
struct VectorError: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// The vector files of the specification.
enum Vectors {
  /// The folder of the specification.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Protocol")

  /// The names of the files, without `.json`.
  static let names: [String] = {
    let path = folder.appending(path: "vectors").path(percentEncoded: false)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// The file as a tree.
  static func document(_ file: String) throws -> JSONValue {
    let data = try Data(contentsOf: folder.appending(path: "vectors/\(file).json"))
    return try JSONValue(parsing: Array(data), depthMax: 64)
  }

  /// The cases of a file; none if it cannot be read, which a test of its own reports.
  static func cases(of file: String) -> [VectorCase] {
    guard let document = try? document(file) else { return [] }
    return (document["cases"]?.array ?? []).map { item in
      VectorCase(
        file: file, name: item["name"]?.string ?? "a case without a name", given: item["given"] ?? .null,
        expect: item["expect"] ?? .null)
    }
  }
}

extension JSONValue {
  /// The member of that name, which the vector must have.
  func member(_ name: String) throws -> JSONValue {
    guard let value = self[name] else { throw VectorFault("no member \(name)") }
    return value
  }

  /// The text of the member of that name.
  func text(_ name: String) throws -> String {
    guard let text = try member(name).string else { throw VectorFault("\(name) is no text") }
    return text
  }

  /// The number of the member of that name.
  func number(_ name: String) throws -> Int64 {
    guard let number = try member(name).integer else { throw VectorFault("\(name) is no integer") }
    return number
  }

  /// A text, or null for nil.
  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// An integer, or null for nil.
  static func optional(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
}

/// A vector that this program does not understand: never a matter of the code under test.
struct VectorFault: Error {
  var what: String

  init(_ what: String) { self.what = what }
}
