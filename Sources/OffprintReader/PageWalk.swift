/// The plain walk: everything of a page that is text, in order, without choosing the article among it.
struct PageWalk {
  private var builder = BodyBuilder()
  private var frames: [BodyBuilder.Frame?] = []
  private let address: String?
  private let keepsChrome: Bool

  /// The body of a page.
  ///
  /// - Parameters:
  ///   - address: The page's own address, for relative links.
  ///   - keepsChrome: Whether to keep what stands in navigation, headers, footers, asides and forms.
  static func body(of page: borrowing PageTree, address: String?, keepsChrome: Bool) -> [UInt8] {
    var walk = PageWalk(address: address, keepsChrome: keepsChrome)
    page.walk { walk.visit($0) }
    return walk.builder.finish()
  }

  private init(address: String?, keepsChrome: Bool) {
    self.address = address
    self.keepsChrome = keepsChrome
  }

  private mutating func visit(_ event: PageTree.Event) -> Bool {
    switch event {
    case .text(let text):
      builder.text(text)
      return false
    case .end:
      if let frame = frames.popLast() ?? nil { builder.end(frame) }
      return false
    case .begin(let element):
      return begin(element)
    }
  }

  private mutating func begin(_ element: PageTree.Element) -> Bool {
    if element.attribute("hidden") != nil { return false }
    switch AllowedMarkup.role(of: element.name) {
    case .leaf(let leaf): frames.append(builder.begin(leaf))
    case .container(let container): frames.append(builder.begin(container))
    case .emphasis(let inline): frames.append(builder.begin(inline))
    case .link:
      let href = element.attribute("href").flatMap { SafeAddress.resolve($0, base: address) }
      frames.append(href.map { builder.begin(AllowedMarkup.Inline.a(href: $0)) })
    case .image:
      addImage(element)
      return false
    case .lineBreak:
      builder.lineBreak()
      return false
    case .edge: frames.append(builder.edge())
    case .transparent: frames.append(nil)
    case .chrome:
      let frame = builder.edge()
      guard keepsChrome else {
        builder.end(frame)
        return false
      }
      frames.append(frame)
    case .dropped: return false
    }
    return true
  }

  private mutating func addImage(_ element: PageTree.Element) {
    guard let source = element.attribute("src").flatMap({ SafeAddress.resolve($0, base: address) }) else { return }
    builder.image(source: source, alternative: TextScalar.folded(element.attribute("alt") ?? "", bytesMax: 1_024))
  }
}
