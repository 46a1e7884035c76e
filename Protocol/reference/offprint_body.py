"""Block texts of a body, and locators in them (Protocol/locators.md, LOC-1 to LOC-11)."""

import re

BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "figcaption", "td", "th", "dt", "dd"}
SPACE = " \t\n\f\r"
REFERENCES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\u00a0"}
MILLION = 1_000_000
CONTEXT = 32
ONE_SIDE_LEAST = 16

LISTS = {"ul", "ol"}
DEPTH_MAX = 256

# What is no tag, and hidden: comments, which may end early as `<!-->` and `<!--->`, and other markup up to the next `>`.
HIDDEN = re.compile(r"<!--(?:-?>|.*?--!?>)|<(?:!(?!--)|\?|/(?![A-Za-z]))[^>]*>", re.DOTALL)
NAME = re.compile(r"<(/?)([A-Za-z][^ \t\n\f\r/>]*)")
REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|nbsp)|#([0-9]+)|#[xX]([0-9A-Fa-f]+));")


def _decoded(match):
    name, decimal, hexadecimal = match.groups()
    if name:
        return REFERENCES[name]
    digits = (decimal or hexadecimal).lstrip("0")
    if not 1 <= len(digits) <= 8:
        return "\ufffd"
    number = int(digits, 10 if decimal else 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return chr(number)


def _end_of_tag(html, at):
    """Where the text goes on behind the tag whose name ends at `at`; None if it never ends (LOC-3).

    A `>` inside quotes ends no tag, and quotes mean something only where a value begins.
    """

    def passed(position, characters, wanted):
        while position < len(html) and (html[position] in characters) == wanted:
            position += 1
        return position

    while True:
        at = passed(at, SPACE + "/", True)
        if at == len(html):
            return None
        if html[at] == ">":
            return at + 1
        at = passed(passed(at + 1, SPACE + "/>=", False), SPACE, True)
        if html[at : at + 1] != "=":
            continue
        at = passed(at + 1, SPACE, True)
        quote = html[at : at + 1]
        if quote in ('"', "'"):
            end = html.find(quote, at + 1)
            if end < 0:
                return None
            at = end + 1
        else:
            at = passed(at, SPACE + ">", False)


class _Block:
    def __init__(self, name):
        self.name = name
        self.text = ""

    def finished(self):
        text = self.text if self.name == "pre" else re.sub(f"[{SPACE}]+", " ", self.text)
        return text.strip(SPACE)


class _Blocks:
    """The blocks met so far, and the elements that are open: (name, the block that text belongs to now, or None)."""

    def __init__(self):
        self.blocks, self.open, self.passed_over = [], [], {}

    def text(self, text):
        if self.open and self.open[-1][1]:
            self.open[-1][1].text += text

    def start(self, name):
        if name == "br":
            self.text("\n")
        elif name in BLOCKS | LISTS:
            if len(self.open) == DEPTH_MAX:
                self.passed_over[name] = self.passed_over.get(name, 0) + 1
                return
            block = self.open[-1][1] if self.open else None
            if name in BLOCKS:
                self.text("\n")  # an inner block parts the words around it
                block = _Block(name)
                self.blocks.append(block)
            self.open.append((name, block))

    def end(self, name):
        if self.passed_over.get(name):
            self.passed_over[name] -= 1
        elif any(other == name for other, _ in self.open):
            closed = None
            while closed != name:
                closed, _ = self.open.pop()
                if closed in BLOCKS:
                    self.text("\n")


def block_texts(body):
    """The blocks of a body, bytes of HTML: [(element name, text)] in the order their elements begin (LOC-2 to LOC-5)."""
    html = body.decode("utf-8", "replace")
    blocks = _Blocks()
    position = 0
    while position < len(html):
        hidden = HIDDEN.match(html, position)
        tag = NAME.match(html, position)
        if hidden:
            position = hidden.end()
        elif tag:
            position = _end_of_tag(html, tag.end())
            if position is None:
                break  # a tag that never ends: nothing behind it counts
            (blocks.end if tag.group(1) else blocks.start)(tag.group(2).lower())
        elif re.match(r"<(?:[!?]|/.)", html[position : position + 3], re.DOTALL):
            break  # as with comments and the like
        else:
            end = html.find("<", position + 1)
            end = len(html) if end < 0 else end
            blocks.text(REFERENCE.sub(_decoded, html[position:end]))
            position = end
    texts = ((block.name, block.finished()) for block in blocks.blocks)
    return [(name, text) for name, text in texts if text]


def make(texts, block, offset, body=None):
    """The locator of a position: `offset` scalars into block number `block` (LOC-6). `texts`: the blocks' texts."""
    if not texts:
        return {"after": "", "before": "", "block": 0, "body": body, "fraction": 0, "offset": 0}
    text = texts[block]
    passed = sum(len(other) for other in texts[:block]) + offset
    return {
        "after": text[offset : offset + CONTEXT],
        "before": text[max(0, offset - CONTEXT) : offset],
        "block": block,
        "body": body,
        "fraction": passed * MILLION // sum(map(len, texts)),
        "offset": offset,
    }


def _occurrences(text, part):
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def resolve(locator, texts, body=None):
    """Where a locator points in these texts: (block, offset, how) (LOC-7 to LOC-10)."""
    block, offset = locator["block"], locator["offset"]
    if locator["body"] is not None and locator["body"] == body:
        if block < len(texts) and offset <= len(texts[block]):
            return block, offset, "exact"
    total = sum(map(len, texts))
    starts = [sum(map(len, texts[:index])) for index in range(len(texts))]
    before, after = locator["before"], locator["after"]

    def nearest(sides):
        """The nearest of the places where one of these (before, after) pairs stands; equally near: the earlier."""
        best = None
        for left, right in sides:
            for index, text in enumerate(texts):
                for found in _occurrences(text, left + right):
                    at = found + len(left)
                    distance = abs((starts[index] + at) * MILLION - locator["fraction"] * total)
                    candidate = (distance, index, at)
                    best = candidate if best is None else min(best, candidate)
        return best

    best = nearest([(before, after)]) if before + after else None
    if best is None:
        sides = [(before, "")] if len(before) >= ONE_SIDE_LEAST else []
        sides += [("", after)] if len(after) >= ONE_SIDE_LEAST else []
        best = nearest(sides)
    if best is not None:
        return best[1], best[2], "quote"
    if not texts:
        return 0, 0, "approximate"
    target = locator["fraction"] * total // MILLION
    for index, text in enumerate(texts):
        if target < starts[index] + len(text):
            return index, target - starts[index], "approximate"
    return len(texts) - 1, len(texts[-1]), "approximate"
