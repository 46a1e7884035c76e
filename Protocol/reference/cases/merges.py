"""The join, the wire form it works on, and shown progress."""

import itertools
import random

import offprint_json
from cases import VectorFile
from cases.stamps import A, B, NOW, stamp
from offprint_log import _wire
from offprint_reference import Register, expand, join, parse_stamp, shown_progress

C, D = "00000000000000cc", "00000000000000dd"
ID = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


def text(value):
    return offprint_json.encode(value).decode()


def state(**registers):
    """Registers by name: (stamp, value); a name's `__` stands for `:` and `_` for `.`."""
    return {name.replace("__", ":").replace("_", "."): [at, text(value)] for name, (at, value) in registers.items()}


def registers_of(given):
    return {name: Register(parse_stamp(at), value.encode()) for name, (at, value) in given.items()}


def shown(registers):
    names = sorted(registers, key=lambda name: name.encode())
    return {name: [registers[name].stamp.text(), registers[name].value.decode()] for name in names}


def _join(given):
    if "line" in given:
        record = offprint_json.parse(given["line"].encode())["record"]
        return {"registers": shown(expand(_wire(record)))}
    one, other = registers_of(given["a"]), registers_of(given["b"])
    joined, turned = join(one, other), join(other, one)
    assert joined == turned and join(joined, other) == joined and join(joined, one) == joined
    return {"registers": shown(joined), "changed": joined != one}


ABOUT = (
    "The join of two states, a (held) and b (incoming), of one record: registers by name as [stamp, canonical value]. "
    "changed: the join differs from a. Joining b with a gives the same registers."
)


def _merge(name, clauses, about=ABOUT):
    return VectorFile(name, about, clauses, _join)


def _article():
    file = _merge("merge-article", ["JOIN-1", "JOIN-2", "JOIN-3", "JOIN-4", "LIFE-2", "REC-6", "REC-8", "STAMP-2"])

    def case(name, a, b, expect, changed):
        file.case(name, {"type": "article", "a": a, "b": b}, {"registers": expect, "changed": changed})

    one = state(life=(stamp(10), "live"), title=(stamp(20), "Mine"))
    case("the same state twice", one, one, one, False)
    newer = state(title=(stamp(21, 0, B), "Theirs"))
    case("the greater stamp wins", one, newer, {**one, **newer}, True)
    older = state(title=(stamp(19, 0, B), "Theirs"))
    case("the lesser stamp loses", one, older, one, False)
    case("a register that only one side has stays", state(life=(stamp(10), "live")), newer, {**state(life=(stamp(10), "live")), **newer}, True)
    case("nothing joined with something", {}, one, one, True)
    case("something joined with nothing", one, {}, one, False)
    case(
        "each register by itself",
        state(title=(stamp(30), "A"), byline=(stamp(5), "A"), archived=(stamp(9), True)),
        state(title=(stamp(20, 0, B), "B"), byline=(stamp(6, 0, B), "B"), favourite=(stamp(1, 0, B), True)),
        state(archived=(stamp(9), True), byline=(stamp(6, 0, B), "B"), favourite=(stamp(1, 0, B), True), title=(stamp(30), "A")),
        True,
    )  # fmt: skip
    case(
        "equal stamps: the greater value by bytes",
        state(title=(stamp(5), "a")), state(title=(stamp(5), "b")), state(title=(stamp(5), "b")), True,
    )  # fmt: skip
    case(
        "equal stamps: null beats text, for n is greater than a quotation mark",
        state(title=(stamp(5), "z")), state(title=(stamp(5), None)), state(title=(stamp(5), None)), True,
    )  # fmt: skip
    case(
        "equal stamps: a text that goes on is less than one that ends, for its next byte meets the quotation mark",
        state(title=(stamp(5), "ab!")), state(title=(stamp(5), "ab")), state(title=(stamp(5), "ab")), True,
    )  # fmt: skip
    case(
        "equal stamps: bytes count as unsigned",
        state(title=(stamp(5), "z")), state(title=(stamp(5), "\u00e9")), state(title=(stamp(5), "\u00e9")), True,
    )  # fmt: skip
    case(
        "equal stamps: composed and decomposed letters are different values",
        state(title=(stamp(5), "\u00e9")), state(title=(stamp(5), "e\u0301")), state(title=(stamp(5), "\u00e9")), False,
    )  # fmt: skip
    case(
        "equal stamps: true beats false",
        state(archived=(stamp(5), True)), state(archived=(stamp(5), False)), state(archived=(stamp(5), True)), False,
    )  # fmt: skip
    case(
        "null with a greater stamp clears",
        state(title=(stamp(5), "A")), state(title=(stamp(6), None)), state(title=(stamp(6), None)), True,
    )  # fmt: skip
    case(
        "an absent register is less than null",
        {}, state(title=(stamp(0, 0, "0" * 16), None)), state(title=(stamp(0, 0, "0" * 16), None)), True,
    )  # fmt: skip
    case(
        "a save of a known page takes nothing of the person's away",
        state(life=(stamp(1), "live"), title=(stamp(5), "Own title"), archived=(stamp(6), True)),
        state(life=(stamp(9, 0, B), "live"), saved=(stamp(9, 0, B), 9), url=(stamp(9, 0, B), "http://example.org/")),
        state(archived=(stamp(6), True), life=(stamp(9, 0, B), "live"), saved=(stamp(9, 0, B), 9), title=(stamp(5), "Own title"), url=(stamp(9, 0, B), "http://example.org/")),
        True,
    )  # fmt: skip
    dead = state(life=(stamp(50), "dead"), title=(stamp(5), "A"))
    case("a later delete", state(life=(stamp(1), "live")), dead, dead, True)
    case("an earlier save does not undo a delete", dead, state(life=(stamp(49, 0, B), "live")), dead, False)
    case(
        "a later save brings a record back with all it held",
        dead, state(life=(stamp(51, 0, B), "live")), {**dead, **state(life=(stamp(51, 0, B), "live"))}, True,
    )  # fmt: skip
    case(
        "life: equal stamps, live beats dead by bytes",
        state(life=(stamp(5), "dead")), state(life=(stamp(5), "live")), state(life=(stamp(5), "live")), True,
    )  # fmt: skip
    case(
        "a tombstone joins its other registers too",
        dead, state(title=(stamp(60, 0, B), "Late")), {**dead, **state(title=(stamp(60, 0, B), "Late"))}, True,
    )  # fmt: skip
    case(
        "a failed fetch does not take a content away",
        state(content=(stamp(5), {"hash": "ab" * 32, "size": 3})),
        state(fetch=(stamp(9, 0, B), {"at": 9, "reason": "gone", "state": "failed"})),
        state(content=(stamp(5), {"hash": "ab" * 32, "size": 3}), fetch=(stamp(9, 0, B), {"at": 9, "reason": "gone", "state": "failed"})),
        True,
    )  # fmt: skip

    def tags(first, count, at, **extra):
        return {**{f"tag:{number:04d}": [stamp(at + number), "true"] for number in range(first, first + count)}, **state(**extra)}

    case("two sets of 64 tags join to 128", tags(0, 64, 10), tags(100, 64, 10), {**tags(0, 64, 10), **tags(100, 64, 10)}, True)
    case(
        "of 260 tags the 256 with the greatest stamps stay, and other registers do not count",
        tags(0, 200, 10, title=(stamp(1), "T")), tags(200, 60, 10), tags(4, 256, 10, title=(stamp(1), "T")), True,
    )  # fmt: skip
    same = {f"tag:{number:04d}": [stamp(7), "true"] for number in range(257)}
    half = dict(list(same.items())[:128]), dict(list(same.items())[128:])
    case("of tags with one stamp the greater names stay", *half, dict(list(same.items())[1:]), True)
    nulls = {f"tag:{number:04d}": [stamp(900 + number, 0, B), "null"] for number in range(3)}
    full = tags(0, 256, 10)
    kept = dict(sorted({**full, **nulls}.items()))
    case("a removed tag keeps its place by its stamp", full, nulls, kept, True)
    last = {"tag:zz": [stamp(1, 0, B), "true"]}
    case("a tag older than 256 others is not kept", full, last, full, False)
    return file


def position(fraction, seen=None, round=1, finished=False, locator=None):
    return {"finished": finished, "fraction": fraction, "locator": locator, "round": round, "seen": seen or {}}


def entry(replica, at, *args, **more):
    return {f"at:{replica}": [stamp(at, 0, replica), text(position(*args, **more))]}


def _progress():
    file = _merge("merge-progress", ["JOIN-1", "JOIN-3", "PROG-3", "LIFE-2"])

    def case(name, a, b, expect, changed):
        expect = dict(sorted(expect.items()))
        file.case(name, {"type": "progress", "a": a, "b": b}, {"registers": expect, "changed": changed})

    a1, a2, b1 = entry(A, 10, 100_000), entry(A, 20, 50_000), entry(B, 15, 300_000)
    case("positions of two replicas stay side by side", a1, b1, {**a1, **b1}, True)
    case("a replica's later position replaces its own, backwards too", a1, a2, a2, True)
    case("a stale copy changes nothing", {**a2, **b1}, a1, {**a2, **b1}, False)
    seen = entry(C, 30, 20_000, seen={A: stamp(10, 0, A), B: stamp(15, 0, B)})
    case("a superseded position is not dropped by the join", {**a1, **b1}, seen, {**a1, **b1, **seen}, True)
    case("a dead record keeps its positions", state(life=(stamp(99), "dead")), a1, {**state(life=(stamp(99), "dead")), **a1}, True)
    many = {}
    for number in range(20):
        many.update(entry(f"{number:016x}", 100 + number, number))
    def some(*numbers):
        return {f"at:{number:016x}": many[f"at:{number:016x}"] for number in numbers}
    case("16 positions are kept", some(*range(8)), some(*range(8, 16)), some(*range(16)), True)
    case("of 20 positions the 16 with the greatest stamps stay", some(*range(10)), some(*range(10, 20)), some(*range(4, 20)), True)
    case("a position older than 16 others is not kept", some(*range(4, 20)), some(3), some(*range(4, 20)), False)
    case("a position that moves on takes the place of the oldest", some(*range(4, 20)), entry(f"{3:016x}", 500, 3), {**some(*range(5, 20)), **entry(f"{3:016x}", 500, 3)}, True)
    tied = {f"at:{number:016x}": [stamp(5, 0, A), text(position(number))] for number in range(17)}
    first = dict(list(tied.items())[:9]), dict(list(tied.items())[9:])
    case("of positions with one stamp the greater names stay", *first, dict(list(tied.items())[1:]), True)
    case(
        "equal stamps, different values: the greater bytes, as everywhere",
        {f"at:{A}": [stamp(5), text(position(9))]}, {f"at:{A}": [stamp(5), text(position(10))]}, {f"at:{A}": [stamp(5), text(position(9))]}, False,
    )  # fmt: skip
    return file


def _bookmark():
    file = _merge("merge-bookmark", ["JOIN-1", "JOIN-2", "LIFE-2", "REC-9"])

    def case(name, a, b, expect, changed):
        file.case(name, {"type": "bookmark", "a": a, "b": b}, {"registers": dict(sorted(expect.items())), "changed": changed})

    made = state(article=(stamp(5), ID), created=(stamp(5), 5), life=(stamp(5), "live"), quote=(stamp(5), "As it was."))
    note = state(note=(stamp(9, 0, B), "See page 3"))
    case("a note on another device", made, note, {**made, **note}, True)
    notes = state(note=(stamp(8), "First")), state(note=(stamp(9, 0, B), "Second"))
    case("two notes: the later one", {**made, **notes[0]}, notes[1], {**made, **notes[1]}, True)
    case("the register may come before the record it belongs to", note, made, {**made, **note}, True)
    gone = state(life=(stamp(20, 0, B), "dead"))
    case("deleted elsewhere", {**made, **note}, gone, {**made, **note, **gone}, True)
    back = state(life=(stamp(20, 2), "live"))
    case("an informed undelete beats the delete it saw", {**made, **gone}, back, {**made, **back}, True)
    case("an unaware edit of a note leaves it deleted", {**made, **gone}, state(note=(stamp(30), "Late")), {**made, **gone, **state(note=(stamp(30), "Late"))}, True)
    moved = state(article=(stamp(7, 0, B), None))
    case("a cleared article", made, moved, {**made, **moved}, True)
    return file


def _unknown():
    about = ABOUT + " Cases with line: the wire form of one record (a line of an answer) -> its registers, each with its own stamp."
    clauses = ["JOIN-1", "JOIN-2", "JOIN-3", "JOIN-4", "JOIN-5", "REC-1", "REC-2", "REC-3", "REC-4", "REC-7", "REG-1", "PULL-2"]
    file = _merge("merge-unknown", clauses, about)

    def case(name, a, b, expect, changed, type_name="highlight"):
        expect = dict(sorted(expect.items(), key=lambda item: item[0].encode()))
        file.case(name, {"type": type_name, "a": a, "b": b}, {"registers": expect, "changed": changed})

    a = {"shade": [stamp(5), '"dark"'], "\u00e9": [stamp(5), "1"]}
    b = {"shade": [stamp(6, 0, B), "[1,2]"], "e\u0301": [stamp(5), "2"]}
    case("registers of an unknown type join by the same rule; names are compared by bytes", a, b, {**a, **b}, True)
    tens = {"count": [stamp(5), "9"]}, {"count": [stamp(5), "10"]}
    case("equal stamps: 9 is greater than 10, for bytes are compared", *tens, tens[0], False)
    objects = {"x": [stamp(5), '{"a":1}']}, {"x": [stamp(5), '{"a":1,"b":2}']}
    case("equal stamps: a comma is less than a closing brace", *objects, objects[0], False)
    kinds = [("null", "n"), ("true", "t"), ("false", "f"), ('"s"', '"'), ("7", "7"), ("-7", "-"), ("[]", "["), ("{}", "{")]
    for one, other in itertools.combinations(kinds, 2):
        greater = max(one, other, key=lambda kind: kind[0].encode())[0]
        pair = {"x": [stamp(5), one[0]]}, {"x": [stamp(5), other[0]]}
        case(f"equal stamps: {one[0]} and {other[0]}", *pair, {"x": [stamp(5), greater]}, greater != one[0])
    registers = {f"at:{number:016x}": [stamp(number), "1"] for number in range(17)}
    halves = dict(list(registers.items())[:9]), dict(list(registers.items())[9:])
    case("the caps go by the name alone, in unknown types too", *halves, dict(list(registers.items())[1:]), True)
    like = {f"at:{number:016x}": [stamp(number + 1), "1"] for number in range(16)}
    case("a name that only looks alike is not capped", {**like, "att": [stamp(0), "1"]}, {"At:x": [stamp(0), "2"]}, {**like, "att": [stamp(0), "1"], "At:x": [stamp(0), "2"]}, True)
    case("life with another value is joined like any other", {"life": [stamp(5), '"dead"']}, {"life": [stamp(6, 0, B), '"asleep"']}, {"life": [stamp(6, 0, B), '"asleep"']}, True)
    generator = random.Random(7)
    for number in range(12):
        sides = []
        for _ in range(2):
            names = generator.sample(["a", "b", "tag:x", "tag:y", "at:" + A, "life", "\u65e5"], generator.randrange(1, 6))
            sides.append({n: [stamp(generator.randrange(3), generator.randrange(2), generator.choice([A, B])), str(generator.randrange(3))] for n in names})
        file.case(f"by chance {number + 1}", {"type": "highlight", "a": sides[0], "b": sides[1]})

    def line(name, record, expect=None, **members):
        frame = {"record": {"type": "article", "id": ID, "number": 7, **record}, **members}
        file.case(f"line: {name}", {"line": offprint_json.encode(frame).decode()}, expect)

    values = {"byline": "B", "title": "T"}
    both = {"byline": [stamp(5), '"B"'], "title": [stamp(5), '"T"']}
    mixed = {"byline": [stamp(5), '"B"'], "title": [stamp(6, 0, B), '"T"']}
    line("stamp holds for all", {"stamp": stamp(5), "values": values}, {"registers": both})
    line("stamps alone", {"stamps": {"byline": stamp(5), "title": stamp(5)}, "values": values}, {"registers": both})
    line("stamps goes before stamp", {"stamp": stamp(5), "stamps": {"title": stamp(6, 0, B)}, "values": values}, {"registers": mixed})
    line("the other choice of stamp", {"stamp": stamp(6, 0, B), "stamps": {"byline": stamp(5)}, "values": values}, {"registers": mixed})
    line("a stamp nobody needs", {"stamp": stamp(9), "stamps": {"byline": stamp(5), "title": stamp(6, 0, B)}, "values": values}, {"registers": mixed})
    line("a stamp for a name that is not there is ignored: absent is not null", {"stamp": stamp(5), "stamps": {"note": stamp(9)}, "values": values}, {"registers": both})
    line("unknown members are ignored", {"stamp": stamp(5), "values": values, "weight": 3}, {"registers": both}, extra=[1])
    line("an unknown type", {"type": "highlight-2", "stamp": stamp(5), "values": {"shade": {"b": [1], "a": None}}}, {"registers": {"shade": [stamp(5), '{"a":null,"b":[1]}']}})
    for name, record in {
        "no stamp for one register": {"stamps": {"byline": stamp(5)}, "values": values},
        "a stamp of bad form": {"stamp": "yesterday", "values": values},
        "no values": {"stamp": stamp(5)},
        "empty values": {"stamp": stamp(5), "values": {}},
        "values that are a list": {"stamp": stamp(5), "values": []},
        "an id in upper case": {"id": ID.upper(), "stamp": stamp(5), "values": values},
        "an id of 31 digits": {"id": ID[1:], "stamp": stamp(5), "values": values},
        "a type that begins with a digit": {"type": "2nd", "stamp": stamp(5), "values": values},
        "a type with a capital": {"type": "Article", "stamp": stamp(5), "values": values},
        "a type of 33 letters": {"type": "a" * 33, "stamp": stamp(5), "values": values},
        "a register name with a control character": {"stamp": stamp(5), "values": {"ti\u0007tle": 1}},
        "a register name with U+0085": {"stamp": stamp(5), "values": {"ti\u0085tle": 1}},
        "an empty register name": {"stamp": stamp(5), "values": {"": 1}},
        "a register name of 513 bytes": {"stamp": stamp(5), "values": {"\u00e9" * 256 + "x": 1}},
    }.items():
        line(f"refused: {name}", record, {"error": "invalid"})
    line("a register name of 512 bytes", {"stamp": stamp(5), "values": {"\u00e9" * 256: 1}})
    line("a type of 32 letters", {"type": "a" * 32, "stamp": stamp(5), "values": values}, {"registers": both})
    return file


def _shown(given):
    return shown_progress(registers_of(given["registers"]))


def _progress_shown():
    about = (
        "What is shown of a progress record: registers by name as [stamp, canonical value] -> the replica whose position is "
        "shown (null: none), its round, fraction and finished, the state, and the candidates: all positions not superseded."
    )
    file = VectorFile("progress-shown", about, ["PROG-1", "PROG-3", "PROG-4", "PROG-5", "PROG-6", "LIFE-1"], _shown)

    def case(name, registers, replica, fraction, state_name="reading", round=1, finished=False, candidates=None):
        expect = {"replica": replica, "round": round, "fraction": fraction, "finished": finished, "state": state_name}
        expect["candidates"] = candidates if candidates is not None else ([replica] if replica else [])
        file.case(name, {"registers": registers}, expect)

    def s(replica, at):
        return {replica: stamp(at, 0, replica)}

    case("nothing", {}, None, 0, "unread")
    case("no position, only life", state(life=(stamp(5), "live")), None, 0, "unread")
    one = entry(A, 10, 300_000)
    case("one position", one, A, 300_000)
    case("a position at the very beginning", entry(A, 10, 0), A, 0, "unread")
    case("finished is what the writer says", entry(A, 10, 940_000, finished=True), A, 940_000, "finished", finished=True)
    case("1,000,000 alone is not finished", entry(A, 10, 1_000_000), A, 1_000_000)
    case("two that did not know of each other: the furthest", {**one, **entry(B, 20, 200_000)}, A, 300_000, candidates=[A, B])
    case("equally far: the later stamp", {**one, **entry(B, 20, 300_000)}, B, 300_000, candidates=[A, B])
    case("whoever had seen the other wins, backwards too", {**one, **entry(B, 20, 50_000, seen=s(A, 10))}, B, 50_000)
    case("seen an older one: not superseded", {**entry(A, 11, 300_000), **entry(B, 20, 50_000, seen=s(A, 10))}, A, 300_000, candidates=[A, B])
    case("seen a later one than is here: superseded", {**entry(A, 9, 300_000), **entry(B, 20, 50_000, seen=s(A, 10))}, B, 50_000)
    three = {**entry(A, 10, 800_000), **entry(B, 20, 200_000), **entry(C, 30, 300_000, seen=s(B, 20))}
    case("three devices: C saw B only, so A's further position stays in sight", three, A, 800_000, candidates=[A, C])
    case("three devices: C saw both", {**entry(A, 10, 800_000), **entry(B, 20, 200_000), **entry(C, 30, 300_000, seen={**s(A, 10), **s(B, 20)})}, C, 300_000)
    chain = {**entry(A, 10, 800_000), **entry(B, 20, 500_000, seen=s(A, 10)), **entry(C, 30, 100_000, seen=s(B, 20))}
    case("a superseded position still supersedes", chain, C, 100_000)
    new = {**entry(A, 10, 800_000), **entry(D, 40, 100_000, seen=s(A, 10))}
    case("a device with a new replica id has seen its old self", new, D, 100_000)
    case("its own name in seen supersedes nothing of its own", entry(A, 10, 300_000, seen=s(A, 10)), A, 300_000)
    case("the greatest round counts alone", {**entry(A, 10, 900_000), **entry(B, 5, 0, round=2)}, B, 0, "unread", round=2)
    case("two in the new round", {**entry(A, 10, 900_000), **entry(B, 5, 10_000, round=2), **entry(C, 6, 20_000, round=2)}, C, 20_000, round=2, candidates=[B, C])
    case("a position of an older round supersedes nothing in the new one", {**entry(A, 50, 900_000, seen=s(B, 40)), **entry(B, 40, 10_000, round=2)}, B, 10_000, round=2)
    case("finished and read again without a new round stays in its round", {**entry(A, 10, 1_000_000, finished=True), **entry(B, 20, 200_000, seen=s(A, 10))}, B, 200_000)
    case("hostile: each says it has seen the other", {**entry(A, 10, 100_000, seen=s(B, 99)), **entry(B, 20, 200_000, seen=s(A, 99))}, B, 200_000, candidates=[A, B])
    ring = {**entry(A, 10, 100_000, seen=s(B, 99)), **entry(B, 20, 200_000, seen=s(C, 99)), **entry(C, 30, 300_000, seen=s(A, 99))}
    case("hostile: a ring of three", ring, C, 300_000, candidates=[A, B, C])
    case("hostile: two in a ring, a third apart", {**entry(A, 10, 900_000, seen=s(B, 99)), **entry(B, 20, 800_000, seen=s(A, 99)), **entry(C, 30, 100_000)}, C, 100_000)
    case("hostile: seen names a replica that is not here", entry(A, 10, 100_000, seen=s(D, 2**46)), A, 100_000)
    tied = {f"at:{A}": [stamp(5, 0, C), text(position(7))], f"at:{B}": [stamp(5, 0, C), text(position(7))]}
    case("hostile: one stamp in two positions: the greater name", tied, B, 7, candidates=[A, B])
    case("a position of bad form is passed over", {**one, f"at:{B}": [stamp(20, 0, B), text({"fraction": 900_000})]}, A, 300_000)
    case("a fraction beyond the whole is passed over", {**one, **entry(B, 20, 1_000_001)}, A, 300_000)
    case("a register of an unknown name is passed over", {**one, "pace": [stamp(9), "250"], "at:tablet": [stamp(99), text(position(999_999))]}, A, 300_000)
    case("unknown members of a position are passed over", {f"at:{A}": [stamp(5), text({**position(7), "zoom": 2})]}, A, 7)
    case("a dead record shows nothing", {**one, **state(life=(stamp(50), "dead"))}, None, 0, "unread")
    case("a live record shows what it holds", {**one, **state(life=(stamp(50), "live"))}, A, 300_000)
    return file


def files():
    return [_article(), _progress(), _bookmark(), _unknown(), _progress_shown()]
