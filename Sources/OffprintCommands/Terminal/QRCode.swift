import CQREncode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A text as a QR code (ISO/IEC 18004), made by libqrencode and drawn with block characters.
package struct QRCode: Sendable {
  /// Modules of one side.
  package let width: Int
  private let dark: [Bool]

  /// The light edge that readers need, in modules.
  private static let quiet = 4

  /// The code of a text, which a quarter of damage would not make unreadable; nil if it is too long for any.
  package init?(_ text: String) {
    guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
    // Version 0: the smallest that holds it.
    guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
    defer { QRcode_free(code) }
    let side = Int(code.pointee.width)
    guard side > 0, let data = code.pointee.data else { return nil }
    width = side
    // The lowest bit of each byte is the module; the others say what it is for.
    dark = (0..<side * side).map { data[$0] & 1 == 1 }
  }

  /// Whether a module is dark; outside of the code none is.
  package func isDark(_ row: Int, _ column: Int) -> Bool {
    (0..<width).contains(row) && (0..<width).contains(column) && dark[row * width + column]
  }

  /// The code as lines, two rows of modules in each.
  ///
  /// - Parameter isColored: whether escape sequences say what is dark; else light modules are drawn, for light letters on a dark ground.
  package func lines(isColored: Bool) -> [String] {
    stride(from: -Self.quiet, to: width + Self.quiet, by: 2).map { row in
      let blocks = (-Self.quiet..<width + Self.quiet).map { column -> Character in
        // Black letters on white draw what is dark.
        switch (isDark(row, column) == isColored, isDark(row + 1, column) == isColored) {
        case (true, true): "\u{2588}"
        case (true, false): "\u{2580}"
        case (false, true): "\u{2584}"
        case (false, false): " "
        }
      }
      return isColored ? "\u{1B}[30;107m\(String(blocks))\u{1B}[0m" : String(blocks)
    }
  }
}
