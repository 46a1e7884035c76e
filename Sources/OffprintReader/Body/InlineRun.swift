import OffprintWire

/// The content of one leaf element while it is being gathered, written in its only form.
///
/// White space is one space, none at the ends nor beside a `br`; no `br` stands at an end; no inline element is empty, or
/// closed and opened again without need, and white space stands outside of those that begin or end beside it. So the same text
/// with the same emphasis has the same bytes however the page wrote it, and reading it again changes nothing.
struct InlineRun {
  /// The element that the content is for.
  let leaf: AllowedMarkup.Leaf
  /// The content so far, with the inline elements of `written` still open.
  private var bytes: [UInt8] = []
  private var written: [AllowedMarkup.Inline] = []
  /// White space that is only written when something follows; always empty in `pre` where `owed` is kept whole.
  private var owed: [UInt8] = []
  private var owedBreaks = 0
  /// How many of the written elements the white space stands in.
  private var owedLevel = Int.max
  private var isAfterReturn = false
  /// Whether anything visible but images is there.
  private(set) var hasText = false
  /// Whether an image is there.
  private(set) var hasImage = false

  init(leaf: AllowedMarkup.Leaf) {
    self.leaf = leaf
  }

  /// Whether what comes next belongs into another paragraph, since an empty line stands before it.
  var isAtParagraphEnd: Bool { leaf == .p && owedBreaks > 1 }

  /// Adds text, as it stands in the page.
  mutating func append(_ text: some Sequence<Unicode.Scalar>, in inlines: [AllowedMarkup.Inline]) {
    for scalar in text {
      switch TextScalar(scalar) {
      case .space: owe(scalar, in: inlines)
      case .dropped: continue
      case .written(let scalar, let isVisible):
        settle(inlines)
        write(scalar)
        hasText = hasText || isVisible
      }
    }
  }

  /// Adds a line end.
  mutating func appendLineBreak(in inlines: [AllowedMarkup.Inline]) {
    if leaf == .pre { return owe("\n", in: inlines) }
    if bytes.isEmpty { return }
    owedBreaks += 1
    owedLevel = min(owedLevel, Self.common(written, inlines))
  }

  /// Adds an image; in `pre` there are none.
  mutating func appendImage(source: String, alternative: String, in inlines: [AllowedMarkup.Inline]) {
    if leaf == .pre { return }
    settle(inlines)
    bytes += Array("<img src=\"".utf8)
    BodyImages.append(escaped: source, to: &bytes)
    if !alternative.isEmpty {
      bytes += Array("\" alt=\"".utf8)
      BodyImages.append(escaped: alternative, to: &bytes)
    }
    bytes += Array("\">".utf8)
    hasImage = true
  }

  /// The content, complete.
  consuming func finish() -> [UInt8] {
    close(to: 0)
    return bytes
  }

  private mutating func owe(_ scalar: Unicode.Scalar, in inlines: [AllowedMarkup.Inline]) {
    owedLevel = min(owedLevel, Self.common(written, inlines))
    guard leaf == .pre else {
      owed = [0x20]
      return
    }
    defer { isAfterReturn = scalar == "\r" }
    switch scalar {
    case "\n" where isAfterReturn: return
    case "\n", "\r": owed.append(0x0A)
    case "\t": owed.append(0x09)
    default: owed.append(0x20)
    }
  }

  /// Writes the white space that is owed, then closes and opens elements, so that those of `inlines` are open.
  private mutating func settle(_ inlines: [AllowedMarkup.Inline]) {
    isAfterReturn = false
    if owed.isEmpty, owedBreaks == 0 {
      if written == inlines { return }
    } else {
      close(to: min(Self.common(written, inlines), owedLevel))
      if owedBreaks > 0 {
        bytes += Array("<br>".utf8)
      } else if !bytes.isEmpty {
        bytes += owed
      } else if leaf == .pre {
        // The lines before the first one that holds something go, its indentation stays.
        bytes += owed[(owed.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
      }
      owed = []
      owedBreaks = 0
      owedLevel = .max
    }
    close(to: Self.common(written, inlines))
    for inline in inlines[written.count...] { open(inline) }
  }

  private mutating func open(_ inline: AllowedMarkup.Inline) {
    written.append(inline)
    switch inline {
    case .a(let href):
      bytes += Array("<a href=\"".utf8)
      BodyImages.append(escaped: href, to: &bytes)
      bytes += Array("\">".utf8)
    default: bytes += Array("<\(Self.name(inline))>".utf8)
    }
  }

  private mutating func close(to count: Int) {
    while written.count > count, let last = written.popLast() { bytes += Array("</\(Self.name(last))>".utf8) }
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "&": bytes += Array("&amp;".utf8)
    case "<": bytes += Array("&lt;".utf8)
    case ">": bytes += Array("&gt;".utf8)
    default:
      if scalar.isASCII {
        bytes.append(UInt8(ascii: scalar))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  private static func name(_ inline: AllowedMarkup.Inline) -> String {
    switch inline {
    case .em: "em"
    case .strong: "strong"
    case .code: "code"
    case .a: "a"
    }
  }

  private static func common(_ one: [AllowedMarkup.Inline], _ other: [AllowedMarkup.Inline]) -> Int {
    var count = 0
    while count < one.count, count < other.count, one[count] == other[count] { count += 1 }
    return count
  }
}
