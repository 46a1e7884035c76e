import OffprintWire

/// What a node of a page is: an element that something is done with, any other element, or text.
enum Tag: UInt8, CaseIterable, Sendable {
  case text
  /// An element without a dash in its name that is none of the others: inline to every browser.
  case other
  /// An element of a page's own making: mostly a box.
  case custom

  case a, abbr, acronym, address, applet, area, article, aside, audio, b, base, blockquote, body, br, button, canvas,
    caption,
    center, cite, code, col, colgroup, datalist, dd, del, details, dfn, dialog, dir, div, dl, dt, em, embed, fieldset,
    figcaption, figure, font, footer, form, frame, frameset, h1, h2, h3, h4, h5, h6, head, header, hgroup, hr, html, i,
    iframe, img, input, ins, kbd, legend, li, link, listing, main, map, mark, math, menu, meta, meter, nav, noembed,
    noframes, noscript, object, ol, optgroup, option, output, p, param, picture, pre, progress, q, rp, rt, rtc, s, samp,
    script, search, section, select, slot, small, source, span, strike, strong, style, sub, summary, sup, svg, table,
    tbody, td, template, textarea, tfoot, th, thead, time, title, tr, track, tt, u, ul, `var`, video, wbr, xmp

  private static let numbers = NameTable(allCases.dropFirst(3).map { ("\($0)", $0.rawValue) })
  private static let roles = allCases.map { tag in
    switch tag {
    case .text, .other: AllowedMarkup.Role.transparent
    case .custom: AllowedMarkup.Role.edge
    default: AllowedMarkup.role(of: "\(tag)")
    }
  }
  private static let blocks = allCases.map { tag in
    switch roles[Int(tag.rawValue)] {
    case .leaf, .container, .edge, .chrome: true
    default: false
    }
  }

  /// The element of that name, in any case.
  init(_ name: some Collection<UInt8>) {
    self = Self.numbers.value(name).flatMap(Tag.init(rawValue:)) ?? (name.contains(0x2D) ? .custom : .other)
  }

  /// The element of a name that ends in a NUL.
  init(cString name: UnsafePointer<UInt8>) {
    if let tag = Self.numbers.value(cString: name).flatMap(Tag.init(rawValue:)) {
      self = tag
      return
    }
    var index = 0
    while name[index] != 0, name[index] != 0x2D { index += 1 }
    self = name[index] == 0 ? .other : .custom
  }

  /// What becomes of it in a body.
  var role: AllowedMarkup.Role { Self.roles[Int(rawValue)] }

  /// Whether text before, in and after it stands in different blocks.
  var isBlock: Bool { Self.blocks[Int(rawValue)] }

  /// Whether this is h1...h6.
  var isHeading: Bool { (Tag.h1.rawValue...Tag.h6.rawValue).contains(rawValue) }

  /// Whether it is a box in which an article may stand, and not one of an article's own parts.
  var isBox: Bool {
    switch self {
    case .div, .section, .article, .main, .body, .td, .center, .custom, .form, .header, .footer, .aside, .nav,
      .fieldset,
      .details, .html, .tr, .tbody, .table, .search, .dialog:
      true
    default: false
    }
  }
}
