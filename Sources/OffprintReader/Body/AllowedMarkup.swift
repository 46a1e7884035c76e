/// The elements of which bodies are made, and what becomes of all others.
///
/// A body has no element and no attribute that is not named here: it is rebuilt, never filtered.
enum AllowedMarkup {
  /// An element that holds text, images and inline elements only.
  enum Leaf: String, CaseIterable {
    case p, h1, h2, h3, h4, h5, h6, pre, figcaption, dt

    /// Whether it is h1...h6.
    var isHeading: Bool {
      switch self {
      case .h1, .h2, .h3, .h4, .h5, .h6: true
      default: false
      }
    }
  }

  /// An element that holds other blocks.
  enum Container: String, CaseIterable {
    case ul, ol, li, blockquote, figure, table, tr, td, th, dl, dd
  }

  /// An element within a line of text.
  enum Inline: Hashable {
    case em, strong, code
    /// A link to an address of `http` or `https`, as ``SafeAddress`` writes it.
    case a(href: String)

    /// Whether one may not stand in the other.
    func isSameElement(as other: Inline) -> Bool {
      switch (self, other) {
      case (.em, .em), (.strong, .strong), (.code, .code), (.a, .a): true
      default: false
      }
    }
  }

  /// What becomes of an element of a page.
  enum Role: Equatable {
    case leaf(Leaf)
    case container(Container)
    case emphasis(Inline)
    case link
    case image
    case lineBreak
    /// Only its content is kept, parted from what stands around it.
    case edge
    /// Only its content is kept.
    case transparent
    /// Dropped with its content, unless nothing else is left of the page.
    case chrome
    /// Dropped with its content.
    case dropped
  }

  /// How many containers a body nests at most; deeper ones keep their content only.
  ///
  /// With the three elements that this can add, far below the 256 at which libxml2 stops.
  static let containersMax = 100

  /// The role of the element of that name, in lower case.
  static func role(of name: String) -> Role {
    if let role = roles[name] { return role }
    // Elements of a page's own making are mostly boxes; unknown ones without a dash are inline to every browser.
    return name.utf8.contains(UInt8(ascii: "-")) ? .edge : .transparent
  }

  private static let roles: [String: Role] = {
    var roles: [String: Role] = [
      "a": .link, "img": .image, "br": .lineBreak,
      "em": .emphasis(.em), "i": .emphasis(.em), "cite": .emphasis(.em), "dfn": .emphasis(.em),
      "strong": .emphasis(.strong), "b": .emphasis(.strong),
      "code": .emphasis(.code), "kbd": .emphasis(.code), "samp": .emphasis(.code), "tt": .emphasis(.code),
      "var": .emphasis(.code), "listing": .leaf(.pre), "xmp": .leaf(.pre), "menu": .container(.ul),
      "dir": .container(.ul),
    ]
    for leaf in Leaf.allCases { roles[leaf.rawValue] = .leaf(leaf) }
    for container in Container.allCases { roles[container.rawValue] = .container(container) }
    let edges = [
      "html", "body", "div", "section", "article", "main", "center", "address", "fieldset", "legend", "details",
      "summary",
      "hgroup", "hr", "caption", "thead", "tbody", "tfoot", "colgroup", "col", "search",
    ]
    for name in edges { roles[name] = .edge }
    for name in ["nav", "header", "footer", "aside", "form"] { roles[name] = .chrome }
    let dropped = [
      "head", "title", "meta", "base", "link", "script", "style", "svg", "math", "noscript", "template", "iframe",
      "frame",
      "frameset", "noframes", "noembed", "object", "embed", "applet", "param", "audio", "video", "source", "track",
      "canvas", "map", "area", "button", "input", "select", "option", "optgroup", "textarea", "datalist", "output",
      "progress", "meter", "dialog", "rt", "rp", "rtc", "slot",
    ]
    for name in dropped { roles[name] = .dropped }
    return roles
  }()
}
