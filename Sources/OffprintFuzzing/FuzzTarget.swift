/// One way into the program for bytes from outside, with the promises that hold for all of them.
///
/// The same entry is run three ways: by the fuzzer, which looks for inputs that reach new code; over the inputs kept in
/// `Tests/Fuzzing`, as ordinary tests; and over seeded damage to those.
package struct FuzzTarget: Sendable {
  /// The name: of the folder of its inputs, and for `Scripts/fuzz`.
  package let name: String
  /// Longer inputs are not tried: they find nothing that shorter ones do not, and cost more.
  package let bytesMax: Int
  private let entry: Entry

  private enum Entry: Sendable {
    case blocking(@Sendable ([UInt8]) throws -> Void)
    case waiting(@Sendable ([UInt8]) async throws -> Void)
  }

  init(_ name: String, bytesMax: Int, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.bytesMax = bytesMax
    entry = .blocking(check)
  }

  init(_ name: String, bytesMax: Int, waiting check: @escaping @Sendable ([UInt8]) async throws -> Void) {
    self.name = name
    self.bytesMax = bytesMax
    entry = .waiting(check)
  }

  /// Runs one input.
  /// - Throws: ``BrokenPromise``; what a test's own world throws when it cannot be set up.
  package func check(_ bytes: [UInt8]) async throws {
    switch entry {
    case .blocking(let check): try check(bytes)
    case .waiting(let check): try await check(bytes)
    }
  }

  /// Runs one input on a thread that may block; not for tasks.
  /// - Throws: as ``check(_:)``.
  package func checkBlocking(_ bytes: [UInt8]) throws {
    switch entry {
    case .blocking(let check): try check(bytes)
    case .waiting(let check): try Blocking.run { try await check(bytes) }
    }
  }

  /// All of them, the cheap ones first.
  package static let all: [FuzzTarget] = [
    .cursor, .record, .json, .gzip, .page, .contents, .problem, .register, .url, .html, .request, .client,
  ]

  /// The one of that name.
  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A promise that does not hold for an input: a defect of the program.
package struct BrokenPromise: Error, CustomStringConvertible {
  /// What was promised and what was found.
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless the condition holds.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
  if !condition { throw BrokenPromise(what()) }
}

/// Bytes as a text for messages: printable where they can be, not endless.
func shown(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: bytes.prefix(2_000), as: UTF8.self).debugDescription
}
