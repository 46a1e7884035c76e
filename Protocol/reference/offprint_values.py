"""The form of every known value, and the limits of a push (Protocol/records.md, REG; limits.md, LIM)."""

import re

import offprint_json
from offprint_address import normal_form
from offprint_json import INTEGER_MAX, Refused
from offprint_records import PROGRESS_FRACTION_MAX, expand, is_id
from offprint_stamps import is_replica, parse_stamp

LIMITS = {
    "pushRecordsMax": 500,
    "pushBytesMax": 1_048_576,
    "pushInflatedBytesMax": 8_388_608,
    "contentBytesMax": 33_554_432,
    "hashesMax": 1_000,
    "titleBytesMax": 1_024,
    "noteBytesMax": 65_536,
    "quoteBytesMax": 16_384,
    "tagBytesMax": 256,
    "tagsMax": 64,
    "urlBytesMax": 8_192,
    "colourBytesMax": 64,
    "foundBytesMax": 4_096,
    "imagesMax": 64,
    "unknownBytesMax": 4_096,
    "recordBytesMax": 262_144,
    "registerNameBytesMax": 512,
    "jsonDepthMax": 16,
    "waitSecondsMax": 55,
    "pageRecordsMax": 1_000,
    "pageBytesMax": 262_144,
    "deviceNameBytesMax": 100,
    "passwordBytesMin": 8,
    "passwordBytesMax": 1_024,
    "userNameBytesMax": 64,
    "clockSkewMilliseconds": 300_000,
    "progressEntriesMax": 16,
    "tagRegistersMax": 256,
}


def _integer(value, least, most=INTEGER_MAX):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _text(value):
    return isinstance(value, str)


def _optional(test):
    return lambda value: value is None or test(value)


def _is_url(value):
    try:
        return _text(value) and bool(normal_form(value))
    except Refused:
        return False


def _is_stamp(value):
    try:
        return parse_stamp(value) is not None
    except Refused:
        return False


def _is_content(value):
    return (
        isinstance(value, dict)
        and _text(value.get("hash"))
        and re.fullmatch(r"[0-9a-f]{64}", value["hash"]) is not None
        and _integer(value.get("size"), 0)
    )


def _is_images(value):
    return isinstance(value, list) and all(map(_is_content, value))


def _is_fetch(value):
    return (
        isinstance(value, dict)
        and _integer(value.get("at"), 0)
        and "reason" in value
        and _optional(_text)(value["reason"])
        and value.get("state") in ("wanted", "fetching", "failed", "done")
    )


def is_locator(value):
    """LOC-1."""
    return (
        isinstance(value, dict)
        and "body" in value
        and _optional(is_replica)(value["body"])  # the same form: 16 lower-case hex digits
        and _integer(value.get("block"), 0)
        and _integer(value.get("offset"), 0)
        and _integer(value.get("fraction"), 0, PROGRESS_FRACTION_MAX)
        and all(_text(value.get(side)) and len(value[side]) <= 32 for side in ("before", "after"))
    )


def is_position(value):
    """PROG-1."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("finished"), bool)
        and _integer(value.get("fraction"), 0, PROGRESS_FRACTION_MAX)
        and "locator" in value
        and _optional(is_locator)(value["locator"])
        and _integer(value.get("round"), 1)
        and isinstance(value.get("seen"), dict)
        and all(is_replica(name) and _is_stamp(stamp) for name, stamp in value["seen"].items())
    )


def _is_range(value):
    return isinstance(value, dict) and is_locator(value.get("start")) and is_locator(value.get("end"))


def _is_life(value):
    return value in ("live", "dead")


def _is_flag(value):
    return isinstance(value, bool)


def _is_time(value):
    return _integer(value, 0)


TEXT = _optional(_text)
RULES = {
    "article": {
        "url": _optional(_is_url),
        "saved": _is_time,
        "title": TEXT,
        "byline": TEXT,
        "archived": _is_flag,
        "favourite": _is_flag,
        "same": _optional(is_id),
        "found.title": TEXT,
        "found.byline": TEXT,
        "found.site": TEXT,
        "found.language": TEXT,
        "found.excerpt": TEXT,
        "found.image": TEXT,
        "found.published": _optional(lambda value: _integer(value, -INTEGER_MAX)),
        "found.words": _optional(_is_time),
        "content": _optional(_is_content),
        "images": _optional(_is_images),
        "fetch": _is_fetch,
    },
    "progress": {},
    "bookmark": {
        "article": _optional(is_id),
        "range": _optional(_is_range),
        "quote": TEXT,
        "note": TEXT,
        "colour": TEXT,
        "created": _is_time,
    },
}


def rule(type_name, name):
    """The test that a known register's value must pass; None for a register or type that is not known (REG-2, REG-5)."""
    if name == "life":
        return _is_life
    if type_name not in RULES:
        return None
    if type_name == "article" and name.startswith("tag:"):
        return lambda value: name != "tag:" and (value is None or value is True)
    if type_name == "progress" and name.startswith("at:"):
        return lambda value: is_replica(name[3:]) and is_position(value)
    return RULES[type_name].get(name)


def _holds_null(value):
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, list):
        return any(map(_holds_null, value))
    if isinstance(value, dict):
        return any("\0" in name or _holds_null(item) for name, item in value.items())
    return False


def check_value(type_name, name, value):
    """Refused("invalid", name) unless the value has the form due (REG-2, REG-4)."""
    test = rule(type_name, name)
    if test is not None and (not test(value) or _holds_null(value)):
        raise Refused("invalid", name)


def length_limit(type_name, name):
    """The limit on the text of a known register, by its name in LIMITS; None where there is none (REG-6)."""
    if type_name == "article":
        if name.startswith("found.") or name == "fetch":
            return "foundBytesMax"
        return {"title": "titleBytesMax", "byline": "titleBytesMax", "url": "urlBytesMax"}.get(name)
    if type_name == "bookmark":
        return {"quote": "quoteBytesMax", "note": "noteBytesMax", "colour": "colourBytesMax"}.get(name)
    return None


class RefusedRecord(Exception):
    """One record of a push is refused (REFUSE-1): slug, field or None, limit or None."""

    def __init__(self, slug, field=None, limit=None):
        super().__init__(slug, field, limit)
        self.slug, self.field, self.limit = slug, field, limit


def check_pushed(record, replica, size=0, now=0, greatest_accepted=0):
    """One record of a push as a server judges it, in order (PUSH-5 to PUSH-8). Raises RefusedRecord.

    `record` is in wire form with `values` as canonical texts; `size`: bytes of its JSON text as sent.
    now, greatest_accepted: server time, and the greatest milliseconds this account ever accepted.
    """
    try:
        registers = expand(record)
    except Refused as error:
        raise RefusedRecord("invalid", str(error).partition(": ")[2])
    if size > LIMITS["recordBytesMax"]:
        raise RefusedRecord("too-large", limit=LIMITS["recordBytesMax"])
    type_name = record["type"]
    values = {name: offprint_json.parse(text.encode("utf-8")) for name, text in record["values"].items()}
    for name in sorted(values, key=lambda name: name.encode("utf-8")):
        try:
            check_value(type_name, name, values[name])
        except Refused:
            raise RefusedRecord("invalid", name)
    new = list(dict.fromkeys(record.get("new", [])))
    for name in new:
        stamp = record.get("stamps", {}).get(name, record.get("stamp"))
        if name not in values or parse_stamp(stamp).replica != replica:
            raise RefusedRecord("invalid", name)
    _check_lengths(type_name, record, values, new)
    if record.get("again"):
        return
    for name in new:
        if name in registers:
            milliseconds = registers[name].stamp.milliseconds
            if milliseconds > now + LIMITS["clockSkewMilliseconds"] and milliseconds > greatest_accepted:
                raise RefusedRecord("clock-skew", name)


def _check_lengths(type_name, record, values, new):
    unknown = tags = 0
    for name in new:
        if rule(type_name, name) is None:
            unknown += len(name.encode("utf-8")) + len(record["values"][name].encode("utf-8"))
            continue
        if type_name == "article" and name.startswith("tag:"):
            tags += values[name] is True
            if len(name[4:].encode("utf-8")) > LIMITS["tagBytesMax"]:
                raise RefusedRecord("invalid", name, LIMITS["tagBytesMax"])
        limit = length_limit(type_name, name)
        if name == "images" and type_name == "article" and len(values[name] or []) > LIMITS["imagesMax"]:
            raise RefusedRecord("invalid", name, LIMITS["imagesMax"])
        text = values[name].get("reason") if name == "fetch" else values[name]
        if limit and isinstance(text, str) and len(text.encode("utf-8")) > LIMITS[limit]:
            raise RefusedRecord("invalid", name, LIMITS[limit])
    if tags > LIMITS["tagsMax"]:
        raise RefusedRecord("invalid", "tag:", LIMITS["tagsMax"])
    if unknown > LIMITS["unknownBytesMax"]:
        raise RefusedRecord("invalid", None, LIMITS["unknownBytesMax"])
