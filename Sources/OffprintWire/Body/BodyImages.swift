/// The images that a body names (Protocol, CONT-2 and CONT-13).
public enum BodyImages {
  /// What stands before the hash of a content in an image's source.
  public static let scheme = "offprint:"

  /// The source of an image that is a content.
  public static func source(ofHash hash: String) -> String { scheme + hash }

  /// The hash of the content that a source names; nil for any other source.
  public static func hash(inSource source: String) -> String? {
    guard source.utf8.starts(with: scheme.utf8) else { return nil }
    let hash = String(decoding: source.utf8.dropFirst(scheme.utf8.count), as: UTF8.self)
    return ContentReference.isHash(hash) ? hash : nil
  }

  /// The sources of a body's images, each once, in the order in which they stand there.
  public static func sources(in body: [UInt8]) -> [String] {
    var seen: Set<String> = []
    var sources: [String] = []
    _ = replacingSources(in: body) { source in
      if seen.insert(source).inserted { sources.append(source) }
      return nil
    }
    return sources
  }

  /// The body with other sources in the place of those for which there is one. All other bytes stay as they are.
  public static func replacingSources(in body: [UInt8], _ replacement: (String) -> String?) -> [UInt8] {
    var output: [UInt8] = []
    var copied = 0
    var tokenizer = MarkupTokenizer(body)
    while let token = tokenizer.next() {
      guard case .startTag(let tag) = token,
        body[tag.name].lazy.map(\.lowercasedASCII).elementsEqual("img".utf8),
        let value = sourceValue(of: tag, in: body), let new = replacement(text(body, value))
      else { continue }
      output += body[copied..<value.lowerBound]
      append(escaped: new, to: &output)
      copied = value.upperBound
    }
    output += body[copied...]
    return output
  }

  /// Where the first `src` of a tag has its value.
  private static func sourceValue(of tag: MarkupTokenizer.Tag, in body: [UInt8]) -> Range<Int>? {
    var scanner = AttributeScanner(body, from: tag.attributes.lowerBound)
    while let attribute = scanner.next() {
      if body[attribute.name].lazy.map(\.lowercasedASCII).elementsEqual("src".utf8) { return attribute.value }
    }
    return nil
  }

  private static func text(_ body: [UInt8], _ range: Range<Int>) -> String {
    var scalars = String.UnicodeScalarView()
    var plain = range.lowerBound
    var index = range.lowerBound
    func flush(_ scalars: inout String.UnicodeScalarView, to end: Int) {
      scalars.append(contentsOf: String(decoding: body[plain..<end], as: UTF8.self).unicodeScalars)
    }
    while index < range.upperBound {
      guard body[index] == UInt8(ascii: "&"),
        let reference = CharacterReference.decode(body, at: index, end: range.upperBound)
      else {
        index += 1
        continue
      }
      flush(&scalars, to: index)
      scalars.append(reference.scalar)
      index = reference.next
      plain = index
    }
    flush(&scalars, to: range.upperBound)
    return String(scalars)
  }

  /// Writes a text so that it can stand in an attribute between double quotes (Protocol, CONT-2).
  package static func append(escaped text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
      case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
      case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
      case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
      default: bytes.append(byte)
      }
    }
  }
}
