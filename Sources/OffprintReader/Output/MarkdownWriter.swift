import OffprintWire

/// Writes a body as Markdown (CommonMark, and tables as GitHub has them).
///
/// Works on bodies alone, whose markup is known; anything else gives some text, but no promise.
struct MarkdownWriter {
  private let tokenizer: MarkupTokenizer
  private var lines: [String] = []
  /// The line that is being written.
  private var line = ""
  /// What the lines of the open quotations and list items begin with.
  private var prefixes: [String] = []
  /// The mark of an item, which its first line has instead of its prefix's spaces.
  private var mark: String?
  private var lists: [(isOrdered: Bool, count: Int)] = []
  private var links: [String] = []
  private var cells: [String]?
  private var rows: [[String]] = []
  private var isPreformatted = false
  private var isInCell: Bool { cells != nil }

  private init(_ body: [UInt8]) { tokenizer = MarkupTokenizer(body) }

  /// A body as Markdown, ending in a line feed.
  static func write(_ body: [UInt8]) -> String {
    var writer = MarkdownWriter(body)
    var tokens = writer.tokenizer
    while let token = tokens.next() {
      switch token {
      case .text(let range): writer.text(range)
      case .startTag(let tag): writer.begin(tag)
      case .endTag(let tag): writer.end(String(decoding: tokens.bytes[tag.name], as: UTF8.self))
      }
    }
    writer.endBlock()
    while writer.lines.last?.allSatisfy({ $0 == ">" || $0 == " " }) == true { writer.lines.removeLast() }
    return writer.lines.isEmpty ? "" : writer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func begin(_ tag: MarkupTokenizer.Tag) {
    let name = String(decoding: tokenizer.bytes[tag.name], as: UTF8.self)
    switch name {
    case "p", "figcaption", "dd": if !isInCell { endBlock() }
    case "h1", "h2", "h3", "h4", "h5", "h6":
      endBlock()
      line = String(repeating: "#", count: Int(name.dropFirst()) ?? 1) + " "
    case "dt": endBlock()
    case "blockquote":
      endBlock()
      prefixes.append("> ")
    case "ul", "ol":
      endBlock(isTight: !lists.isEmpty)
      lists.append((name == "ol", 0))
    case "li": beginItem()
    case "pre":
      endBlock()
      isPreformatted = true
    case "table":
      endBlock()
      rows = []
    case "tr": cells = []
    case "td", "th": line = ""
    case "br": line += isInCell ? " " : isPreformatted ? "\n" : "\\\n"
    case "em": line += "*"
    case "strong": line += "**"
    case "code": if !isPreformatted { line += "`" }
    case "a":
      links.append(attribute("href", of: tag))
      if !isPreformatted { line += "[" }
    case "img": line += "![\(Self.escaped(attribute("alt", of: tag)))](\(Self.target(attribute("src", of: tag))))"
    default: break
    }
  }

  private mutating func end(_ name: String) {
    switch name {
    case "p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "figure", "dd":
      if isInCell { line += " " } else { endBlock() }
    case "dt":
      line = "**\(line)**"
      endBlock()
    case "blockquote":
      endBlock()
      prefixes = prefixes.dropLast()
      if lines.last?.hasSuffix(">") == true { lines[lines.count - 1] = prefixes.joined().trimmed { $0 == " " } }
    case "ul", "ol":
      endBlock(isTight: true)
      lists = lists.dropLast()
      if lists.isEmpty { addBlank() }
    case "li":
      endBlock(isTight: true)
      prefixes = prefixes.dropLast()
    case "pre": endPreformatted()
    case "td", "th":
      cells?.append(line.trimmed { $0 == " " })
      line = ""
    case "tr":
      if let cells { rows.append(cells) }
      cells = nil
    case "table": endTable()
    case "em": line += "*"
    case "strong": line += "**"
    case "code": if !isPreformatted { line += "`" }
    case "a": if let link = links.popLast(), !isPreformatted { line += "](\(Self.target(link)))" }
    default: break
    }
  }

  private mutating func text(_ range: Range<Int>) {
    let text = Self.decoded(tokenizer.bytes, range)
    // White space between blocks is no text.
    if line.isEmpty, !isPreformatted, text.allSatisfy(\.isWhitespace) { return }
    line += isPreformatted || line.last == "`" ? text : Self.escaped(text)
  }

  private mutating func beginItem() {
    endBlock(isTight: true)
    let isOrdered = lists.last?.isOrdered ?? false
    if !lists.isEmpty { lists[lists.count - 1].count += 1 }
    let mark = isOrdered ? "\(lists.last?.count ?? 1). " : "- "
    self.mark = mark
    prefixes.append(String(repeating: " ", count: mark.utf8.count))
  }

  private mutating func endBlock(isTight: Bool = false) {
    if line.isEmpty {
      if !isTight, mark == nil { addBlank() }
      return
    }
    for part in line.split(separator: "\n", omittingEmptySubsequences: false) { add(String(part)) }
    line = ""
    if !isTight { addBlank() }
  }

  private mutating func endPreformatted() {
    isPreformatted = false
    var fence = "```"
    while line.contains(fence) { fence += "`" }
    line = "\(fence)\n\(line)\n\(fence)"
    endBlock()
  }

  private mutating func endTable() {
    let columns = rows.map(\.count).max() ?? 0
    for (index, row) in rows.enumerated() where columns > 0 {
      let cells = row + [String](repeating: "", count: columns - row.count)
      add(
        "| " + cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }.joined(separator: " | ") + " |")
      if index == 0 { add("|" + String(repeating: " --- |", count: columns)) }
    }
    rows = []
    addBlank()
  }

  private mutating func add(_ text: String) {
    var prefix = prefixes.joined()
    if let mark, let own = prefixes.last {
      prefix = prefixes.dropLast().joined() + mark + String(repeating: " ", count: max(own.count - mark.count, 0))
      self.mark = nil
    }
    lines.append(prefix + text)
  }

  private mutating func addBlank() {
    guard let last = lines.last, !last.allSatisfy({ $0 == ">" || $0 == " " }) else { return }
    lines.append(prefixes.joined().trimmed { $0 == " " })
  }

  private func attribute(_ name: String, of tag: MarkupTokenizer.Tag) -> String {
    var scanner = AttributeScanner(tokenizer.bytes, from: tag.attributes.lowerBound)
    while let attribute = scanner.next() {
      if tokenizer.bytes[attribute.name].elementsEqual(name.utf8) {
        return Self.decoded(tokenizer.bytes, attribute.value)
      }
    }
    return ""
  }

  private static func decoded(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    var decoded: [UInt8] = []
    AttributeValue.append(bytes, range, to: &decoded)
    return String(decoding: decoded, as: UTF8.self)
  }

  /// An address that ends where it should.
  private static func target(_ address: String) -> String {
    address.contains("(") || address.contains(")") ? "<\(address)>" : address
  }

  /// Text in which nothing is taken for Markdown.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for (index, character) in text.enumerated() {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<": result += "\\"
      case "#", "-", "+", ">": if index == 0 { result += "\\" }
      default: break
      }
      result.append(character)
    }
    return result
  }
}

extension ReadArticle {
  /// The body as Markdown, captions included.
  public var markdown: String { MarkdownWriter.write(body) }
}
