"""Cursors with their fates, and answers as a client reads them."""

import base64
import hashlib

import offprint_json
from cases import VectorFile
from cases.merges import ID, OTHER, registers_of, state
from cases.stamps import A, B, stamp
from offprint_reference import decode_cursor, encode_cursor, fate, owed, read_answer, state_hash

ACCOUNT, STRANGER = "a0" * 16, "b0" * 16
LOGS = [f"{number:032x}" for number in range(0x10, 0x16)]
SAFE = 2**53 - 1


def _cursor_answer(given):
    if given["op"] == "encode":
        return {"text": encode_cursor(given["account"], given["log"], given["number"], given["start"])}
    if given["op"] == "decode":
        return decode_cursor(given["text"])
    if given["op"] == "owed":
        return {"numbers": owed(given["cursor"], given["records"])}
    return fate(given["cursor"], given["server"])


def _parts(number, start=None, account=ACCOUNT, log=LOGS[2]):
    return {"account": account, "log": log, "number": number, "start": start}


def _cursors():
    file = VectorFile(
        "cursors",
        "op encode and decode: the text of a cursor (for servers; clients never read one). op fate: what becomes of a cursor "
        "at a server whose log stands so. op owed: which records (by number) a valid cursor still gets, in order.",
        ["CUR-1", "CUR-2", "CUR-3", "CUR-4", "CUR-5", "CUR-6", "CUR-7", "PULL-3"],
        _cursor_answer,
    )
    for name, parts in {
        "a finished one": _parts(7),
        "one in a first sync": _parts(7, 100),
        "at nothing": _parts(0, 0),
        "a start of zero is not none": _parts(5, 0),
        "the greatest number": _parts(SAFE, SAFE),
        "an account and a log of ones": _parts(1, None, "f" * 32, "f" * 32),
    }.items():
        file.case(f"encode: {name}", {"op": "encode", **parts})
        file.case(f"decode: {name}", {"op": "decode", "text": file.cases[-1]["expect"]["text"]}, parts)
    good = encode_cursor(**_parts(7))

    def forged(**changes):
        data = bytearray(base64.urlsafe_b64decode(good))
        for at, value in changes.items():
            data[int(at[1:])] = value
        data[50:] = hashlib.sha256(data[:50]).digest()[:4]
        return base64.urlsafe_b64encode(bytes(data)).decode()

    for name, text in {
        "empty": "",
        "a word": "cursor",
        "a character too few": good[:-1],
        "a character too many": good + "A",
        "padding": good + "==",
        "white space": good[:-1] + " ",
        "a line feed behind": good + "\n",
        "a plus sign": "+" + good[1:],
        "a byte changed": good[:20] + ("A" if good[20] != "A" else "B") + good[21:],
        "the checksum changed": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "version 2": forged(b0=2),
        "a number of 2^53": forged(b34=0x20, b40=0),
        "a number of 2^63": forged(b33=0x80),
        "a flag of 2": forged(b41=2),
        "a start without a flag": forged(b49=1),
        "a start of 2^53": forged(b41=1, b43=0x20),
        "letters beyond ASCII": "\u00e9" * 72,
        "very long": good * 20,
    }.items():
        file.case(f"decode: refused: {name}", {"op": "decode", "text": text}, {"error": "bad-request"})

    server = {"account": ACCOUNT, "log": LOGS[2], "head": 100, "floor": 40}
    server["ancestry"] = [{"log": LOGS[0], "head": 50}, {"log": LOGS[1], "head": 80}]

    def fated(name, cursor, expect, **changes):
        file.case(f"fate: {name}", {"op": "fate", "cursor": cursor, "server": {**server, **changes}}, expect)

    def forked(h, number):
        return {"fate": "log-forked", "h": h, "number": number, "cursor": encode_cursor(ACCOUNT, LOGS[2], number)}

    fated("at the head", _parts(100), {"fate": "valid", "number": 100})
    fated("behind", _parts(60), {"fate": "valid", "number": 60})
    fated("at the floor", _parts(40), {"fate": "valid", "number": 40})
    fated("one below the floor", _parts(39), {"fate": "cursor-expired"})
    fated("nothing was ever purged", _parts(0), {"fate": "valid", "number": 0}, floor=0)
    fated("a first sync below the floor that began at it", _parts(3, 40), {"fate": "valid", "number": 3})
    fated("a first sync that began below the floor", _parts(3, 39), {"fate": "cursor-expired"})
    fated("a first sync that has come past its start", _parts(60, 50), {"fate": "valid", "number": 60})
    fated("a first sync past the floor though it began below", _parts(60, 30), {"fate": "valid", "number": 60})
    fated("above the head: a database put back by hand", _parts(170), {"fate": "valid", "number": 100})
    fated("another account", _parts(60, None, STRANGER), {"fate": "wrong-account"})
    fated("another account and another log", _parts(60, None, STRANGER, LOGS[5]), {"fate": "wrong-account"})
    fated("another account below the floor", _parts(1, None, STRANGER), {"fate": "wrong-account"})
    fated("an unknown log", _parts(60, None, ACCOUNT, LOGS[5]), {"fate": "log-unknown"})
    fated("an unknown log below the floor", _parts(1, None, ACCOUNT, LOGS[5]), {"fate": "log-unknown"})
    fated("the log before this one, beyond the fork", _parts(95, None, ACCOUNT, LOGS[1]), forked(80, 80))
    fated("the log before this one, before the fork", _parts(60, None, ACCOUNT, LOGS[1]), forked(80, 60))
    fated("the log before this one, at the fork", _parts(80, None, ACCOUNT, LOGS[1]), forked(80, 80))
    fated("two logs back: the least head from there on", _parts(70, None, ACCOUNT, LOGS[0]), forked(50, 50))
    fated("two logs back, the later fork is the lower one", _parts(70, None, ACCOUNT, LOGS[0]), forked(30, 30), ancestry=[{"log": LOGS[0], "head": 50}, {"log": LOGS[1], "head": 30}])
    fated("one log back, an earlier fork does not count", _parts(70, None, ACCOUNT, LOGS[1]), forked(60, 60), ancestry=[{"log": LOGS[0], "head": 20}, {"log": LOGS[1], "head": 60}])
    fated("forked goes before expired: the floor is looked at with the next cursor", _parts(10, None, ACCOUNT, LOGS[1]), forked(80, 10))
    fated("a forked first sync: the next cursor has no start, and the client reads all again", _parts(10, 90, ACCOUNT, LOGS[1]), forked(80, 10))
    fated("no ancestry", _parts(60, None, ACCOUNT, LOGS[1]), {"fate": "log-unknown"}, ancestry=[])

    records = [{"number": n, "live": n not in (3, 6, 9)} for n in (9, 3, 5, 6, 8)]

    def owes(name, number, start, expect):
        given = {"op": "owed", "cursor": _parts(number, start), "records": records}
        file.case(f"owed: {name}", given, {"numbers": expect})

    owes("everything above, tombstones too", 4, None, [5, 6, 8, 9])
    owes("a first sync is spared the tombstones up to its start", 0, 6, [5, 8, 9])
    owes("a first sync gets the tombstones made after it began", 0, 5, [5, 6, 8, 9])
    owes("a first sync past its start", 7, 6, [8, 9])
    owes("a finished cursor at nothing gets every tombstone", 0, None, [3, 5, 6, 8, 9])
    owes("at the head nothing", 9, None, [])
    owes("above the head nothing", 99, None, [])
    return file


def _frame_answer(given):
    pushed = [(sent["type"], sent["id"], sent["hash"], sent["live"]) for sent in given.get("pushed", [])]
    return read_answer(given["body"].encode(), pushed)


def _frames():
    file = VectorFile(
        "frames",
        "An answer of /v1/sync or /v1/changes as it arrived (body) and what was pushed, in order -> what a client takes from "
        "it: moved (cursor and digest count), the records to join as [type, id, number], confirmed ([hash, live, number] by "
        "TYPE:ID; results before records), refused (slug by TYPE:ID), and how many lines were passed over.",
        ["PULL-1", "PULL-4", "PULL-5", "PULL-6", "PUSH-4", "GEN-8", "REFUSE-1", "REFUSE-2"],
        _frame_answer,
    )
    state_a = state(life=(stamp(5), "live"), title=(stamp(6), "Boats"))
    state_b = state(life=(stamp(7, 0, B), "dead"))
    hash_a = state_hash("article", ID, registers_of(state_a))
    hash_b = state_hash("bookmark", OTHER, registers_of(state_b))
    sent_a = {"type": "article", "id": ID, "hash": hash_a, "live": True}
    sent_b = {"type": "bookmark", "id": OTHER, "hash": hash_b, "live": False}

    def line(**frame):
        return offprint_json.encode(frame).decode() + "\n"

    record_a = {"type": "article", "id": ID, "number": 12, "stamp": stamp(6), "stamps": {"life": stamp(5)}, "values": {"life": "live", "title": "Boats"}}
    record_b = {"type": "bookmark", "id": OTHER, "number": 13, "stamp": stamp(7, 0, B), "values": {"life": "dead"}}
    end = {"cursor": "next", "number": 13, "more": False, "count": 1, "digest": hash_a}
    more = {"cursor": "next", "number": 13, "more": True}
    page = line(record=record_a) + line(record=record_b)
    stored_a = {"type": "article", "id": ID, "status": "stored", "hash": hash_a, "number": 12}
    key_a, key_b = f"article:{ID}", f"bookmark:{OTHER}"
    both = {key_a: [hash_a, True, 12], key_b: [hash_b, False, 13]}

    def case(name, body, pushed=(), **expect):
        given = {"body": body, **({"pushed": list(pushed)} if pushed else {})}
        computed = _frame_answer(given)
        for key, value in expect.items():
            if computed[key] != value:
                raise SystemExit(f"frames, {name}: {key} is {computed[key]}, not {value}")
        file.case(name, given)

    case("a whole page at the head", page + line(end=end), moved=True, cursor="next", digest=hash_a, confirmed=both)
    case("a whole page with more behind it", page + line(end=more), moved=True, more=True, digest=None, confirmed=both)
    case("an idle answer", line(end=end), moved=True, records=[])
    case("the last line missing: the rows may be joined, nothing moves", page, moved=False, cursor=None, confirmed=both)
    case("nothing at all", "", moved=False)
    case("cut off inside the last line", page + line(end=end)[:-9], moved=False, cursor=None)
    case("cut off inside a record", line(record=record_a) + line(record=record_b)[:40], moved=False, records=[["article", ID, 12]])
    case("the last line feed missing", (page + line(end=end))[:-1], moved=True, confirmed=both)
    case("empty lines", "\n" + line(record=record_a) + "\n\n" + line(end=end) + "\n", moved=True, passedOver=0)
    case("white space around a line", "  " + line(record=record_a)[:-1] + " \r\n" + line(end=end), moved=True)
    case("a line behind the last one", page + line(end=end) + line(record=record_a), moved=False, cursor=None)
    case("two last lines", page + line(end=end) + line(end=more), moved=False)
    case("no count at the head", page + line(end={**end, "count": None}), moved=False)
    case("no digest at the head", page + line(end={k: v for k, v in end.items() if k != "digest"}), moved=False)
    case("a digest of bad form", line(end={**end, "digest": "12"}), moved=False)
    case("a digest while there is more does not count", page + line(end={**more, "count": 1, "digest": hash_a}), moved=True, digest=None)
    case("more is missing", line(end={"cursor": "next", "number": 13}), moved=False)
    case("a cursor that is no text", line(end={**end, "cursor": 5}), moved=False)
    case("a number below zero", line(end={**end, "number": -1}), moved=False)
    case("a line of an unknown kind is passed over", line(hint={"head": 9}) + page + line(end=end), moved=True, passedOver=1, confirmed=both)
    case("unknown members are ignored", line(record={**record_a, "weight": [1]}) + line(end={**end, "next": None}), moved=True, passedOver=0)
    case("a line that is no JSON", line(record=record_a) + "<html>\n" + line(end=end), moved=False)
    case("a line that is no object", "[]\n" + line(end=end), moved=False)
    case("a member twice in a line", '{"record":{},"record":{}}\n' + line(end=end), moved=False)
    case("a captive portal", "<!doctype html><title>Sign in to the hotel</title>", moved=False, records=[])
    case("a record that cannot be read is passed over, the page counts", line(record={**record_a, "id": "x"}) + line(record=record_b) + line(end=end), moved=True, passedOver=1, confirmed={key_b: both[key_b]})
    case("a record without a number is passed over", line(record={k: v for k, v in record_a.items() if k != "number"}) + line(end=end), moved=True, passedOver=1)
    case("an unknown type is kept", line(record={**record_a, "type": "highlight"}) + line(end=end), moved=True, records=[["highlight", ID, 12]])
    case("the same record twice: the later confirms", line(record=record_a) + line(record={**record_a, "number": 14, "values": {"life": "dead", "title": "Boats"}}) + line(end=end), moved=True)
    case("stored as sent", line(result=stored_a) + line(end=end), [sent_a], confirmed={key_a: [hash_a, True, 12]})
    case("stored, but the state is another: it comes along", line(result={**stored_a, "hash": hash_b, "number": 14, "record": {**record_a, "number": 14, "values": {"life": "dead", "title": "Boats"}}}) + line(end=end), [sent_a], confirmed={key_a: [hash_b, False, 14]})
    case("results count although the last line is missing", line(result=stored_a), [sent_a], moved=False, confirmed={key_a: [hash_a, True, 12]})
    case("results before records: the page's later number stays", line(result=stored_a) + line(record={**record_a, "number": 15}) + line(end=end), [sent_a], confirmed={key_a: [hash_a, True, 15]})
    refused = {"type": "article", "id": ID, "status": "refused", "problem": {"slug": "invalid", "field": "title", "limit": 1024, "detail": "longer than allowed"}}
    case("refused", line(result=refused) + line(end=end), [sent_a], refused={key_a: "invalid"}, confirmed={}, moved=True)
    case("one refused, the other stored", line(result=refused) + line(result={**stored_a, "type": "bookmark", "id": OTHER, "hash": hash_b}) + line(end=end), [sent_a, sent_b], refused={key_a: "invalid"}, confirmed={key_b: [hash_b, False, 12]})
    case("refused without a reason counts as invalid", line(result={**refused, "problem": None}) + line(end=end), [sent_a], refused={key_a: "invalid"})
    case("a slug that is not known is kept as it is", line(result={**refused, "problem": {"slug": "too-green", "detail": "?"}}) + line(end=end), [sent_a], refused={key_a: "too-green"})
    case("the same record pushed twice: the later result counts", line(result=stored_a) + line(result={**stored_a, "number": 13}) + line(end=end), [sent_a, sent_a], confirmed={key_a: [hash_a, True, 13]})
    case("a record pushed twice, refused and then stored", line(result=refused) + line(result=stored_a) + line(end=end), [sent_a, sent_a], refused={}, confirmed={key_a: [hash_a, True, 12]})
    case("a result for nothing that was sent is passed over", line(result=stored_a) + line(end=end), [sent_b], passedOver=1, confirmed={})
    case("a result without a hash is passed over: that record stays unsettled", line(result={k: v for k, v in stored_a.items() if k != "hash"}) + line(end=end), [sent_a], passedOver=1, confirmed={}, moved=True)
    case("a result of an unknown status is passed over", line(result={**stored_a, "status": "queued"}) + line(end=end), [sent_a], passedOver=1, confirmed={})
    case("fewer results than records: the rest stays unsettled", line(result=stored_a) + line(end=end), [sent_a, sent_b], confirmed={key_a: [hash_a, True, 12]})
    return file


def files():
    return [_cursors(), _frames()]
