/// The attributes that something is done with.
enum AttributeName: UInt8, CaseIterable, Sendable {
  case href, src, alt, lang, name, property, content, hidden, `class`, id, itemprop, itemtype, rel, role, datetime,
    srcset
  case title, width, height, style, dir
  case ariaHidden
  /// An address of an image that a script would put into `src`, under any of the names that pages have for it.
  case lazySource
  /// The same for `srcset`.
  case lazySources

  /// The name in a cleaned page.
  var written: String {
    switch self {
    case .ariaHidden: "aria-hidden"
    case .lazySource: "data-src"
    case .lazySources: "data-srcset"
    default: "\(self)"
    }
  }

  private static let table = NameTable(
    allCases.map { ($0.written, $0.rawValue) }
      + [
        ("data-original", Self.lazySource.rawValue), ("data-lazy-src", Self.lazySource.rawValue),
        ("data-lazy", Self.lazySource.rawValue), ("data-image", Self.lazySource.rawValue),
        ("data-url", Self.lazySource.rawValue), ("data-img-src", Self.lazySource.rawValue),
        ("data-full-src", Self.lazySource.rawValue), ("data-hi-res-src", Self.lazySource.rawValue),
        ("data-echo", Self.lazySource.rawValue), ("data-image-src", Self.lazySource.rawValue),
        ("data-lazyload", Self.lazySource.rawValue), ("data-img-url", Self.lazySource.rawValue),
        ("data-lazy-srcset", Self.lazySources.rawValue),
      ])

  /// The attribute of that name, in any case.
  init?(_ name: some Collection<UInt8>) {
    guard let value = Self.table.value(name), let attribute = AttributeName(rawValue: value) else { return nil }
    self = attribute
  }

  /// Whether anything is done with it on an element of that kind.
  func matters(to element: Tag) -> Bool {
    switch self {
    case .src, .alt, .srcset, .width, .height, .lazySource, .lazySources: element == .img
    case .href: element == .a || element == .link || element == .base
    case .name: element == .meta
    case .title: element == .time || element == .abbr
    default: true
    }
  }
}
