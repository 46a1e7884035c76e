"""Block texts of a body, and locators in them (Protocol/locators.md, LOC-1 to LOC-11)."""

import re

BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "figcaption", "td", "th", "dt", "dd"}
SPACE = " \t\n\f\r"
REFERENCES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\u00a0"}
MILLION = 1_000_000
CONTEXT = 32
ONE_SIDE_LEAST = 16

TAG = re.compile(r"<(/?)([A-Za-z][^ \t\n\f\r/>]*)[^>]*>|<[!?/][^>]*>")
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


class _Block:
    def __init__(self, name):
        self.name = name
        self.text = ""

    def finished(self):
        text = self.text if self.name == "pre" else re.sub(f"[{SPACE}]+", " ", self.text)
        return text.strip(SPACE)


def block_texts(body):
    """The blocks of a body, bytes of HTML: [(element name, text)] in the order their elements begin (LOC-2 to LOC-5)."""
    html = body.decode("utf-8", "replace")
    blocks, stack = [], []

    def add(text):
        if stack:
            stack[-1].text += text

    position = 0
    while position < len(html):
        if html[position] != "<":
            end = html.find("<", position)
            end = len(html) if end < 0 else end
            add(REFERENCE.sub(_decoded, html[position:end]))
            position = end
            continue
        tag = TAG.match(html, position)
        if not tag:
            if re.match(r"<[A-Za-z/!?]", html[position : position + 2]):
                break  # a tag that never ends: nothing behind it counts
            add("<")
            position += 1
            continue
        position = tag.end()
        closing, name = tag.group(1), (tag.group(2) or "").lower()
        if name == "br" and not closing:
            add("\n")
        elif name in BLOCKS and not closing:
            add("\n")  # an inner block parts the words around it
            stack.append(_Block(name))
            blocks.append(stack[-1])
        elif name in BLOCKS and any(block.name == name for block in stack):
            while stack.pop().name != name:
                pass
            add("\n")
    texts = ((block.name, block.finished()) for block in blocks)
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
