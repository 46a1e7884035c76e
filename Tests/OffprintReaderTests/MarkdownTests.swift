import OffprintReader
import Testing

@Suite struct MarkdownTests {
  @Test(arguments: [
    ("<h2>A</h2><p>b <em>c</em> <strong>d</strong> <code>e_f</code></p>", "## A\n\nb *c* **d** `e_f`\n"),
    ("<p><a href=\"https://example.org/a(b)\">x [y]</a></p>", "[x \\[y\\]](<https://example.org/a(b)>)\n"),
    ("<p>a<br>b</p>", "a\\\nb\n"), ("<p>1 * 2 &lt; 3_4</p>", "1 \\* 2 \\< 3\\_4\n"),
    ("<p># no heading</p>", "\\# no heading\n"),
    ("<ul><li>a</li><li><p>b</p><ol><li>c</li></ol></li></ul>", "- a\n- b\n\n  1. c\n"),
    ("<ol><li>a</li><li>b</li></ol><p>c</p>", "1. a\n2. b\n\nc\n"),
    ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc\n"),
    ("<pre>a\n  b *c*</pre>", "```\na\n  b *c*\n```\n"), ("<pre>```</pre>", "````\n```\n````\n"),
    ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>", "| a | b\\|c |\n| --- | --- |\n| 1 |  |\n"),
    (
      "<figure><img src=\"https://example.org/i.png\" alt=\"An i\"><figcaption>c</figcaption></figure>",
      "![An i](https://example.org/i.png)\n\nc\n"
    ),
    ("<dl><dt>a</dt><dd>b</dd></dl>", "**a**\n\nb\n"),
  ])
  func `a body is written as Markdown`(body: String, expected: String) throws {
    #expect(try Reader.read(html: Array(body.utf8), url: nil).markdown == expected)
  }
}
