import Foundation
import OffprintReader
import OffprintWire

/// A page as sites make them, of our own: an article with all that usually stands around it.
struct OwnPage {
  var title = "The lamplighter of Lower Marren keeps his round"
  var paragraphs = [
    "Every evening at dusk, a man with a ladder walks the length of the quay and lights eleven lamps, one after the other.",
    "He has done so for thirty years, and before him his uncle did, and before his uncle a woman whose name the parish book"
      + " gives as Tamsin Rowe, “lamplighter and keeper of the ferry bell”.",
    "The lamps burn gas, which the harbour board would like to end; the board has said so in four letters, the last of them"
      + " in March, and has each time been told to come and say it at dusk.",
    "What happens at dusk is not easily said. Children come, and dogs, and on some evenings the whole of the choir, who do"
      + " not sing but stand about as if they might.",
  ]
  /// Markup in the midst of the article's box, behind its second paragraph.
  var inset = ""
  /// Markup at the end of the article's box.
  var tail = ""
  /// Markup between the title and the box.
  var lead = ""
  var head = ""
  var around = true

  var html: String {
    let first = paragraphs.prefix(2).map { "<p>\($0)</p>" }.joined()
    let rest = paragraphs.dropFirst(2).map { "<p>\($0)</p>" }.joined()
    let before =
      around
      ? "<header class=site-header><a href=/>Marren Post</a></header><nav><ul><li><a href=/news>News</a><li><a href=/tide>Tides</a>"
        + "<li><a href=/letters>Letters</a></ul></nav><div class=cookie-banner><p>We use cookies to make this page better, and to"
        + " learn how it is read.</p></div>" : ""
    let after =
      around
      ? "<aside class=sidebar><h2>Most read</h2><ul><li><a href=/1>Bridge sticks again on a hot day</a><li><a href=/2>Ferry bell"
        + " found in a loft</a></ul></aside><section id=comments><h2>Comments</h2><div class=comment><p>My aunt knew Tamsin Rowe,"
        + " and said she never once was late, not even in the flood.</p></div></section><footer><p>© Marren Post. All rights"
        + " reserved, as far as we know.</p></footer>" : ""
    return "<!doctype html><html lang=en><head><title>\(title) | Marren Post</title>\(head)</head><body>\(before)<main>"
      + "<h1>\(title)</h1>\(lead)<div class=story>\(first)\(inset)\(rest)\(tail)</div></main>\(after)</body></html>"
  }

  /// What the reader makes of it.
  func read(url: String? = "https://marren.example/2026/11/20/lamplighter") throws -> ReadArticle {
    try Reader.read(html: Array(html.utf8), url: url)
  }

  /// The article's text as it should come out.
  var text: String { paragraphs.joined(separator: "\n\n") + "\n" }
}
