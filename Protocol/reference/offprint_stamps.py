"""Stamps, how a client fixes them, and its estimate of server time (Protocol/merge.md, STAMP and TIME)."""

import re
from typing import NamedTuple

from offprint_json import Refused

MILLISECONDS_END = 2**47
COUNTER_END = 2**32


class Stamp(NamedTuple):
    """Compares as the tuple does: milliseconds, then counter, then replica (STAMP-2)."""

    milliseconds: int
    counter: int
    replica: str

    def text(self):
        return f"{self.milliseconds:012x}-{self.counter:08x}-{self.replica}"


def is_replica(text):
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{16}", text) is not None


def parse_stamp(text):
    """STAMP-1. Raises Refused("invalid")."""
    match = isinstance(text, str) and re.fullmatch(r"([0-9a-f]{12})-([0-9a-f]{8})-([0-9a-f]{16})", text)
    if not match:
        raise Refused("invalid", "not 12-8-16 lower-case hex digits")
    return make_stamp(int(match[1], 16), int(match[2], 16), match[3])


def make_stamp(milliseconds, counter, replica):
    if not 0 <= milliseconds < MILLISECONDS_END:
        raise Refused("invalid", "milliseconds outside 0 to 2^47 - 1")
    if not 0 <= counter < COUNTER_END or not is_replica(replica):
        raise Refused("invalid", "counter or replica")
    return Stamp(milliseconds, counter, replica)


def successor(stamp, step, replica):
    """`step` counters later; the next millisecond where the counter is full (STAMP-6)."""
    if stamp.counter + step < COUNTER_END:
        return Stamp(stamp.milliseconds, stamp.counter + step, replica)
    if stamp.milliseconds + 1 >= MILLISECONDS_END:
        raise Refused("exhausted", "no stamp is greater")
    return Stamp(stamp.milliseconds + 1, 0, replica)


def _legal(milliseconds):
    """Server times are taken as at least 0 and as at most 2^47 - 2, so that contact + 1 is a legal stamp too."""
    return min(max(0, milliseconds), MILLISECONDS_END - 2)


def fix(server_now, age, contact, base, lowest, replica):
    """The stamp of an edit, and whether its milliseconds were taken from its base (STAMP-4, STAMP-5).

    server_now: the client's estimate of server time at this moment. age: how long ago the edit was made.
    contact: the greatest server time met before the edit ("c"). base: the stamp of the value the edit replaced, or None.
    """
    server_now = _legal(server_now)
    contact = min(_legal(contact), server_now)
    if lowest:
        candidate = Stamp(contact, 0, replica)
        if base is None:
            return candidate, False
        forced = successor(base, 1, replica)
        return (candidate, False) if candidate > forced else (forced, True)
    candidate = Stamp(max(server_now - max(0, age), contact + 1), 0, replica)
    if base is None or candidate.milliseconds > base.milliseconds:
        return candidate, False
    return successor(base, 2, replica), True


def age(edit, now):
    """How long ago an edit was made, in milliseconds; {wall, clock, boot} of the edit and of now (TIME-4)."""
    if edit["boot"] == now["boot"]:
        return max(0, now["clock"] - edit["clock"])
    return max(0, now["wall"] - edit["wall"])


def server_now(samples, now):
    """Server time now by the best sample of this boot, or None (TIME-2, TIME-3).

    A sample: {time: what the answer said, roundTrip, clock: boot clock at arrival, boot}.
    """
    best = None
    for sample in samples:
        if sample["boot"] != now["boot"]:
            continue
        elapsed = max(0, now["clock"] - sample["clock"])
        error = sample["roundTrip"] * 5000 + elapsed  # half the round trip + 100 ppm, in ten-thousandths of a millisecond
        if best is None or error <= best[0]:
            best = (error, sample["time"] + sample["roundTrip"] // 2 + elapsed)
    return None if best is None else best[1]
