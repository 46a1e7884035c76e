"""The rules of the Offprint protocol a second time, in plain Python 3 and nothing but its standard library.

Written to be read beside the specification, not to be fast. Every vector in `../vectors` is made by these functions
(`make_vectors.py`), so a client in another language that passes the vectors agrees with this file. Times are integer
milliseconds, ids and hashes lower-case hex digits, values of registers canonical JSON as bytes.
"""

from offprint_address import article_id, normal_form
from offprint_body import block_texts, make, resolve
from offprint_json import Refused, check_canonical, encode, parse
from offprint_log import decode_cursor, encode_cursor, fate, owed, read_answer
from offprint_records import (
    Register,
    bucket,
    capped,
    digest,
    expand,
    is_live,
    join,
    shown_progress,
    state_hash,
)
from offprint_stamps import Stamp, age, fix, make_stamp, parse_stamp, server_now, successor
from offprint_values import LIMITS, RefusedRecord, check_pushed, check_value

__all__ = [
    "LIMITS", "Refused", "RefusedRecord", "Register", "Stamp", "age", "article_id", "block_texts", "bucket", "capped",
    "check_canonical", "check_pushed", "check_value", "decode_cursor", "digest", "encode", "encode_cursor", "expand",
    "fate", "fix", "is_live", "join", "make", "make_stamp", "normal_form", "owed", "parse", "parse_stamp",
    "read_answer", "resolve", "server_now", "shown_progress", "state_hash", "successor",
]  # fmt: skip
