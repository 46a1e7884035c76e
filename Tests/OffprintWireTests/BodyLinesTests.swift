import OffprintWire
import Testing

private func plain(_ html: String, width: Int? = nil) -> String {
  BodyText(html: Array(html.utf8)).plainText(width: width)
}

@Suite struct BodyLinesTests {
  @Test func `blocks are parted by a blank line, items and cells by a line end`() {
    let html =
      "<h2>Head</h2><p>One.</p><ul><li>a</li><li><p>b</p><p>c</p><ol><li>d</li><li>e</li></ol></li></ul>"
      + "<table><tr><td>x</td><td>y</td></tr></table><pre>  1\n   2</pre>"
    #expect(plain(html) == "Head\n\nOne.\n\n- a\n- b\n  c\n  1. d\n  2. e\n\nx\ny\n\n1\n   2\n")
  }

  @Test func `a body without text has no lines`() {
    #expect(plain("") == "")
    #expect(plain("<p> </p>") == "")
  }

  @Test func `lines break at spaces, between wide characters, else within a word, never within a character`() {
    #expect(plain("<p>aaa bbb ccc ddd</p>", width: 11) == "aaa bbb ccc\nddd\n")
    #expect(plain("<p>abcdefghijklmno pq</p>", width: 10) == "abcdefghij\nklmno pq\n")
    #expect(plain("<p>漢字漢字漢字。漢</p>", width: 12) == "漢字漢字漢\n字。漢\n")
    #expect(plain("<p>👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧</p>", width: 10) == "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧\n👩‍👩‍👧\n")
    #expect(plain("<p>שלום עולם שלום</p>", width: 10) == "שלום עולם\nשלום\n")
    #expect(plain("<pre>aaa bbb ccc ddd eee</pre>", width: 10) == "aaa bbb ccc ddd eee\n")
    #expect(plain("<ul><li>aaa bbb ccc ddd</li></ul>", width: 13) == "- aaa bbb ccc\n  ddd\n")
  }

  @Test func `each line knows its place, and the lines of a block hold all of it`() {
    let text = BodyText(html: Array("<p>one</p><p>é two three 漢字漢字 four five</p>".utf8))
    for width in 10...40 {
      for line in text.lines(width: width) where !line.text.isEmpty {
        let scalars = Array(text.text(ofBlock: line.position.block).unicodeScalars)
        let shown = Array(line.text.unicodeScalars)
        #expect(Array(scalars[line.position.offset...].prefix(shown.count)) == shown)
      }
    }
  }

  @Test func `control characters do not reach the terminal`() {
    #expect(
      plain("<p>a&#27;[31mb&#x9b;c&#1;</p><pre>a\tb&#7;</pre>") == "a\u{FFFD}[31mb\u{FFFD}c\u{FFFD}\n\na\tb\u{FFFD}\n")
  }
}
