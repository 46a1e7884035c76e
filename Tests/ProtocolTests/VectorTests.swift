import Foundation
import Testing

/// The vectors of the specification, case by case, against this implementation.
@Suite struct VectorTests {
  /// The files run here; what is new among the vectors must be run too.
  static let run: Set<String> = [
    "canonical-json", "cursors", "fixing", "frames", "hashes", "limits", "locators", "merge-article", "merge-bookmark",
    "merge-progress", "merge-unknown", "progress-shown", "server-time", "stamps", "urls", "values",
  ]

  @Test func `every vector file is run`() {
    #expect(Self.run == Set(Vectors.names))
  }

  @Test(arguments: Vectors.names)
  func `every vector file can be read, says what it is about and names its cases apart`(file: String) throws {
    let document = try Vectors.document(file)
    #expect(!(try document.text("about")).isEmpty)
    #expect(document["clauses"]?.array?.isEmpty == false)
    let cases = Vectors.cases(of: file)
    #expect(!cases.isEmpty)
    #expect(Set(cases.map(\.name)).count == cases.count)
  }

  @Test func `the reference implementation says that all vectors are up to date`() throws {
    let script = Vectors.folder.appending(path: "reference/make_vectors.py").path(percentEncoded: false)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script, "--check"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      withKnownIssue("python3 is not installed: the reference was not run") { Issue.record("not run") }
      return
    }
    #expect(process.terminationStatus == 0, "\(text)")
  }

  @Test(arguments: Vectors.cases(of: "canonical-json")) func `canonical JSON`(vector: VectorCase) throws {
    try vector.check(ValueVectors.canonical)
  }
  @Test(arguments: Vectors.cases(of: "values")) func values(vector: VectorCase) throws {
    try vector.check(ValueVectors.register)
  }
  @Test(arguments: Vectors.cases(of: "limits")) func limits(vector: VectorCase) throws {
    try vector.check(ValueVectors.pushed)
  }
  @Test(arguments: Vectors.cases(of: "urls")) func urls(vector: VectorCase) throws {
    try vector.check(ValueVectors.address)
  }
  @Test(arguments: Vectors.cases(of: "stamps")) func stamps(vector: VectorCase) throws {
    try vector.check(StampVectors.stamp)
  }
  @Test(arguments: Vectors.cases(of: "fixing")) func fixing(vector: VectorCase) throws {
    try vector.check(StampVectors.fixing)
  }
  @Test(arguments: Vectors.cases(of: "server-time")) func `server time`(vector: VectorCase) throws {
    try vector.check(TimeVectors.run)
  }
  @Test(arguments: Vectors.cases(of: "hashes")) func hashes(vector: VectorCase) throws {
    try vector.check(RecordVectors.hashes)
  }
  @Test(arguments: Vectors.cases(of: "merge-article")) func `merge of articles`(vector: VectorCase) throws {
    try vector.check(RecordVectors.merge)
  }
  @Test(arguments: Vectors.cases(of: "merge-bookmark")) func `merge of bookmarks`(vector: VectorCase) throws {
    try vector.check(RecordVectors.merge)
  }
  @Test(arguments: Vectors.cases(of: "merge-progress")) func `merge of progress`(vector: VectorCase) throws {
    try vector.check(RecordVectors.merge)
  }
  @Test(arguments: Vectors.cases(of: "merge-unknown")) func `merge of unknown records`(vector: VectorCase) throws {
    try vector.check(RecordVectors.merge)
  }
  @Test(arguments: Vectors.cases(of: "progress-shown")) func `progress shown`(vector: VectorCase) throws {
    try vector.check(RecordVectors.shown)
  }
  @Test(arguments: Vectors.cases(of: "locators")) func locators(vector: VectorCase) throws {
    try vector.check(LocatorVectors.run)
  }
  @Test(arguments: Vectors.cases(of: "cursors")) func cursors(vector: VectorCase) throws {
    try vector.check(LogVectors.cursor)
  }
  @Test(arguments: Vectors.cases(of: "frames")) func frames(vector: VectorCase) throws {
    try vector.check(LogVectors.answer)
  }
}
