"""State hashes, buckets and digests."""

from cases import VectorFile
from cases.merges import ID, OTHER, entry, registers_of, state
from cases.stamps import A, B, NOW, stamp
from offprint_reference import bucket, digest, is_live, state_hash


def _answer(given):
    if "records" in given:
        records = [(r["type"], r["id"], registers_of(r["registers"])) for r in given["records"]]
        count, total, buckets = digest(records)
        held = {str(index): list(pair) for index, pair in enumerate(buckets) if pair[0]}
        return {"count": count, "digest": total, "buckets": held}
    registers = registers_of(given["registers"])
    return {
        "hash": state_hash(given["type"], given["id"], registers),
        "bucket": bucket(given["type"], given["id"]),
        "live": is_live(registers),
    }


def files():
    file = VectorFile(
        "hashes",
        "One record -> state hash, bucket, live. Several records -> the digest: count and sum of the live ones, and the "
        "buckets that hold any as [count, sum].",
        ["HASH-1", "HASH-2", "LIFE-1", "DIG-1", "DIG-2"],
        _answer,
    )
    plain = state(life=(stamp(NOW), "live"), saved=(stamp(NOW), NOW), url=(stamp(NOW), "http://example.org/"))
    titled = {**plain, **state(title=(stamp(NOW + 5, 0, B), "Paper boats"))}
    records = {
        "an article": ("article", ID, plain),
        "a register more": ("article", ID, titled),
        "another stamp, the same value": ("article", ID, {**plain, **state(life=(stamp(NOW, 2), "live"))}),
        "another id": ("article", OTHER, plain),
        "another type": ("bookmark", ID, plain),
        "a tombstone": ("article", ID, {**plain, **state(life=(stamp(NOW + 9), "dead"))}),
        "no life: live": ("progress", ID, entry(A, NOW, 250_000)),
        "a life of another value: live": ("highlight", ID, {"life": [stamp(NOW), '"asleep"']}),
        "one register": ("article", "0" * 32, state(archived=(stamp(0, 0, "0" * 16), True))),
        "text beyond ASCII": ("bookmark", OTHER, state(note=(stamp(NOW), "\u65e5\u672c \U0001f4d6 e\u0301"))),
        "names sort by bytes, not by letters": ("article", ID, {"b": [stamp(1), "1"], "B": [stamp(1), "2"], "\u00e9": [stamp(1), "3"], "z": [stamp(1), "4"]}),
        "names beyond the first plane sort behind all others by bytes": ("article", ID, {"\uffee": [stamp(1), "1"], "\U0001f4d6": [stamp(1), "2"]}),
        "an unknown register with structure": ("article", ID, {"x": [stamp(1), '{"a":[1,{"b":null}],"c":"\\u0001"}']}),
        "a name that is the beginning of another": ("article", ID, {"tag:a": [stamp(1), "true"], "tag:ab": [stamp(1), "true"]}),
        "lengths keep fields apart": ("article", ID, {"ab": [stamp(1), "1"]}),
        "lengths keep fields apart, the other way": ("article", ID, {"a": [stamp(1), "1"]}),
    }
    for name, (type_name, record_id, registers) in records.items():
        file.case(name, {"type": type_name, "id": record_id, "registers": registers})
    hashes = [case["expect"]["hash"] for case in file.cases]
    assert len(set(hashes)) == len(hashes)

    def several(name, *names):
        chosen = [dict(zip(("type", "id", "registers"), records[each])) for each in names]
        file.case(f"digest: {name}", {"records": chosen})

    several("nothing")
    several("one record", "an article")
    several("a tombstone does not count", "a tombstone", "another id")
    several("several", "an article", "another id", "another type", "no life: live", "one register")
    several("the order does not matter", "one register", "no life: live", "another type", "another id", "an article")
    assert file.cases[-1]["expect"] == file.cases[-2]["expect"]
    many = [dict(zip(("type", "id", "registers"), ("article", f"{number:032x}", plain))) for number in range(600)]
    count, total, _ = digest([(r["type"], r["id"], registers_of(r["registers"])) for r in many])
    few = many[:40]
    file.case("digest: the sum wraps at 2^64", {"records": few})
    assert sum(int(state_hash(r["type"], r["id"], registers_of(r["registers"])), 16) for r in few) >= 2**64
    assert count == 600 and total
    return [file]
