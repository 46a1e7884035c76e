import OffprintWire

/// Goes over a page and hands what stands in it to a ``BodyBuilder``.
struct PageWalk {
  /// What is left out of a body beside what no body holds.
  struct Selection {
    /// The nodes to walk through, in document order and apart from each other; each with all in it.
    var roots: [Int]
    /// By node: whether it is passed over, with all in it.
    var isDropped: [Bool]
    /// Elements that are a picture with what is said about it, whatever the page calls them.
    var figures: Set<Int> = []
    /// Elements in those that hold what is said.
    var captions: Set<Int> = []
    /// Whether to keep what stands in navigation, headers, footers, asides and forms.
    var keepsChrome: Bool

    /// A whole page.
    static func all(of page: Page, keepsChrome: Bool) -> Selection {
      Selection(
        roots: page.nodes.isEmpty ? [] : [0], isDropped: [Bool](repeating: false, count: page.nodes.count),
        keepsChrome: keepsChrome)
    }
  }

  private var builder = BodyBuilder()
  private let page: Page
  private let base: String?
  private let isStored: Bool

  /// The body of a part of a page.
  ///
  /// - Parameters:
  ///   - base: The address by which relative links are resolved.
  ///   - isStored: Whether it may be a body of our own, which names pictures that are stored with it.
  static func body(of page: Page, _ selection: Selection, base: String?, isStored: Bool = false) -> [UInt8] {
    var walk = PageWalk(page: page, base: base, isStored: isStored)
    for root in selection.roots { walk.visit(root, selection) }
    return walk.builder.finish()
  }

  private init(page: Page, base: String?, isStored: Bool) {
    self.page = page
    self.base = base
    self.isStored = isStored
  }

  private mutating func visit(_ root: Int, _ selection: Selection) {
    let edge = builder.edge()
    var open: [(end: Int, frame: BodyBuilder.Frame)] = []
    var index = root
    let end = Int(page.nodes[root].end)
    while index < end {
      while let last = open.last, last.end <= index {
        builder.end(last.frame)
        open.removeLast()
      }
      let node = page.nodes[index]
      if node.tag == .text {
        if !selection.isDropped[index] { builder.text(String(decoding: page.text(index), as: UTF8.self)) }
        index += 1
        continue
      }
      let isEntered =
        !selection.isDropped[index]
        && begin(index, node.tag, selection) { frame in
          open.append((Int(node.end), frame))
        }
      if !isEntered, node.tag.isBlock { builder.end(builder.edge()) }
      index = isEntered ? index + 1 : Int(node.end)
    }
    while let last = open.popLast() { builder.end(last.frame) }
    builder.end(edge)
  }

  /// Whether to go on with what is in the element.
  private mutating func begin(
    _ index: Int, _ tag: Tag, _ selection: Selection, _ opened: (BodyBuilder.Frame) -> Void
  ) -> Bool {
    if page.attribute(.hidden, of: index) != nil { return false }
    if selection.figures.contains(index) {
      opened(builder.begin(AllowedMarkup.Container.figure))
      return true
    }
    if selection.captions.contains(index) {
      opened(builder.begin(AllowedMarkup.Leaf.figcaption))
      return true
    }
    switch tag.role {
    case .leaf(let leaf): opened(builder.begin(leaf))
    case .container(let container): opened(builder.begin(container))
    case .emphasis(let inline): opened(builder.begin(inline))
    case .link:
      let href = page.string(.href, of: index).flatMap { SafeAddress.resolve($0, base: base) }
      if let href { opened(builder.begin(AllowedMarkup.Inline.a(href: href))) }
    case .image:
      let own = isStored ? page.string(.src, of: index) : nil
      let stored = own.flatMap { BodyImages.hash(inSource: $0) == nil ? nil : $0 }
      if let source = stored ?? PageImage.source(page, index, base: base) { add(source, index) }
      return false
    case .lineBreak:
      builder.lineBreak()
      return false
    case .edge: opened(builder.edge())
    case .transparent: break
    case .chrome:
      if !selection.keepsChrome, !selection.roots.contains(index) { return false }
      opened(builder.edge())
    case .dropped:
      if tag == .noscript, let found = PageImage.withoutScript(page, index, base: base) {
        add(found.source, found.node)
      }
      return false
    }
    return true
  }

  private mutating func add(_ source: String, _ image: Int) {
    let alternative = page.string(.alt, of: image) ?? ""
    builder.image(source: source, alternative: TextScalar.folded(alternative, bytesMax: 1_024))
  }
}
