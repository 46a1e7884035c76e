import OffprintTesting
import OffprintWire
import Testing

/// The images of a body, found and given other sources.
@Suite struct BodyImagesTests {
  private static let hash = String(repeating: "0a", count: 32)

  private func replaced(_ body: String, _ sources: [String: String]) -> String {
    String(decoding: BodyImages.replacingSources(in: Array(body.utf8)) { sources[$0] }, as: UTF8.self)
  }

  @Test func `the images of a body are found in their order, each once`() {
    let body = """
      <p>A <img src="https://a.example/1.png?a=1&amp;b=2" alt="src=x"> b <img src="http://b.example/">
      <img src="https://a.example/1.png?a=1&amp;b=2"></p><figure><img src="offprint:\(Self.hash)"></figure>
      """
    #expect(
      BodyImages.sources(in: Array(body.utf8)) == [
        "https://a.example/1.png?a=1&b=2", "http://b.example/", "offprint:\(Self.hash)",
      ])
    #expect(BodyImages.sources(in: Array("<p>&lt;img src=x> <imgs src=\"y\"></p><!-- <img src=z> -->".utf8)).isEmpty)
  }

  @Test func `an image gets another source, and nothing else changes`() {
    let body = "<p>1 <img alt=\"a &amp; b\" src=\"http://a/?x&amp;y\"> 2 <img src=\"http://b/\"> ü</p>\n"
    let new = BodyImages.source(ofHash: Self.hash)
    let after = replaced(body, ["http://a/?x&y": new])
    #expect(after == body.replacing("http://a/?x&amp;y", with: new))
    #expect(replaced(after, [new: "http://a/?x&y"]) == body)
    #expect(replaced(body, [:]) == body)
    #expect(replaced(body, ["http://b/": "\"><script>&"]).contains("src=\"&quot;&gt;&lt;script&gt;&amp;\""))
  }

  @Test(arguments: [
    "offprint:", "offprint:0a", "offprint:\(hash.uppercased())", "Offprint:\(hash)", "offprint:\(hash)0", "http://a/",
    "",
  ])
  func `only a scheme of ours with a whole hash names a content`(source: String) {
    #expect(BodyImages.hash(inSource: source) == nil)
  }

  @Test func `any bytes have images, and stay as they are without a new source`() {
    var generator = SeededGenerator(seed: runSeed, case: 51)
    for _ in 0..<2_000 {
      let pieces = ["<img ", "src=", "\"", "'", ">", "<", "&amp;", "&#0;", "&", "=", "/", "a", "<!--", "-->", "\u{fc}"]
      let text = (0..<generator.below(30)).map { _ in generator.pick(pieces) }.joined()
      let bytes = Array(text.utf8)
      #expect(BodyImages.replacingSources(in: bytes) { _ in nil } == bytes)
      _ = BodyImages.sources(in: bytes)
    }
  }
}
