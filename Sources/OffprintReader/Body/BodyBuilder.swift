/// Puts what stands in a page together to blocks that the rules of a body allow, whatever order it comes in.
///
/// Containers hold blocks only: text that stands in one directly is a paragraph. Leaf elements hold no blocks: one that
/// begins in them ends them, and what follows is another leaf of the kind. A part outside of its whole (an item
/// without a list, a cell without a table) is just its content; content of a list, a row or a table outside of its
/// parts gets a part of its own. Items, cells and descriptions that hold a single paragraph hold its text instead.
/// What is empty goes, but for cells of a row that is not.
struct BodyBuilder {
  /// What a node of the body is.
  enum Element: Equatable {
    case root
    case container(AllowedMarkup.Container)
    case leaf(AllowedMarkup.Leaf)
    /// Images that stand in a figure without an element of their own.
    case bare

    /// The element's name, if it has one.
    var name: String? {
      switch self {
      case .container(let container): container.rawValue
      case .leaf(let leaf): leaf.rawValue
      case .root, .bare: nil
      }
    }
  }

  /// A node of the body; the first one is the root.
  struct Node {
    var element: Element
    var children: [Int] = []
    /// The bytes of a leaf, written by ``InlineRun``.
    var content: [UInt8] = []
  }

  /// What has to be put back when an element of the page ends.
  struct Frame {
    fileprivate var isInline = false
    fileprivate var openCount: Int?
    fileprivate var inlineCount: Int
    fileprivate var base: Int
    fileprivate var leaf: AllowedMarkup.Leaf
  }

  private var nodes = [Node(element: .root)]
  private var open = [0]
  /// How many of the open nodes belong to elements of the page; those after them were added.
  private var base = 1
  /// What text is put into now.
  private var leaf = AllowedMarkup.Leaf.p
  private var inlines: [AllowedMarkup.Inline] = []
  private var run: InlineRun?

  /// Begins an element that holds text.
  mutating func begin(_ new: AllowedMarkup.Leaf) -> Frame {
    let frame = edge()
    switch new {
    case .p: break  // A paragraph in a heading is the heading's.
    case .dt:
      closeDescription()
      if container == .dl { leaf = .dt }
    case .figcaption: if container == .figure { leaf = .figcaption }
    default: leaf = new
    }
    return frame
  }

  /// Begins an element that holds blocks.
  mutating func begin(_ new: AllowedMarkup.Container) -> Frame {
    var frame = edge()
    guard makeRoom(for: new) else { return frame }
    frame.openCount = open.count
    push(.container(new))
    base = open.count
    leaf = .p
    return frame
  }

  /// Begins emphasis, code or a link; one within its like is no further one.
  mutating func begin(_ inline: AllowedMarkup.Inline) -> Frame {
    let frame = Frame(isInline: true, inlineCount: inlines.count, base: base, leaf: leaf)
    if !inlines.contains(where: { $0.isSameElement(as: inline) }) { inlines.append(inline) }
    return frame
  }

  /// Begins an element of which only the edges count.
  mutating func edge() -> Frame {
    flush()
    return Frame(inlineCount: inlines.count, base: base, leaf: leaf)
  }

  /// Ends what began last.
  mutating func end(_ frame: Frame) {
    if !frame.isInline { flush() }
    if let count = frame.openCount, count < open.count { open.removeSubrange(count...) }
    inlines.removeSubrange(frame.inlineCount...)
    base = frame.base
    leaf = frame.leaf
  }

  /// Adds text.
  mutating func text(_ text: String) {
    var rest = text.unicodeScalars[...]
    if run?.isAtParagraphEnd == true,
      rest.contains(where: { if case .written = TextScalar($0) { true } else { false } })
    {
      flush()
    }
    if run == nil {
      rest = leaf == .pre ? rest : rest.drop { if case .written = TextScalar($0) { false } else { true } }
      if rest.isEmpty { return }
      run = InlineRun(leaf: leaf)
    }
    run?.append(rest, in: inlines)
  }

  /// Adds a line end; two of them end a paragraph.
  mutating func lineBreak() {
    run?.appendLineBreak(in: inlines)
  }

  /// Adds an image.
  mutating func image(source: String, alternative: String) {
    if run?.isAtParagraphEnd == true { flush() }
    if run == nil { run = InlineRun(leaf: leaf) }
    run?.appendImage(source: source, alternative: alternative, in: inlines)
  }

  /// The body, in the bytes of ``BodyWriter``.
  consuming func finish() -> [UInt8] {
    flush()
    tidy()
    return BodyWriter.write(nodes)
  }

  private var container: AllowedMarkup.Container? {
    guard let last = open.last, case .container(let container) = nodes[last].element else { return nil }
    return container
  }

  private mutating func push(_ element: Element) {
    add(Node(element: element))
    open.append(nodes.count - 1)
  }

  private mutating func add(_ node: Node) {
    if let parent = open.last { nodes[parent].children.append(nodes.count) }
    nodes.append(node)
  }

  private mutating func closeAdded() {
    if open.count > base { open.removeSubrange(base...) }
  }

  /// Ends the description before a term or another one; libxml2 leaves it open where its end tag is left out.
  private mutating func closeDescription() {
    closeAdded()
    while container == .dd { open.removeLast() }
  }

  /// Whether a container can begin here, after what must end before it has, and what must hold it has begun.
  private mutating func makeRoom(for new: AllowedMarkup.Container) -> Bool {
    switch new {
    case .li:
      closeAdded()
      return container == .ul || container == .ol
    case .dd:
      closeDescription()
      return container == .dl
    case .tr:
      closeAdded()
      return container == .table
    case .td, .th:
      while open.count > base, container != .tr { open.removeLast() }
      if container == .table { push(.container(.tr)) }
      return container == .tr
    case .ul, .ol, .blockquote, .figure, .table, .dl:
      // Up to two for a part of what is open, this one, and up to two for its own parts.
      guard open.count + 5 <= AllowedMarkup.containersMax else { return false }
      beginPart()
      return true
    }
  }

  /// Begins a part of the open list, table or row, so that blocks can stand in it.
  private mutating func beginPart() {
    switch container {
    case .ul, .ol: push(.container(.li))
    case .dl: push(.container(.dd))
    case .table:
      push(.container(.tr))
      push(.container(.td))
    case .tr: push(.container(.td))
    default: break
    }
  }

  private mutating func flush() {
    guard let run else { return }
    self.run = nil
    guard run.hasText || run.hasImage else { return }
    var element = run.leaf
    if !run.hasText, element != .dt { element = .p }
    let content = run.finish()
    if element == .dt, container == .dl { return add(Node(element: .leaf(.dt), content: content)) }
    if element == .dt { element = .p }
    beginPart()
    let isBare = element == .p && !run.hasText && container == .figure
    add(Node(element: isBare ? .bare : .leaf(element), content: content))
  }

  /// Drops what is empty and takes single paragraphs out of their elements; children stand behind their parents.
  private mutating func tidy() {
    for index in nodes.indices.reversed() {
      guard case .container(let container) = nodes[index].element else {
        if nodes[index].element == .root { dropEmptyChildren(of: index) }
        continue
      }
      if container == .tr {
        let hasContent = nodes[index].children.contains { !isEmpty(nodes[$0]) }
        if !hasContent { nodes[index].children = [] }
        continue
      }
      dropEmptyChildren(of: index)
      guard [.li, .td, .th, .dd].contains(container), nodes[index].children.count == 1 else { continue }
      let only = nodes[index].children[0]
      if nodes[only].element == .leaf(.p) {
        nodes[index].children = []
        nodes[index].content = nodes[only].content
      }
    }
  }

  private mutating func dropEmptyChildren(of index: Int) {
    nodes[index].children = nodes[index].children.filter { !isEmpty(nodes[$0]) }
  }

  private func isEmpty(_ node: Node) -> Bool {
    node.children.isEmpty && node.content.isEmpty
  }
}
