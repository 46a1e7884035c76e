"""Records: wire form, join, life, hashes, shown progress (Protocol/records.md and merge.md)."""

import hashlib
import re
from typing import NamedTuple

import offprint_json
from offprint_json import Refused
from offprint_stamps import Stamp, parse_stamp

CAPS = {"at:": 16, "tag:": 256}
BUCKETS = 256
PROGRESS_FRACTION_MAX = 1_000_000


class Register(NamedTuple):
    """Compares as the join does: the greater stamp, of equal stamps the greater value by bytes (JOIN-1)."""

    stamp: Stamp
    value: bytes


def is_type(text):
    return isinstance(text, str) and re.fullmatch(r"[a-z][a-z0-9-]{0,31}", text) is not None


def is_id(text):
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{32}", text) is not None


def is_register_name(text):
    if not isinstance(text, str) or not 1 <= len(text.encode("utf-8")) <= 512:
        return False
    return not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in text)


def expand(record):
    """The registers of a record in wire form, each with its own stamp (REC-4): {name: Register}.

    `values` holds canonical JSON texts here, as a reader keeps them. Raises Refused("invalid", the field).
    """
    if not is_type(record.get("type")):
        raise Refused("invalid", "type")
    if not is_id(record.get("id")):
        raise Refused("invalid", "id")
    if not record.get("values"):
        raise Refused("invalid", "values")
    if record.get("stamp") is not None:
        try:
            parse_stamp(record["stamp"])
        except Refused:
            raise Refused("invalid", "stamp")
    registers = {}
    for name, value in record["values"].items():
        if not is_register_name(name):
            raise Refused("invalid", name[:100])
        stamp = record.get("stamps", {}).get(name, record.get("stamp"))
        try:
            registers[name] = Register(parse_stamp(stamp), value.encode("utf-8"))
            offprint_json.check_canonical(registers[name].value)
        except Refused:
            raise Refused("invalid", name)
    return capped(registers)


def join(one, other):
    """The join of two states of one record (JOIN-1 to JOIN-4)."""
    joined = dict(one)
    for name, register in other.items():
        if name not in joined or register > joined[name]:
            joined[name] = register
    return capped(joined)


def capped(registers):
    """Of each capped prefix, the registers with the greatest (stamp, name) (JOIN-3)."""
    kept = dict(registers)
    for prefix, most in CAPS.items():
        names = [name for name in kept if name.startswith(prefix)]
        names.sort(key=lambda name: (kept[name].stamp, name.encode("utf-8")), reverse=True)
        for name in names[most:]:
            del kept[name]
    return kept


def is_live(registers):
    """LIFE-1."""
    return "life" not in registers or registers["life"].value != b'"dead"'


def _framed(*fields):
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def state_hash(type_name, record_id, registers):
    """64 bits as 16 hex digits (HASH-1)."""
    fields = [type_name.encode(), record_id.encode()]
    for name in sorted(registers, key=lambda name: name.encode("utf-8")):
        fields += [name.encode("utf-8"), registers[name].stamp.text().encode(), registers[name].value]
    return hashlib.sha256(_framed(*fields)).hexdigest()[:16]


def bucket(type_name, record_id):
    """0 to 255 (HASH-2)."""
    return hashlib.sha256(_framed(type_name.encode(), record_id.encode())).digest()[0]


def digest(records):
    """Count and sum of the live ones of [(type, id, registers)], in all and by bucket (DIG-1, DIG-2)."""
    buckets = [[0, 0] for _ in range(BUCKETS)]
    for type_name, record_id, registers in records:
        if is_live(registers):
            held = buckets[bucket(type_name, record_id)]
            held[0] += 1
            held[1] = (held[1] + int(state_hash(type_name, record_id, registers), 16)) % 2**64
    count = sum(held[0] for held in buckets)
    total = sum(held[1] for held in buckets) % 2**64
    return count, f"{total:016x}", [(held[0], f"{held[1]:016x}") for held in buckets]


def shown_progress(registers):
    """What a reader shows of a `progress` record (PROG-3 to PROG-5).

    Returns {"replica", "round", "fraction", "finished", "state", "candidates"}; replica None if nothing is shown.
    """
    from offprint_values import is_position  # values know records; only this reading goes the other way

    nothing = {"replica": None, "round": 1, "fraction": 0, "finished": False, "state": "unread", "candidates": []}
    if not is_live(registers):
        return nothing
    entries = {}
    for name, register in registers.items():
        position = offprint_json.parse(register.value)
        if re.fullmatch(r"at:[0-9a-f]{16}", name) and is_position(position):
            entries[name[3:]] = (register.stamp, position)
    if not entries:
        return nothing
    greatest = max(position["round"] for _, position in entries.values())
    current = {r: e for r, e in entries.items() if e[1]["round"] == greatest}

    def superseded(replica):
        stamp = current[replica][0].text()
        others = (position for r, (_, position) in current.items() if r != replica)
        return any(position["seen"].get(replica, "") >= stamp for position in others)

    left = [replica for replica in current if not superseded(replica)] or list(current)
    replica = max(left, key=lambda r: (current[r][1]["fraction"], current[r][0], r))
    position = current[replica][1]
    if position["finished"]:
        state = "finished"
    else:
        state = "reading" if position["fraction"] > 0 else "unread"
    return {
        "replica": replica,
        "round": greatest,
        "fraction": position["fraction"],
        "finished": position["finished"],
        "state": state,
        "candidates": sorted(left),
    }
