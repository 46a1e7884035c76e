extension UInt8 {
  /// Whether this is TAB, LF, FF, CR or space: the white space of HTML (its standard, section "ASCII whitespace").
  package var isASCIIWhiteSpace: Bool {
    self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D || self == 0x0C
  }

  /// Whether this is `A...Z` or `a...z`.
  package var isASCIILetter: Bool {
    (0x61...0x7A).contains(self | 0x20)
  }

  /// The lower-case letter for an upper-case one, else the byte itself.
  package var lowercasedASCII: UInt8 {
    (0x41...0x5A).contains(self) ? self | 0x20 : self
  }

  /// Whether a tag's or an attribute's name ends before this byte.
  package var endsTagName: Bool {
    isASCIIWhiteSpace || self == UInt8(ascii: ">") || self == UInt8(ascii: "/")
  }

  /// Whether this is the second or a later byte of a scalar in UTF-8.
  package var isUTF8Continuation: Bool {
    self & 0xC0 == 0x80
  }
}
