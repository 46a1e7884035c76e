import Foundation
import OffprintSeed
import OffprintSQLite

private let seed: UInt64 = {
  let seed = SeededGenerator.seed(else: UInt64.random(in: .min ... .max))
  print("OFFPRINT_SEED=\(seed) (OffprintSQLiteTests)")
  return seed
}()

/// Each test starts from the printed seed, whatever ran before it.
func generator() -> SeededGenerator { SeededGenerator(seed: seed) }

/// A directory that goes with the test.
final class Folder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("offprint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
  }

  /// Permission bits.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  func writer(_ name: String = "a.sqlite") throws -> Connection {
    try Connection(path: file(name), role: .writer(create: true))
  }

  func reader(_ name: String = "a.sqlite") throws -> Connection {
    try Connection(path: file(name), role: .reader)
  }
}

/// What `body` throws. Inside closures this stands for `#expect(throws:)`, whose own closure Swift 6.3 may there take for another.
func thrown(_ body: () throws -> Void) -> (any Error)? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

/// The kind of the error that `body` throws; nil if it throws none or another type.
func kind(_ body: () throws -> Void) -> SQLiteError.Kind? {
  (thrown(body) as? SQLiteError)?.kind
}
