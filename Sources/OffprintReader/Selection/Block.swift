/// A run of text of a page between two edges of blocks, as measured.
struct Block {
  /// From its first node to behind its last one.
  var nodes: Range<Int>
  /// The innermost block element around it.
  var owner: Int
  /// Scalars that are no white space.
  var scalars = 0
  /// Those of them in links.
  var linked = 0
  /// Those of them in links to other sites.
  var outward = 0
  /// Those of them in bold or emphasised elements.
  var stressed = 0
  /// Those of them that stand for a syllable or a word: Han, Kana.
  var wide = 0
  /// Runs between white space.
  var words = 0
  /// Commas, semicolons and colons of all scripts.
  var commas = 0
  /// Full stops, question and exclamation marks that stand at a word's end.
  var sentences = 0
  var capitals = 0
  var digits = 0
  /// Whether the last mark but closing quotes and brackets ends a sentence.
  var endsSentence = false
  /// Whether it ends in a colon.
  var endsInColon = false

  /// How much text there is, in Latin letters.
  var weight: Int { scalars + wide }
  /// The share of text in links.
  var linkShare: Double { scalars == 0 ? 0 : Double(linked) / Double(scalars) }

  /// Whether it is nothing but a link within the site, as teasers are.
  var isInwardLink: Bool {
    if outward * 2 > linked, words > 2 || scalars > 20 { return false }
    return linkShare > 0.8
  }

  /// How much it looks like a part of a running text; 0 for what does not.
  var prose: Double {
    let length = Double(weight)
    if length < 20 || linkShare > 0.5 { return 0 }
    let isSentence = endsSentence || sentences > 0 || commas > 1
    if !isSentence, length < 120 { return 0 }
    return (1 + min(Double(commas), 6) * 0.5 + min(length / 80, 5) + min(max(length - 400, 0) / 250, 12))
      * (1 - linkShare)
  }
}
