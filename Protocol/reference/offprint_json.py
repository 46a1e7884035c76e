"""Strict documents and canonical values (Protocol/records.md, JSON-1 to JSON-6)."""

import json

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 16


class Refused(Exception):
    """A rule was broken. `reason` is the short name that the vectors use in `expect.error`."""

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class NotInteger:
    """A number that the JSON grammar admits and no value of this protocol may hold."""

    def __init__(self, text):
        self.text = text


def _float(text):
    if float(text) in (float("inf"), float("-inf")):
        raise Refused("bad-json", "a number out of range")
    return NotInteger(text)


def _integer(text):
    # The length is looked at first, so that a number of a million digits costs nothing.
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        return NotInteger(text)
    return int(text)


def _members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Refused("bad-json", "a member is given twice")
    return dict(pairs)


def _no_constant(name):
    raise Refused("bad-json", name)


def _depth(text):
    """The greatest number of arrays and objects open at once, brackets inside strings not counted."""
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def parse(data, depth_max=DEPTH_MAX):
    """One strict JSON document from bytes (JSON-1). Raises Refused("bad-json")."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("bad-json", str(error))
    if _depth(text) > depth_max:
        raise Refused("bad-json", "nested too deeply")
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_no_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError) as error:
        raise Refused("bad-json", str(error))
    _no_lone_surrogates(value)
    return value


def _no_lone_surrogates(value):
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("bad-json", "a lone surrogate")
    elif isinstance(value, list):
        for item in value:
            _no_lone_surrogates(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _no_lone_surrogates(name)
            _no_lone_surrogates(item)


SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _quoted(text):
    out = []
    for character in text:
        if character in SHORT_ESCAPES:
            out.append(SHORT_ESCAPES[character])
        elif character < " ":
            out.append(f"\\u{ord(character):04x}")
        else:
            out.append(character)
    return '"' + "".join(out) + '"'


def encode(value):
    """The canonical text of a value as bytes (JSON-3). Raises Refused("not-canonical")."""
    return _encoded(value).encode("utf-8")


def _encoded(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int) and abs(value) <= INTEGER_MAX:
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(_encoded(item) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-8"))
        return "{" + ",".join(_quoted(name) + ":" + _encoded(value[name]) for name in names) + "}"
    raise Refused("not-canonical", "a number that is no integer of 53 bits")


def check_canonical(data):
    """The value if `data` is its canonical form; Refused("bad-json") or Refused("not-canonical") if not (JSON-4)."""
    value = parse(data)
    if encode(value) != data:
        raise Refused("not-canonical", "another form of the same value")
    return value
