import OffprintCommands
import Testing

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("line\nfeed", "line\\nfeed"), ("a\tb\rc", "a\\tb\\rc"), ("a\r\nb", "a\\r\\nb"),
    ("\u{1B}]0;owned\u{07}", "\\u{1b}]0;owned\\u{7}"), ("\u{1B}[31mred", "\\u{1b}[31mred"),
    ("\u{9B}31m", "\\u{9b}31m"), ("a\u{202E}b", "a\\u{202e}b"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
    ("\u{7F}\u{0}", "\\u{7f}\\u{0}"), ("a\u{2028}b", "a\\u{2028}b"),
    ("👩‍👩‍👧 é ש 漢", "👩‍👩‍👧 é ש 漢"), ("e\u{301}\u{1B}", "e\u{301}\\u{1b}"),
  ])
  func `whatever steers a terminal is shown, all else stays`(text: String, shown: String) {
    #expect(Array(text.visible.utf8) == Array(shown.utf8))
  }
}

@Suite struct FractionTests {
  @Test(
    arguments: [
      ("0", 0), ("1", 1_000_000), ("0.4", 400_000), ("40%", 400_000), ("100%", 1_000_000), ("0%", 0),
      ("12.5%", 125_000),
      ("0.29", 290_000), ("29%", 290_000), ("0.57", 570_000), ("57%", 570_000), ("0.1234567", 123_456),
      ("1.0", 1_000_000),
      ("00.50", 500_000), ("0.00001%", 0), ("1.00000000", 1_000_000), ("0.999999", 999_999),
    ] as [(String, Int64)])
  func `a fraction is read exactly`(text: String, millionths: Int64) {
    #expect(Fraction.millionths(of: text) == millionths)
  }

  @Test(arguments: [
    "", ".", "%", "40", "2", "1.1", "1.0000001", "101%", "100.1%", "-0.1", "+0.4", "0,4", "1e-1", "0.", ".5", "0.4 ",
    " 0.4", "0.4%%",
    "nan", "inf", "0x1", "٠.٤", "0.4.1", "99999999999999999999", "1/2",
  ])
  func `what is no fraction is refused, nothing is clamped`(text: String) {
    #expect(Fraction.millionths(of: text) == nil)
  }

  @Test func `only the end is a hundred percent`() {
    #expect(Fraction.percent(999_999) == "99 %")
    #expect(Fraction.percent(1_000_000) == "100 %")
    #expect(Fraction.percent(0) == "0 %")
  }
}
