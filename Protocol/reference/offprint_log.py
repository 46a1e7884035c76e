"""Cursors, their fate, and the reading of answers (Protocol/sync.md, CUR and PULL)."""

import base64
import hashlib
import re

import offprint_json
from offprint_json import INTEGER_MAX, Refused
from offprint_records import expand, is_id, is_live, is_type, state_hash


def encode_cursor(account, log, number, start=None):
    """The text of a cursor as our server makes it (CUR-2); clients never read one."""
    data = b"\x01" + bytes.fromhex(account) + bytes.fromhex(log) + number.to_bytes(8, "big")
    data += (b"\x00" if start is None else b"\x01") + (start or 0).to_bytes(8, "big")
    data += hashlib.sha256(data).digest()[:4]
    return base64.urlsafe_b64encode(data).decode()  # 54 bytes: no padding


def decode_cursor(text):
    """{account, log, number, start}; Refused("bad-request") for any other text."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{72}", text):
        raise Refused("bad-request", "not 72 characters of base64url")
    data = base64.urlsafe_b64decode(text)
    number, flag, start = int.from_bytes(data[33:41], "big"), data[41], int.from_bytes(data[42:50], "big")
    if data[0] != 1 or data[50:] != hashlib.sha256(data[:50]).digest()[:4]:
        raise Refused("bad-request", "version or checksum")
    if number > INTEGER_MAX or start > INTEGER_MAX or flag > 1 or (flag == 0 and start != 0):
        raise Refused("bad-request", "number or start")
    return {
        "account": data[1:17].hex(),
        "log": data[17:33].hex(),
        "number": number,
        "start": start if flag else None,
    }


def fate(cursor, server):
    """What becomes of a decoded cursor (CUR-3 to CUR-6).

    server: {account, log, head, floor, ancestry: [{log, head}] oldest first}. Returns {"fate": ...} and what goes with it.
    """
    if cursor["account"] != server["account"]:
        return {"fate": "wrong-account"}
    if cursor["log"] != server["log"]:
        at = [index for index, fork in enumerate(server["ancestry"]) if fork["log"] == cursor["log"]]
        if not at:
            return {"fate": "log-unknown"}
        head = min(fork["head"] for fork in server["ancestry"][at[-1] :])
        number = min(cursor["number"], head)
        return {
            "fate": "log-forked",
            "h": head,
            "number": number,
            "cursor": encode_cursor(server["account"], server["log"], number),
        }
    if max(cursor["number"], cursor["start"] or 0) < server["floor"]:
        return {"fate": "cursor-expired"}
    return {"fate": "valid", "number": min(cursor["number"], server["head"])}


def owed(cursor, server_records):
    """The numbers of the records a valid cursor is still owed, in order (PULL-3).

    server_records: [{number, live}].
    """
    start = cursor["start"] or 0
    return sorted(
        record["number"]
        for record in server_records
        if record["number"] > cursor["number"] and (record["live"] or record["number"] > start)
    )


def _string_or_empty(value):
    return value if isinstance(value, str) else ""


def read_answer(body, pushed=()):
    """What a client takes from an answer of /v1/sync or /v1/changes (PULL-4 to PULL-6, PUSH-4).

    body: bytes. pushed: [(type, id, state hash as sent, live as sent)] in the order sent.
    Returns {"moved": whether cursor and digest count, "cursor", "number", "more", "count", "digest",
    "records": [[type, id, number]] in the order met, "confirmed": {TYPE:ID: [hash, live, number]},
    "refused": {TYPE:ID: slug}, "passedOver": lines that were not understood}.
    """
    answer = {
        "moved": False, "cursor": None, "number": None, "more": None, "count": None, "digest": None,
        "records": [], "confirmed": {}, "refused": {}, "passedOver": 0,
    }  # fmt: skip
    ended = False
    for line in body.split(b"\n"):
        if not line:
            continue
        try:
            frame = offprint_json.parse(line)
            if not isinstance(frame, dict) or ended:
                raise Refused("bad-json", "not an object, or a line behind the last one")
            if "end" in frame:
                _read_end(frame["end"], answer)
                ended = True
            elif "result" in frame:
                _read_result(frame["result"], pushed, answer)
            elif "record" in frame:
                _read_record(frame["record"], answer)
            else:
                answer["passedOver"] += 1
        except Refused as error:
            if error.reason == "invalid":
                answer["passedOver"] += 1
                continue
            answer.update(moved=False, cursor=None, number=None, more=None, count=None, digest=None)
            return answer
    return answer


def _read_end(end, answer):
    if not isinstance(end, dict):
        raise Refused("bad-json", "end")
    whole = (
        isinstance(end.get("cursor"), str)
        and _is_number(end.get("number"))
        and isinstance(end.get("more"), bool)
        and (end["more"] or (_is_number(end.get("count")) and _is_hash(end.get("digest"))))
    )
    if not whole:
        raise Refused("bad-json", "end")
    answer.update(moved=True, cursor=end["cursor"], number=end["number"], more=end["more"])
    if not end["more"]:
        answer.update(count=end["count"], digest=end["digest"])


def _is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_hash(value):
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{16}", value) is not None


def _wire(record):
    """A record with its values as canonical texts, as `expand` wants it. Raises Refused("invalid")."""
    if not isinstance(record, dict) or not isinstance(record.get("values"), dict):
        raise Refused("invalid", "record")
    if not isinstance(record.get("stamps", {}), dict):
        raise Refused("invalid", "stamps")
    try:
        values = {name: offprint_json.encode(value).decode() for name, value in record["values"].items()}
    except Refused:
        raise Refused("invalid", "values")
    return dict(record, values=values)


def _read_record(record, answer):
    wire = _wire(record)
    registers = expand(wire)
    if not _is_number(record.get("number")):
        raise Refused("invalid", "number")
    key = f"{wire['type']}:{wire['id']}"
    answer["records"].append([wire["type"], wire["id"], record["number"]])
    answer["confirmed"][key] = [state_hash(wire["type"], wire["id"], registers), is_live(registers), record["number"]]


def _read_result(result, pushed, answer):
    if not isinstance(result, dict) or not is_type(result.get("type")) or not is_id(result.get("id")):
        raise Refused("invalid", "result")
    key = f"{result['type']}:{result['id']}"
    sent = [(sent_hash, live) for type_name, record_id, sent_hash, live in pushed if f"{type_name}:{record_id}" == key]
    if not sent:
        raise Refused("invalid", "a result for nothing that was sent")
    if result.get("status") == "refused":
        problem = result.get("problem") if isinstance(result.get("problem"), dict) else {}
        answer["refused"][key] = _string_or_empty(problem.get("slug")) or "invalid"
        return
    if result.get("status") != "stored" or not _is_hash(result.get("hash")) or not _is_number(result.get("number")):
        raise Refused("invalid", "result")
    if "record" in result:
        wire = _wire(result["record"])
        live = is_live(expand(wire))
    else:
        live = next((live for sent_hash, live in sent if sent_hash == result["hash"]), sent[-1][1])
    answer["refused"].pop(key, None)
    answer["confirmed"][key] = [result["hash"], live, result["number"]]
