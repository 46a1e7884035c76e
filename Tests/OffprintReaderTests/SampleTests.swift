import Foundation
import OffprintReader
import OffprintWire
import Testing

/// The sample that `OFFPRINT_SAMPLES` names, which is no part of the repository.
private let samples = ProcessInfo.processInfo.environment["OFFPRINT_SAMPLES"].flatMap { $0.isEmpty ? nil : $0 }

@Suite struct SampleTests {
  private struct Expected: Decodable {
    let file: String
    let title: String
    let standfirst: String
    let articleParagraphs: [String]
    let mustNotContain: [String]
  }

  @Test(.enabled(if: samples != nil, "OFFPRINT_SAMPLES is not set: the sample of that folder is not read"))
  func `the sample gives its title, its standfirst and its paragraphs, and nothing else`() throws {
    let folder = URL(filePath: try #require(samples)).appending(path: "sample")
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    let bytes = Array(try Data(contentsOf: folder.appending(path: expected.file)))
    let article = try Reader.read(bytes, url: nil, fileName: expected.file)
    #expect(article.title == expected.title)
    #expect(article.standfirst == expected.standfirst)
    let blocks = BodyText(html: article.body)
    let found = blocks.blocks.indices.map { blocks.text(ofBlock: $0).trimmingCharacters(in: .whitespaces) }
    #expect(found == expected.articleParagraphs.map { $0.trimmingCharacters(in: .whitespaces) })
    for clutter in expected.mustNotContain { #expect(!article.text.contains(clutter)) }
    #expect(article.byline == nil && article.published == nil && article.site == nil && article.leadImage == nil)
  }
}
