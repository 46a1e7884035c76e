import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// `offprint extract` as a process: no library, no network.
@Suite struct ExtractTests {
  private static let text =
    "Every evening at dusk, a man with a ladder walks the length of the quay and lights eleven lamps, one after the other."
    + " He has done so for thirty years, and nobody has asked him why."
  private static let page =
    "<html lang=en><title>Eleven lamps | Post</title><body><nav><a href=/>Home</a></nav><div><h1>Eleven lamps</h1><p>\(text)</p>"
    + "<p>\(text)</p></div><footer>© Post</footer>"

  private func run(_ words: String..., input: String = "") throws -> (status: Int32, output: String, errors: String) {
    let done = try RealProcess.run(RealProgram.path("offprint"), ["extract"] + words, input: input)
    return (done.status, done.output, done.errors)
  }

  @Test(arguments: [
    ("text", "\(text)\n\n\(text)\n"), ("html", "<p>\(text)</p>\n<p>\(text)</p>\n"),
    ("markdown", "\(text)\n\n\(text)\n"),
  ])
  func `the article is printed in the form asked for`(format: String, expected: String) throws {
    let done = try run("-", "--format", format, input: Self.page)
    #expect(done.status == 0 && done.output == expected && done.errors.isEmpty)
  }

  @Test func `JSON is one object a file, with what the page does not say as null`() throws {
    let folder = try TemporaryFolder()
    let files = ["a.html", "b.c.html"].map(folder.file)
    for file in files { try Data(Self.page.utf8).write(to: URL(filePath: file)) }
    try Data("\(files[0])\thttps://post.example/lamps\n\(files[1])\n".utf8).write(
      to: URL(filePath: folder.file("list")))
    let done = try run("--from", folder.file("list"), "--json")
    let objects = try done.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2)
    #expect(objects.first?["title"] as? String == "Eleven lamps")
    #expect(objects.first?["lang"] as? String == "en")
    #expect(objects.first?["byline"] is NSNull && objects.first?["publishedTime"] is NSNull)
  }

  @Test func `many files go into a folder, and one that cannot be read stops no other`() throws {
    let folder = try TemporaryFolder()
    let files = ["a.html", "b.c.html", "no.html"].map(folder.file)
    for file in files.prefix(2) { try Data(Self.page.utf8).write(to: URL(filePath: file)) }
    let done = try run(files[0], files[2], files[1], "--output", folder.file(""))
    #expect(done.status == 1 && done.output.isEmpty)
    #expect(done.errors.contains("no.html") && done.errors.contains("1 file of 3"))
    for name in ["a.txt", "b.c.txt"] {
      #expect(try String(contentsOfFile: folder.file(name), encoding: .utf8) == "\(Self.text)\n\n\(Self.text)\n")
    }
  }

  @Test func `a page that is no article is printed with a word about it`() throws {
    let done = try run(
      "-", input: "<html><title>404 Not Found</title><body><div><p>There is nothing here at all.</p></div>")
    #expect(done.status == 0 && done.output == "There is nothing here at all.\n")
    #expect(done.errors.contains("no article at its address"))
  }

  @Test func `a wrong call is told what to do`() throws {
    #expect(try run().status == 64)
    #expect(try run("a", "b", "--url", "https://post.example/").errors.contains("--from"))
    #expect(try run("-", input: "").status == 1)
  }
}
