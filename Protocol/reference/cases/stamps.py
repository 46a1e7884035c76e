"""Stamps, their fixing, and server time."""

from cases import VectorFile
from offprint_reference import Stamp, age, fix, make_stamp, parse_stamp, server_now, successor

A, B = "00000000000000aa", "00000000000000bb"
NOW = 1_800_000_000_000


def stamp(milliseconds, counter=0, replica=A):
    return Stamp(milliseconds, counter, replica).text()


def _parts(value):
    return {"milliseconds": value.milliseconds, "counter": value.counter, "replica": value.replica}


def _answer(given):
    operation = given["op"]
    if operation == "parse":
        return _parts(parse_stamp(given["text"]))
    if operation == "format":
        return {"text": make_stamp(given["milliseconds"], given["counter"], given["replica"]).text()}
    if operation == "compare":
        one, other = parse_stamp(given["a"]), parse_stamp(given["b"])
        return {"order": (one > other) - (one < other)}
    next_one = successor(parse_stamp(given["stamp"]), given["step"], given["replica"])
    return {"text": next_one.text()}


def _stamps():
    file = VectorFile(
        "stamps",
        "Stamps: op parse (text -> parts), format (parts -> text), compare (order -1, 0, 1), successor (step counters later).",
        ["STAMP-1", "STAMP-2", "STAMP-6", "REC-5"],
        _answer,
    )
    good = "01a3185c5000-00000000-00000000000000aa"
    file.case("an ordinary stamp", {"op": "parse", "text": good}, {"milliseconds": NOW, "counter": 0, "replica": A})
    file.case("the least stamp", {"op": "parse", "text": stamp(0, 0, "0" * 16)})
    file.case("the greatest stamp", {"op": "parse", "text": stamp(2**47 - 1, 2**32 - 1, "f" * 16)})
    bad = {
        "empty": "",
        "upper-case digits": good.upper(),
        "a digit too few": good[1:],
        "a digit too many": "0" + good,
        "underscores for hyphens": good.replace("-", "_"),
        "white space in front": " " + good,
        "a line feed behind": good + "\n",
        "a sign": "+" + good[1:],
        "not hexadecimal": good.replace("aa", "ag"),
        "digits of another script": good.replace("00000000000000aa", "0000000000000\u0660\u0660\u0660"),
        "milliseconds of 2^47": "800000000000" + good[12:],
        "milliseconds of 2^48 - 1": "ffffffffffff" + good[12:],
        "parts of another length": "01a3185c500-000000000-00000000000000aa",
        "four parts": "01a3185c5000-0000-0000-00000000000000aa",
    }
    for name, text in bad.items():
        file.case(f"refused: {name}", {"op": "parse", "text": text}, {"error": "invalid"})
    for name, parts in {
        "an ordinary stamp": (NOW, 7, B),
        "zero": (0, 0, "0" * 16),
        "the greatest": (2**47 - 1, 2**32 - 1, "f" * 16),
    }.items():
        file.case(f"written: {name}", {"op": "format", **_parts(Stamp(*parts))}, {"text": Stamp(*parts).text()})
    for name, parts in {
        "milliseconds of 2^47": (2**47, 0, A),
        "milliseconds below zero": (-1, 0, A),
        "a counter of 2^32": (NOW, 2**32, A),
        "a replica of 15 digits": (NOW, 0, A[1:]),
    }.items():
        file.case(f"not written: {name}", {"op": "format", **_parts(Stamp(*parts))}, {"error": "invalid"})
    for name, one, other, order in [
        ("equal", stamp(5), stamp(5), 0),
        ("milliseconds first", stamp(6, 0, A), stamp(5, 9, B), 1),
        ("then the counter", stamp(5, 1, A), stamp(5, 0, B), 1),
        ("then the replica", stamp(5, 1, A), stamp(5, 1, B), -1),
        ("9 before 10 in hexadecimal too", stamp(9), stamp(16), -1),
        ("a replica that begins with a letter is greater than one that begins with a digit", stamp(1, 0, "a" * 16), stamp(1, 0, "9" * 16), 1),
    ]:  # fmt: skip
        file.case(f"order: {name}", {"op": "compare", "a": one, "b": other}, {"order": order})
    for name, base, step, expect in [
        ("two counters later", stamp(5, 3), 2, stamp(5, 5, B)),
        ("one counter later", stamp(5, 3), 1, stamp(5, 4, B)),
        ("the last counter is still used", stamp(5, 2**32 - 2), 1, stamp(5, 2**32 - 1, B)),
        ("a full counter goes on with the next millisecond", stamp(5, 2**32 - 2), 2, stamp(6, 0, B)),
        ("one step from the last counter", stamp(5, 2**32 - 1), 1, stamp(6, 0, B)),
    ]:
        given = {"op": "successor", "stamp": base, "step": step, "replica": B}
        file.case(f"successor: {name}", given, {"text": expect})
    last = stamp(2**47 - 1, 2**32 - 1)
    file.case(
        "successor: nothing is greater than the last",
        {"op": "successor", "stamp": last, "step": 1, "replica": B},
        {"error": "exhausted"},
    )
    return file


def _fixed(given):
    base = parse_stamp(given["base"]) if given["base"] else None
    fixed, took_base = fix(given["serverNow"], given["age"], given["c"], base, given["lowest"], given["replica"])
    return {"stamp": fixed.text(), "tookBase": took_base}


def _fixing():
    file = VectorFile(
        "fixing",
        "How a client fixes the stamp of an edit: serverNow, age of the edit and c in milliseconds, base the stamp of the "
        "value replaced or null. tookBase: the milliseconds are those of the base (the record is pushed with again).",
        ["STAMP-4", "STAMP-5", "STAMP-6", "STAMP-9"],
        _fixed,
    )

    def fixed(name, expect, took_base=False, now=NOW, age=0, c=0, base=None, lowest=False, replica=A):
        given = {"serverNow": now, "age": age, "c": c, "base": base, "lowest": lowest, "replica": replica}
        file.case(name, given, {"stamp": expect, "tookBase": took_base})

    fixed("an edit made just now", stamp(NOW))
    fixed("an edit made an hour ago", stamp(NOW - 3_600_000), age=3_600_000)
    fixed("an age below zero counts as none", stamp(NOW), age=-5)
    fixed("never before the server time met before the edit", stamp(NOW - 999), age=5_000, c=NOW - 1_000)
    fixed("c beyond the server's time now is taken as now", stamp(NOW + 1), c=NOW + 50_000)
    fixed("c equal to the time of the edit", stamp(NOW + 1), c=NOW)
    fixed("the first edit of a device that never met a server", stamp(NOW - 60_000), age=60_000, c=0)
    fixed("an age beyond the epoch", stamp(1), age=NOW * 2)
    fixed("an older base changes nothing", stamp(NOW), base=stamp(NOW - 1, 7, B))
    fixed("a newer base is beaten by its successor", stamp(NOW + 9, 2), True, base=stamp(NOW + 9, 0, B))
    fixed("a base with a counter", stamp(NOW + 9, 42), True, base=stamp(NOW + 9, 40, B))
    fixed("a base at the same moment by a lesser replica", stamp(NOW, 2, B), True, base=stamp(NOW, 0, A), replica=B)
    fixed("a base at the same moment by a greater replica", stamp(NOW, 2, A), True, base=stamp(NOW, 0, B))
    fixed("a base of its own at the same moment", stamp(NOW, 2, A), True, base=stamp(NOW, 0, A))
    fixed("a base a day ahead, from a clock that was wrong", stamp(NOW + 86_400_000, 2), True, base=stamp(NOW + 86_400_000, 0, B))
    fixed("a late answer makes the estimate old: the base decides", stamp(NOW, 2), True, now=NOW - 9_000, base=stamp(NOW, 0, B))
    fixed("a base with a full counter", stamp(NOW + 10), True, base=stamp(NOW + 9, 2**32 - 1, B))
    fixed("server time beyond 2^47 - 2 is taken as that", stamp(2**47 - 2), now=2**50)
    fixed("c at the greatest legal time", stamp(2**47 - 1), now=2**50, c=2**50)
    fixed("server time below zero is taken as zero", stamp(1), now=-5)
    fixed("lowest: c alone", stamp(NOW - 1_000), c=NOW - 1_000, lowest=True)
    fixed("lowest: no server was ever met", stamp(0), lowest=True)
    fixed("lowest: the age does not matter", stamp(NOW - 1_000), age=77, c=NOW - 1_000, lowest=True)
    fixed("lowest: c beyond the server's time now is taken as now", stamp(NOW), c=NOW + 50_000, lowest=True)
    fixed("lowest: just above the base", stamp(NOW, 4), True, c=NOW - 1_000, base=stamp(NOW, 3, B), lowest=True)
    fixed("lowest: c at the base's millisecond", stamp(NOW, 1), True, c=NOW, base=stamp(NOW, 0, B), lowest=True)
    fixed("lowest: c after the base", stamp(NOW), c=NOW, base=stamp(NOW - 1, 9, B), lowest=True)
    fixed("lowest: a base with a full counter", stamp(NOW + 1), True, c=NOW, base=stamp(NOW, 2**32 - 1, B), lowest=True)
    exhausted = {"serverNow": NOW, "age": 0, "c": 0, "base": stamp(2**47 - 1, 2**32 - 1, B), "lowest": False, "replica": A}
    file.case("nothing is greater than the last stamp", exhausted, {"error": "exhausted"})
    return file


def _time(given):
    if given["op"] == "age":
        return {"age": age(given["edit"], given["now"])}
    return {"serverNow": server_now(given["samples"], given["now"])}


def _server_time():
    file = VectorFile(
        "server-time",
        "op age: how old an edit is. op serverNow: server time by the best sample of this boot, null without one.",
        ["TIME-2", "TIME-3", "TIME-4"],
        _time,
    )
    now = {"wall": NOW, "clock": 500_000, "boot": "b1"}

    def edit(name, expect, wall, clock, boot="b1"):
        given = {"op": "age", "edit": {"wall": wall, "clock": clock, "boot": boot}, "now": now}
        file.case(name, given, {"age": expect})

    edit("the same boot: the boot clock counts", 400_000, NOW - 1, 100_000)
    edit("the same boot: a wall clock set back does not matter", 400_000, NOW + 10**9, 100_000)
    edit("another boot: the wall clock counts", 7_000, NOW - 7_000, 900_000, "b0")
    edit("another boot, wall clock set back: none", 0, NOW + 7_000, 900_000, "b0")
    edit("the same boot, just now", 0, NOW, 500_000)

    def samples(name, expect, *parts):
        names = ("time", "roundTrip", "clock", "boot")
        given = {"op": "serverNow", "samples": [dict(zip(names, part)) for part in parts], "now": now}
        file.case(name, given, {"serverNow": expect})

    samples("no sample", None)
    samples("half the round trip and what has passed since are added", NOW + 50 + 10_000, (NOW, 100, 490_000, "b1"))
    samples("an odd round trip is halved downwards", NOW + 50, (NOW, 101, 500_000, "b1"))
    samples("a sample of another boot does not count", None, (NOW, 100, 490_000, "b0"))
    samples("the shorter round trip wins", NOW + 5, (NOW + 77, 100, 500_000, "b1"), (NOW, 10, 500_000, "b1"))
    samples(
        "an old precise sample loses to a fresh rough one once it is old enough",
        NOW + 50,
        (NOW - 1_000_000, 10, -500_001, "b1"),
        (NOW, 100, 500_000, "b1"),
    )
    samples(
        "and wins while it is not",
        NOW + 5,
        (NOW - 100_000, 10, 400_000, "b1"),
        (NOW + 9, 100, 500_000, "b1"),
    )
    samples("of equal errors the later sample", NOW + 1_005, (NOW, 10, 500_000, "b1"), (NOW + 1_000, 10, 500_000, "b1"))
    return file


def files():
    return [_stamps(), _fixing(), _server_time()]
