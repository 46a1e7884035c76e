"""Values of known registers, and what a server checks of one pushed record."""

from cases import VectorFile
from cases.bodies import HASH
from cases.merges import C, ID, OTHER, position, text
from cases.stamps import A, B, NOW, stamp
from offprint_reference import LIMITS, RefusedRecord, check_canonical, check_pushed, check_value

LOCATOR = {"after": "boats", "before": "Paper ", "block": 0, "body": HASH, "fraction": 120_000, "offset": 6}
SAFE = 2**53 - 1
CONTENT = {"hash": "0a" * 32, "size": 1234}
FETCH = {"at": NOW, "reason": None, "state": "done"}


def _value_answer(given):
    value = check_canonical(given["value"].encode())
    try:
        check_value(given["type"], given["name"], value)
        return {"accepted": True}
    except Exception as error:  # noqa: BLE001 - only Refused comes from there
        if getattr(error, "reason", None) != "invalid":
            raise
        return {"accepted": False, "field": given["name"]}


def without(value, name):
    return {key: item for key, item in value.items() if key != name}


def _values():
    file = VectorFile(
        "values",
        "A value (canonical JSON as text) of one register -> accepted, or refused as invalid with the register as field. "
        "The form alone; lengths are another matter (limits.json).",
        ["REG-2", "REG-3", "REG-4", "REG-5", "REG-8", "LOC-1", "PROG-1", "CONT-1"],
        _value_answer,
    )
    names = set()

    def each(type_name, name, good=(), bad=()):
        for values, accepted in ((good, True), (bad, False)):
            for value in values:
                shown = text(value)
                label = f"{type_name} {name}: {shown[:70]}"
                while label in names:
                    label += "*"
                names.add(label)
                expect = {"accepted": True} if accepted else {"accepted": False, "field": name}
                file.case(label, {"type": type_name, "name": name, "value": shown}, expect)

    not_text = [0, True, [], {}, ["a"]]
    texts = [None, "", "Paper boats", "\u65e5 e\u0301 \u00e9 \U0001f468\u200d\U0001f469", "line\nfeed \u0001 \u007f \ufffd \ufeff", "x" * 5000]
    for type_name in ("article", "progress", "bookmark", "highlight"):
        each(type_name, "life", ["live", "dead"], ["alive", "Live", "", None, True, 1, ["live"]])
    each("article", "url", [None, "http://example.org/", "HTTPS://Example.org"], ["", "example.org", "javascript:alert(1)", "http://u@example.org/", "http://example.org/a b", "http://example.org:99999/", 5, ["http://example.org/"]])
    times = [0, NOW, SAFE], [-1, None, "1800000000000", True, [NOW]]
    each("article", "saved", *times)
    for name in ("title", "byline", "found.title", "found.byline", "found.site", "found.language", "found.excerpt", "found.image"):
        each("article", name, texts if name == "title" else texts[:3], not_text + ["a\0b", "\0"])
    each("article", "found.published", [NOW, 0, -SAFE, None], ["2026-01-01", True])
    each("article", "found.words", [0, 812, None], [-1, "812", False])
    for name in ("archived", "favourite"):
        each("article", name, [True, False], [None, 1, 0, "true"])
    for name in ("tag:swift", "tag:\u65e5\u672c", "tag:a b:c", "tag: "):
        each("article", name, [True, None], [False, 1, "true", ""])
    each("article", "tag:", [], [True, None])
    for type_name, name in (("article", "same"), ("bookmark", "article")):
        each(type_name, name, [None, ID, "0" * 32], ["", ID.upper(), ID[1:], ID + "0", 5, True, [ID]])
    each("article", "content", [None, CONTENT, {**CONTENT, "size": 0}, {**CONTENT, "kind": "image"}],
         [{}, without(CONTENT, "hash"), without(CONTENT, "size"), {**CONTENT, "size": -1}, {**CONTENT, "size": "9"}, {**CONTENT, "hash": "0A" * 32}, {**CONTENT, "hash": "0a" * 31}, {**CONTENT, "hash": None}, "0a" * 32, []])  # fmt: skip
    other = {"hash": "0b" * 32, "size": 9}
    each("article", "images", [None, [], [CONTENT], [CONTENT, other], [CONTENT, CONTENT], [{**CONTENT, "width": 640}]],
         [CONTENT, {}, [None], [CONTENT, {}], [without(CONTENT, "hash")], [without(CONTENT, "size")], [{**CONTENT, "size": -1}], [{**CONTENT, "hash": "0A" * 32}], ["0a" * 32], [[CONTENT]], "0a" * 32, True])  # fmt: skip
    each("article", "fetch", [FETCH, *[{**FETCH, "state": s} for s in ("wanted", "fetching", "failed")], {**FETCH, "reason": "no such host"}, {**FETCH, "tries": 3}],
         [None, {}, {**FETCH, "state": "ready"}, without(FETCH, "state"), without(FETCH, "at"), without(FETCH, "reason"), {**FETCH, "at": -1}, {**FETCH, "at": None}, {**FETCH, "reason": 404}, {**FETCH, "reason": "a\0b"}, "done"])  # fmt: skip
    each("bookmark", "created", *times)
    for name in ("quote", "note", "colour"):
        each("bookmark", name, texts if name == "note" else texts[:3], not_text + ["a\0b"])
    span = {"end": {**LOCATOR, "offset": 9}, "start": LOCATOR}
    each("bookmark", "range", [None, span, {**span, "kind": 1}, {"end": LOCATOR, "start": span["end"]}],
         [{}, without(span, "end"), without(span, "start"), {**span, "start": None}, LOCATOR, [LOCATOR, LOCATOR], "0-9"])  # fmt: skip
    at = f"at:{A}"
    base = position(250_000, seen={A: stamp(NOW), B: stamp(NOW - 5, 0, B)}, locator=LOCATOR)
    each("progress", at, [base, position(0), position(1_000_000, finished=True), position(5, round=SAFE), {**base, "zoom": 2}],
         [None, {}, [], 250_000, *[without(base, name) for name in sorted(base)],
          *[{**base, "fraction": bad} for bad in (-1, 1_000_001, "5", None, True)],
          *[{**base, "round": bad} for bad in (0, -1, None, "1")], *[{**base, "finished": bad} for bad in (None, 1, "no")],
          *[{**base, "seen": bad} for bad in (None, [], stamp(NOW), {"tablet": stamp(NOW)}, {A.upper(): stamp(NOW)}, {A: None}, {A: "yesterday"}, {A: stamp(2**47)})]])  # fmt: skip
    for name in ("at:", "at:tablet", "at:" + A.upper(), "at:" + A + "0"):
        each("progress", name, [], [base])
    for changes in ({"body": None}, {"before": "", "after": ""}, {"block": SAFE, "offset": SAFE}, {"fraction": 1_000_000}, {"before": "\U0001f4d6" * 32}, {"column": 3}):
        each("progress", at, [{**base, "locator": {**LOCATOR, **changes}}])
    bad = [{name: value} for name in ("block", "offset") for value in (-1, None, "0", False)]
    bad += [{"fraction": value} for value in (-1, 1_000_001, None)]
    bad += [{"body": value} for value in ("", HASH.upper(), HASH + "0", 5)]
    bad += [{side: value} for side in ("before", "after") for value in (None, 5, "x" * 33, "a\0b")]
    each("progress", at, [], [{**base, "locator": {**LOCATOR, **changes}} for changes in bad])
    each("progress", at, [], [{**base, "locator": without(LOCATOR, name)} for name in sorted(LOCATOR)])
    # What a reader does not know it keeps, whatever it holds.
    anything = [None, 0, "a\0b", [1, {"x": []}], {"locator": 5}]
    each("article", "mood", anything)
    each("article", "found.series", anything[:3])
    each("article", "at:" + A, anything[:3])
    each("article", "Title", anything[:2])
    each("article", "note", anything[:2])
    each("bookmark", "title", anything[:2])
    each("bookmark", "tag:swift", anything[:2])
    each("progress", "pace", anything)
    each("progress", "url", anything[:2])
    each("highlight", "url", anything)
    each("highlight", "at:tablet", anything[:2])
    return file


def expanded(given):
    """Long texts are given as [a text, how often] in `repeat`, so that the files stay readable."""
    record = {key: value for key, value in given["record"].items() if key != "repeat"}
    for name, (part, times) in given["record"].get("repeat", {}).items():
        record["values"] = {**record["values"], name: text(part * times)}
    return record


def _push_answer(given):
    if "limits" in given:
        return {"limits": LIMITS}
    try:
        check_pushed(expanded(given), given["replica"], given["size"], given["now"], given["greatestAccepted"])
        return {"accepted": True}
    except RefusedRecord as refused:
        expect = {"accepted": False, "slug": refused.slug, "field": refused.field, "limit": refused.limit}
        return {key: value for key, value in expect.items() if value is not None}


def _limits():
    file = VectorFile(
        "limits",
        "The limits by name, and one pushed record as a server judges it: values as canonical texts, repeat: a string value "
        "as [text, times]; size: bytes of its JSON text as sent; replica: the push's; now and greatestAccepted: server time "
        "and the greatest milliseconds accepted in the account. accepted, or slug, field and limit of the refusal.",
        ["LIM-1", "LIM-2", "LIM-3", "REG-6", "PUSH-2", "PUSH-5", "PUSH-6", "PUSH-7", "PUSH-8", "REC-10"],
        _push_answer,
    )
    file.case("the limits", {"limits": True}, {"limits": LIMITS})

    def case(name, values, expect=None, new=None, type_name="article", repeat=None, size=1000, again=None, record_id=ID,
             replica=A, stamps=None, stamp_text=None, greatest=0):  # fmt: skip
        new = list(values) + list(repeat or {}) if new is None else new
        record = {"type": type_name, "id": record_id, "stamp": stamp_text or stamp(NOW), "new": new}
        record["values"] = {key: text(value) for key, value in values.items()}
        for key, value in (("stamps", stamps), ("repeat", repeat), ("again", again)):
            if value is not None:
                record[key] = value
        given = {"record": record, "replica": replica, "size": size, "now": NOW, "greatestAccepted": greatest}
        file.case(name, given, {"accepted": True} if expect is None else {"accepted": False, **expect})

    def invalid(field=None, limit=None):
        refused = {"slug": "invalid", "field": field, "limit": limit}
        return {key: value for key, value in refused.items() if value is not None}

    save = {"life": "live", "saved": NOW, "url": "http://example.org/"}
    case("a save", save)
    for type_name, name, limit in [
        ("article", "title", "titleBytesMax"), ("article", "byline", "titleBytesMax"), ("article", "found.title", "foundBytesMax"),
        ("article", "found.excerpt", "foundBytesMax"), ("bookmark", "note", "noteBytesMax"), ("bookmark", "quote", "quoteBytesMax"),
        ("bookmark", "colour", "colourBytesMax"),
    ]:  # fmt: skip
        most = LIMITS[limit]
        case(f"{name}: {most} bytes", {}, type_name=type_name, repeat={name: ["a", most]})
        case(f"{name}: {most + 1} bytes", {}, invalid(name, most), type_name=type_name, repeat={name: ["a", most + 1]})
        case(f"{name}: {most} bytes of two each", {}, type_name=type_name, repeat={name: ["\u00e9", most // 2]})
        case(f"{name}: {most // 2 + 1} letters of two bytes", {}, invalid(name, most), type_name=type_name, repeat={name: ["\u00e9", most // 2 + 1]})
    case("lengths bind new registers only", {"life": "live"}, new=["life"], repeat={"title": ["a", 1025]})
    case("a title of one letter and 600 accents", {}, invalid("title", 1024), repeat={"title": ["e" + "\u0301" * 600, 1]})
    for name, most in (("url", 8192),):
        head = "http://example.org/"
        case(f"{name}: {most} bytes", {name: head + "a" * (most - len(head))})
        case(f"{name}: {most + 1} bytes", {name: head + "a" * (most + 1 - len(head))}, invalid(name, most))
    case("fetch.reason: 4096 bytes", {"fetch": {**FETCH, "reason": "a" * 4096}})
    case("fetch.reason: 4097 bytes", {"fetch": {**FETCH, "reason": "a" * 4097}}, invalid("fetch", 4096))
    images = [{"hash": f"{number:064x}", "size": number} for number in range(65)]
    case("64 images", {"images": images[:64]})
    case("65 images", {"images": images}, invalid("images", 64))
    case("65 images that are not new", {"life": "live", "images": images}, new=["life"])
    case("a tag of 256 bytes", {"tag:" + "a" * 256: True})
    case("a tag of 257 bytes", {"tag:" + "a" * 257: True}, invalid("tag:" + "a" * 257, 256))
    case("a tag of 129 letters of two bytes", {"tag:" + "\u00e9" * 129: True}, invalid("tag:" + "\u00e9" * 129, 256))
    tags = {f"tag:{number}": True for number in range(65)}
    case("64 new tags", {name: True for name in list(tags)[:64]})
    case("65 new tags", tags, invalid("tag:", 64))
    case("65 tags, one of them not new", tags, new=list(tags)[:64])
    case("65 tags, one of them taken away", {**tags, "tag:0": None})
    name_bytes, value_bytes = len("mood"), 4096 - len("mood")
    case("4096 bytes of an unknown register", {"mood": "a" * (value_bytes - 2)})
    case("4097 bytes of an unknown register", {"mood": "a" * (value_bytes - 1)}, invalid(None, 4096))
    case("two unknown registers together", {"mood": "a" * 2042, "tint": "a" * 2042})
    case("two unknown registers together, one byte too many", {"mood": "a" * 2043, "tint": "a" * 2042}, invalid(None, 4096))
    case("an unknown register that is not new does not count", {"life": "live", "mood": "a" * 9000}, new=["life"])
    case("all registers of an unknown type count but life", {"life": "live", "shade": "a" * (4096 - 7)}, type_name="highlight")
    case("all registers of an unknown type count", {"life": "live", "shade": "a" * (4096 - 6)}, invalid(None, 4096), type_name="highlight")
    assert name_bytes == 4
    case("a record of 262144 bytes", save, size=262_144)
    case("a record of 262145 bytes", save, {"slug": "too-large", "limit": 262_144}, size=262_145)
    case("new names a register that is not there", save, invalid("title"), new=["title"])
    case("a new register stamped by another replica", save, invalid("life"), replica=B, new=["life"])
    case("registers of other replicas are welcome", save, replica=B, new=[])
    case("one of one's own beside them", save, stamps={"life": stamp(NOW + 1, 0, B)}, replica=B, new=["life"])
    case("new names one register twice", save, new=["life", "life"])
    case("the form counts in registers that are not new too", {"life": "live", "archived": 1}, invalid("archived"), new=["life"])
    case("a type of bad form", save, invalid("type"), type_name="Article")
    case("an id of bad form", save, invalid("id"), record_id=ID + "0")
    case("no values", {}, invalid("values"), new=[])
    case("a stamp of bad form", save, invalid("stamp"), stamp_text="yesterday")
    ahead = NOW + LIMITS["clockSkewMilliseconds"]
    skew = {"slug": "clock-skew", "field": "life"}
    case("a stamp 5 minutes ahead", {"life": "live"}, stamp_text=stamp(ahead))
    case("a stamp a millisecond more ahead", {"life": "live"}, skew, stamp_text=stamp(ahead + 1))
    case("ahead, but the account has accepted as much", {"life": "live"}, stamp_text=stamp(ahead + 1), greatest=ahead + 1)
    case("ahead of what the account has accepted", {"life": "live"}, skew, stamp_text=stamp(ahead + 2), greatest=ahead + 1)
    case("ahead, but again", {"life": "live"}, stamp_text=stamp(ahead + 10**9), again=True)
    case("ahead, and again is false", {"life": "live"}, skew, stamp_text=stamp(ahead + 10**9), again=False)
    case("ahead, but not new", {"life": "live"}, stamp_text=stamp(ahead + 10**9), new=[])
    case("another replica's register is ahead", {"life": "live", "title": "T"}, stamps={"title": stamp(ahead + 10**9, 0, B)}, new=["life"])
    case("a stamp of 1970", {"life": "live"}, stamp_text=stamp(0))
    case("a known type with another's id", {"life": "live"}, record_id=OTHER, replica=A)
    case("a replica's position under another's name is not judged", {f"at:{C}": position(5)}, type_name="progress")
    return file


def files():
    return [_values(), _limits()]
