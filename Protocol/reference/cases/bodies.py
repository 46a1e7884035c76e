"""Block texts of bodies, and locators made and resolved in them."""

from cases import VectorFile
from offprint_reference import block_texts, make, resolve

HASH, OTHER_HASH = "00112233445566aa", "ffeeddccbbaa0099"

THREE = "<h1>Paper boats</h1>\n<p>A sheet of paper, folded seven times, floats for an hour.</p>\n<p>After that it is a sheet of wet paper.</p>"
REFRAIN = "<p>Row, row.</p><p>The river bends here.</p><p>Row, row.</p><p>The river bends again.</p><p>Row, row.</p>"
CJK = "<p>\u7d19\u306e\u8239\u306f\u4e00\u6642\u9593\u6d6e\u304f\u3002</p><p>\u305d\u306e\u5f8c\u306f\u6fe1\u308c\u305f\u7d19\u3067\u3042\u308b\u3002</p>"
EMOJI = "<p>Boats \u26f5\ufe0f and \U0001f468\u200d\U0001f469\u200d\U0001f467 families e\u0301</p><p>end</p>"


def _answer(given):
    blocks = block_texts(given["html"].encode() if "html" in given else bytes.fromhex(given["hex"]))
    texts = [text for _, text in blocks]
    if given["op"] == "texts":
        return {"blocks": [list(block) for block in blocks], "scalars": sum(map(len, texts))}
    if given["op"] == "make":
        return {"locator": make(texts, given["block"], given["offset"], given["body"])}
    block, offset, how = resolve(given["locator"], texts, given["body"])
    return {"block": block, "offset": offset, "how": how}


def _texts(file):
    def case(name, html, *blocks):
        scalars = sum(len(text) for _, text in blocks)
        file.case(f"texts: {name}", {"op": "texts", "html": html}, {"blocks": [list(b) for b in blocks], "scalars": scalars})

    case("an empty body", "")
    case("text outside any block", "one <b>two</b> three")
    case("paragraphs", "<p>One</p><p>Two</p>", ("p", "One"), ("p", "Two"))
    every = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "figcaption", "td", "th", "dt", "dd"]
    case("every kind of block", "".join(f"<{name}>x</{name}>" for name in every), *[(name, "x") for name in every])
    case("elements that are no blocks", "<div>a</div><ul>b</ul><table>c</table><figure>d</figure>")
    case("white space folds and is trimmed", "<p> \t one\r\n  two\f three \n</p>", ("p", "one two three"))
    case("a no-break space is no white space", "<p>&nbsp;a&nbsp; b\u2003c </p>", ("p", "\u00a0a\u00a0 b\u2003c"))
    case("a block of white space alone is none", "<p> \n </p><p>a</p><p></p>", ("p", "a"))
    case("a block of a no-break space is one", "<p>&nbsp;</p>", ("p", "\u00a0"))
    case("inline elements part nothing", "<p>pa<b>per b</b>o<i>a</i>ts</p>", ("p", "paper boats"))
    case("white space folds across inline elements", "<p>a <b> b</b> c</p>", ("p", "a b c"))
    case("br is white space", "<p>a<br>b <br/> c<br></p>", ("p", "a b c"))
    case("an image is nothing", '<p>a<img src="http://example.org/x" alt="boat">b</p>', ("p", "ab"))
    case("pre keeps white space, ends trimmed", "<pre>\n  a\t b\n\n c \n</pre>", ("pre", "a\t b\n\n c"))
    case("br in pre is a line feed", "<pre>a<br>b</pre>", ("pre", "a\nb"))
    case("inline elements in pre", "<pre>a <b> b</b></pre>", ("pre", "a  b"))
    case("an item and the paragraph in it", "<ul><li>one<p>two</p>three</li></ul>", ("li", "one three"), ("p", "two"))
    case("an item that only wraps a paragraph is no block", "<ul><li> <p>two</p> </li></ul>", ("p", "two"))
    case("a quote of two paragraphs is two blocks", "<blockquote><p>a</p><p>b</p></blockquote>", ("p", "a"), ("p", "b"))
    case("a quote's own text comes before what is inside, by where it begins", "<blockquote><p>a</p>said Ann</blockquote>", ("blockquote", "said Ann"), ("p", "a"))
    case("nested lists", "<ul><li>a<ul><li>b</li></ul>c</li><li>d</li></ul>", ("li", "a c"), ("li", "b"), ("li", "d"))
    case("pre inside an item keeps, the item folds", "<ul><li>a  b<pre>c  d</pre></li></ul>", ("li", "a b"), ("pre", "c  d"))
    case("a paragraph inside pre folds", "<pre>a  b<p>c  d</p>e  f</pre>", ("pre", "a  b\n\ne  f"), ("p", "c d"))
    case("a table", "<table><tr><th>k</th><td>v <b>w</b></td></tr></table>", ("th", "k"), ("td", "v w"))
    case("references", "<p>&amp;&lt;b&gt;&quot;&nbsp;x</p>", ("p", '&<b>"\u00a0x'))
    case("numeric references", "<p>&#65;&#x41;&#X6a;&#128214;&#x1F4D6;&#0065;</p>", ("p", "AAj\U0001f4d6\U0001f4d6A"))
    case("numeric references that mean nothing", "<p>&#0;&#xD800;&#x110000;&#99999999999;</p>", ("p", "\ufffd" * 4))
    case("other references stay as they are", "<p>&copy; &AMP; &amp &#65 &#x; &; &#-1; &hellip;</p>", ("p", "&copy; &AMP; &amp &#65 &#x; &; &#-1; &hellip;"))
    case("a reference is decoded once", "<p>&amp;lt;</p>", ("p", "&lt;"))
    case("white space by reference folds too", "<p>a&#32;&#10; b&#32;</p>", ("p", "a b"))
    case("a less-than sign that begins no tag", "<p>1 < 2, <3 and <</p>", ("p", "1 < 2, <3 and <"))
    case("names in upper case", "<P>a</P><Li>b</lI>", ("p", "a"), ("li", "b"))
    case("attributes", '<p class="x" id=y>a</p >', ("p", "a"))
    case("a greater-than sign in quotes ends no tag", """<p title="a>b" lang='>'>c</p>""", ("p", "c"))
    case("quotes mean something only where a value begins", '<p a"b>c">d</p>', ("p", 'c">d'))
    case("an attribute without a value, one without quotes", "<p hidden title=a/b>c</p><p title=>d</p><p =>e</p>", ("p", "c"), ("p", "d"), ("p", "e"))
    case("a quote that never ends hides the rest", '<p>a</p><p title="b>c</p><p>d</p>', ("p", "a"))
    case("an end tag with attributes", '<p>a</p title=">">b', ("p", "a"))
    case("a name that goes on is another element", "<p-x>a</p-x><pre2>b</pre2><p>c</p>", ("p", "c"))
    case("comments and declarations are nothing", "<!doctype html><p>a<!-- b > -- ->-->c<?d e?>f</ g>h</1>i</p>", ("p", "acfhi"))
    case("an end tag without a name", "<p>a</>b</p>", ("p", "ab"))
    case("short comments", "<p>a<!-->b<!--->c<!---->d<!--x--!>e<!x>f</p>", ("p", "abcdef"))
    case("a comment that never ends hides the rest", "<p>a<!--b</p><p>c>", ("p", "a"))
    case("a less-than sign and slash at the end are text", "<p>a</", ("p", "a</"))
    case("a less-than sign at the end is text", "<p>a <", ("p", "a <"))
    case("a less-than sign between tags", "<p><<b>a</b><</p>", ("p", "<a<"))
    case("the end of a list ends its items", "<ul><li>a</ul>b<p>c</p>", ("li", "a"), ("p", "c"))
    case("the end of an element that is no block ends nothing", "<div><p>a</div>b</p>", ("p", "ab"))
    deep = "<blockquote>" * 300
    case("elements open inside 256 others count for nothing", f"{deep}deep{deep.replace('<', '</')}<p>after</p>", ("blockquote", "deep"), ("p", "after"))
    case("a paragraph never closed", "<p>a<p>b", ("p", "a"), ("p", "b"))
    case("an end tag closes what is open inside", "<li>a<p>b</li>c<p>d</p>", ("li", "a"), ("p", "b"), ("p", "d"))
    case("an end tag without a beginning", "</p>a<p>b</li>c</p>", ("p", "bc"))
    case("a tag that never ends hides the rest", "<p>a</p><p>b <i c", ("p", "a"), ("p", "b"))
    case("no Unicode normalisation", "<p>e\u0301 \u00e9 \ufb01</p>", ("p", "e\u0301 \u00e9 \ufb01"))
    case("right to left", "<p>\u05e1\u05d9\u05e8\u05d5\u05ea  \u05e0\u05d9\u05d9\u05e8</p>", ("p", "\u05e1\u05d9\u05e8\u05d5\u05ea \u05e0\u05d9\u05d9\u05e8"))
    case("Chinese and Japanese", CJK, ("p", "\u7d19\u306e\u8239\u306f\u4e00\u6642\u9593\u6d6e\u304f\u3002"), ("p", "\u305d\u306e\u5f8c\u306f\u6fe1\u308c\u305f\u7d19\u3067\u3042\u308b\u3002"))
    case("an emoji of several scalars counts as several", EMOJI, ("p", "Boats \u26f5\ufe0f and \U0001f468\u200d\U0001f469\u200d\U0001f467 families e\u0301"), ("p", "end"))
    case("a byte order mark is a character like any other", "\ufeff<p>\ufeffa</p>", ("p", "\ufeffa"))
    for name, data, text in [
        ("a byte that UTF-8 never has", b"<p>a\xffb</p>", "a\ufffdb"),
        ("a sequence cut short is one replacement", b"<p>a\xe6\x97b</p>", "a\ufffdb"),
        ("surrogates are three replacements", b"<p>\xed\xa0\xbd</p>", "\ufffd" * 3),
    ]:
        file.case(f"texts: {name}", {"op": "texts", "hex": data.hex()}, {"blocks": [["p", text]], "scalars": len(text)})


def _made(file):
    def case(name, html, block, offset, expect=None, body=HASH):
        given = {"op": "make", "html": html, "block": block, "offset": offset, "body": body}
        file.case(f"make: {name}", given, {"locator": expect} if expect else None)

    case("the beginning", THREE, 0, 0, {"after": "Paper boats", "before": "", "block": 0, "body": HASH, "fraction": 0, "offset": 0})
    case("inside a block that is short on one side", THREE, 1, 33)
    case("inside, with 32 scalars on each side", "<p>" + "0123456789" * 10 + "</p>", 0, 50)
    case("the end of a block", THREE, 0, 11)
    case("the beginning of the next", THREE, 1, 0)
    case("the very end is the whole", THREE, 2, 38)
    case("without a body's hash", THREE, 1, 2, body=None)
    case("an empty body", "", 0, 0, {"after": "", "before": "", "block": 0, "body": HASH, "fraction": 0, "offset": 0})
    case("a fraction is rounded down", "<p>abc</p>", 0, 2, {"after": "c", "before": "ab", "block": 0, "body": HASH, "fraction": 666_666, "offset": 2})
    case("Japanese", CJK, 1, 4)
    case("between the scalars of one emoji", EMOJI, 0, 14)
    case("a letter and its accent are two scalars", EMOJI, 0, 28)


def _resolved(file):
    def texts(html):
        return [text for _, text in block_texts(html.encode())]

    def case(name, made_in, at, html, expect, body=OTHER_HASH, made_in_body=HASH, **changes):
        locator = {**make(texts(made_in), *at, made_in_body), **changes}
        given = {"op": "resolve", "html": html, "body": body, "locator": locator}
        block, offset, how = expect
        file.case(f"resolve: {name}", given, {"block": block, "offset": offset, "how": how})

    case("the same body", THREE, (1, 8), THREE, (1, 8, "exact"), body=HASH)
    case("the same body, at the end of a block", THREE, (0, 11), THREE, (0, 11, "exact"), body=HASH)
    case("the same text under another hash", THREE, (1, 8), THREE, (1, 8, "quote"))
    case("the same body, offset out of range", THREE, (1, 8), THREE, (1, 8, "quote"), body=HASH, offset=400)
    case("the same body, block out of range", THREE, (1, 8), THREE, (1, 8, "quote"), body=HASH, block=2**53 - 1)
    case("no hash in the locator", THREE, (1, 8), THREE, (1, 8, "quote"), body=HASH, made_in_body=None)
    moved = "<p>A new first line.</p>" + THREE
    case("a paragraph came before it", THREE, (1, 8), moved, (2, 8, "quote"))
    rewritten = THREE.replace("folded seven times", "which was folded")
    case("only what follows is left", THREE, (1, 36), rewritten, (1, 34, "quote"))
    case("nothing is left: by fraction", THREE, (1, 8), "<p>Quite another text of some length.</p>", (0, 6, "approximate"))
    case("both sides go before one side", REFRAIN, (3, 10), REFRAIN, (3, 10, "quote"))
    case("the nearest of three", REFRAIN, (2, 4), REFRAIN, (2, 4, "quote"))
    case("the nearest of three, from a fraction near the beginning", REFRAIN, (2, 4), REFRAIN, (0, 4, "quote"), fraction=100_000)
    case("the nearest of three, from a fraction near the end", REFRAIN, (2, 4), REFRAIN, (4, 4, "quote"), fraction=900_000)
    case("equally near: the earlier", "<p>ab</p>", (0, 1), "<p>ab</p><p>xy</p><p>ab</p>", (0, 1, "quote"), fraction=500_000)
    case("overlapping places count", "<p>aaaa</p>", (0, 1), "<p>aaaaaaaa</p>", (0, 5, "quote"), fraction=650_000)
    case("a short side alone does not count", "<p>short text</p>", (0, 5), "<p>short tale</p><p>more</p>", (0, 7, "approximate"))
    fifteen, sixteen = "<p>123456789012345|x</p>", "<p>1234567890123456|x</p>"
    case("15 scalars of one side do not count", fifteen, (0, 15), "<p>zz 123456789012345|y</p>", (0, 17, "approximate"))
    case("16 scalars of one side count", sixteen, (0, 16), "<p>zz 1234567890123456|y</p>", (0, 19, "quote"))
    one_side = "<p>0123456789abcdef|ghijklmnopqrstuv</p>"
    case("either side may match; the nearer place counts", one_side, (0, 16), "<p>0123456789abcdef, and</p><p>far away |ghijklmnopqrstuv</p>", (0, 16, "quote"), fraction=300_000)
    case("either side may match; the other is nearer", one_side, (0, 16), "<p>0123456789abcdef, and</p><p>far away |ghijklmnopqrstuv</p>", (1, 9, "quote"), fraction=700_000)
    case("no context: by fraction, rounded down twice", THREE, (1, 8), THREE, (1, 7, "approximate"), before="", after="")
    case("no context: the whole is the very end", THREE, (2, 38), THREE, (2, 38, "approximate"), before="", after="", fraction=1_000_000)
    case("by fraction: a block's end is the next one's beginning", "<p>ab</p><p>cd</p>", (0, 2), "<p>ab</p><p>cd</p>", (1, 0, "approximate"), before="", after="")
    case("into an empty body", THREE, (1, 8), "", (0, 0, "approximate"))
    case("into an empty body of that hash", THREE, (1, 8), "", (0, 0, "approximate"), body=HASH)
    case("from an empty body", "", (0, 0), THREE, (0, 0, "approximate"))
    case("at the beginning: what follows is the quote", THREE, (0, 0), moved, (1, 0, "quote"))
    case("context never crosses a block", THREE, (1, 0), THREE.replace("</h1>\n<p>", " "), (0, 12, "quote"))
    case("Japanese, re-extracted", CJK, (1, 4), "<h1>\u8239</h1>" + CJK, (2, 4, "quote"))
    case("between the scalars of one emoji", EMOJI, (0, 14), "<p>x</p>" + EMOJI, (1, 14, "quote"))
    case("composed and decomposed letters do not match", "<p>e\u0301e\u0301</p>", (0, 2), "<p>\u00e9\u00e9</p>", (0, 1, "approximate"))
    case("hostile: offset and block beyond all, fraction one", THREE, (0, 0), THREE, (2, 38, "approximate"), body=HASH, before="", after="", block=2**53 - 1, offset=2**53 - 1, fraction=1_000_000)


def files():
    file = VectorFile(
        "locators",
        "op texts: a body (html, or hex for its bytes) -> its blocks as [element, text]. op make: a position -> its locator. "
        "op resolve: a locator in a body whose hash begins as body says -> block, offset and how it was found.",
        [f"LOC-{number}" for number in range(1, 11)],
        _answer,
    )
    _texts(file)
    _made(file)
    _resolved(file)
    return [file]
