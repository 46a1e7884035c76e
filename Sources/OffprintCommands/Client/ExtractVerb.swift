import Foundation
import OffprintReader
import OffprintWire

/// The verb `extract`: articles out of pages and texts, without a library and without a network.
extension Session {
  func extract() throws {
    var sources = arguments.words("FILE").map { Source(path: $0, url: arguments.value("url")) }
    if let list = arguments.value("from") {
      sources += try Source.list(InputFile.read(path: list, bytesMax: Reader.inputBytesMax))
    }
    if sources.isEmpty { throw UsageError("name a file, - for standard input, or a list with --from.") }
    if arguments.has("url"), sources.count > 1 {
      throw UsageError("--url is the address of one file. For more, write the addresses into a list for --from.")
    }
    let format = isJSON ? "json" : arguments.value("format") ?? "text"
    var failures = 0
    for source in sources {
      do { try extract(source, format) } catch let failure as CommandFailure
        where sources.count > 1 && failure.exit == .failed
      {
        failures += 1
        messages.line("offprint: \(failure.message)")
      }
    }
    if failures > 0 {
      throw CommandFailure(
        .failed, code: "unreadableFiles",
        "\(Wording.count(failures, "file")) of \(sources.count) could not be extracted")
    }
  }

  private func extract(_ source: Source, _ format: String) throws {
    let bytes =
      source.path == "-"
      ? try InputFile.read(descriptor: world.input, name: "standard input", bytesMax: Reader.inputBytesMax)
      : try InputFile.read(path: source.path, bytesMax: Reader.inputBytesMax)
    let article: ReadArticle
    do throws(ReaderError) { article = try Reader.read(bytes, url: source.url, fileName: source.name) } catch {
      throw CommandFailure(.failed, code: "invalidInput", "\(source.path.visible) holds no article: \(error)")
    }
    if let doubt = article.doubt { remark("\(source.path.visible): \(doubt.explanation)") }
    if article.isTruncated { remark("\(source.path.visible): the page was nested too deeply; its end was cut") }
    let text = Self.text(of: article, source, format)
    guard let folder = arguments.value("output") else { return try output.write(bytes: text) }
    let path = folder + "/" + source.stem + "." + (["text": "txt", "markdown": "md"][format] ?? format)
    do { try Data(text).write(to: URL(filePath: path)) } catch {
      throw CommandFailure(
        .failed, code: "unwritableFile", "cannot write \(path.visible): \(error.localizedDescription)")
    }
  }

  private static func text(of article: ReadArticle, _ source: Source, _ format: String) -> [UInt8] {
    switch format {
    case "html": article.body
    case "markdown": Array(article.markdown.utf8)
    case "json": Array((JSONResult.object(json(article, source)).text + "\n").utf8)
    default: Array(article.text.utf8)
    }
  }

  private static func json(_ article: ReadArticle, _ source: Source) -> [(String, JSONResult)] {
    [
      ("file", .string(source.path)), ("title", .text(article.title)), ("dek", .text(article.standfirst)),
      ("byline", .text(article.byline)), ("siteName", .text(article.site)),
      ("publishedTime", .text(article.published?.text)), ("lang", .text(article.language)),
      ("dir", .text(article.direction?.rawValue)), ("excerpt", .text(article.excerpt)),
      ("leadImage", .text(article.leadImage)), ("leadCaption", .text(article.leadCaption)),
      ("canonical", .text(article.canonical)), ("words", .number(article.words)),
      ("doubt", .text(article.doubt?.rawValue)), ("truncated", .bool(article.isTruncated)),
      ("text", .string(article.text)), ("html", .string(String(decoding: article.body, as: UTF8.self))),
    ]
  }

  /// A file to extract from, and the address it came from.
  private struct Source {
    let path: String
    let url: String?

    /// The name without folders; nil for standard input.
    var name: String? { path == "-" ? nil : path.split(separator: "/").last.map(String.init) }
    /// The name without folders and extension.
    var stem: String {
      let name = name ?? "stdin"
      guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
      return String(name[..<dot])
    }

    /// The files of a list: one a line, behind a tab its address.
    static func list(_ bytes: [UInt8]) throws -> [Source] {
      try String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
        let parts = line.split(separator: "\t", maxSplits: 1)
        guard let path = parts.first else { throw UsageError("a line of the list names no file.") }
        return Source(path: String(path), url: parts.count > 1 ? String(parts[1]) : nil)
      }
    }
  }
}
