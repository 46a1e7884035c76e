"""What the description cannot say to schemathesis: values that only a server can give, lengths in bytes, integers, lines of JSON.

A request that is meant to be right gets a cursor of this server, a content that has its hash, and texts within their limits of
bytes, and every other sign-in succeeds; those meant to be wrong go out as they were made. Answers of lines are checked line by line.
"""

import hashlib
import json
import os
import pathlib

import jsonschema_rs
import requests
import schemathesis
from schemathesis import GenerationMode

URL = os.environ["OFFPRINT_TEST_URL"]
TOKEN = os.environ["OFFPRINT_TEST_TOKEN"]
SCHEMAS = pathlib.Path(os.environ["OFFPRINT_TEST_SCHEMAS"])
LINES = {"/v1/sync": "sync-answer-line.json", "/v1/changes": "sync-answer-line.json", "/v1/digest": "bucket-line.json"}

PASSWORD = os.environ["OFFPRINT_TEST_PASSWORD"]

counter = 0
stored = None


def cursor():
    answer = requests.get(f"{URL}/v1/changes?limit=1000", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    return json.loads(answer.text.splitlines()[-1])["end"]["cursor"]


def is_right(case):
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE


def whole(value):
    """Numbers such as 1.0, integers to a schema and none to the protocol (JSON-6), as integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


def cut(text, bytes_max):
    return text.encode("utf-8", "ignore")[:bytes_max].decode("utf-8", "ignore")


@schemathesis.hook
def before_call(context, case, kwargs):
    global counter, stored
    counter += 1
    if not is_right(case):
        return
    if isinstance(case.query, dict) and "since" in case.query:
        case.query["since"] = cursor()
    if case.path == "/v1/contents/{hash}" and case.method.upper() == "PUT" and case.path_parameters:
        body = case.body if isinstance(case.body, bytes) else str(case.body).encode()
        case.body = body
        stored = case.path_parameters["hash"] = hashlib.sha256(body).hexdigest()
    elif case.path == "/v1/contents/{hash}" and stored and counter % 2:
        case.path_parameters["hash"] = stored
    if not isinstance(case.body, dict):
        return
    body = {name: whole(value) for name, value in case.body.items()}
    if case.path == "/v1/sync":
        if isinstance(body.get("cursor"), str):
            body["cursor"] = cursor()
        if body.get("records"):
            body["n"] = counter
            body["replica"] = f"{counter:016x}"
    if case.path == "/v1/devices":
        for name, bytes_max in (("user", 64), ("password", 1024), ("device", 100), ("code", 64)):
            if isinstance(body.get(name), str):
                body[name] = cut(body[name], bytes_max)
        if counter % 2:
            body.pop("code", None)
            body["user"], body["password"] = "ana", PASSWORD
    case.body = body


def registry():
    resources = []
    for path in SCHEMAS.glob("*.json"):
        resources.append((f"https://schemas.invalid/{path.name}", json.loads(path.read_text())))
    return jsonschema_rs.Registry(resources)


REGISTRY = registry()
VALIDATORS = {
    name: jsonschema_rs.Draft202012Validator(
        {"$ref": f"https://schemas.invalid/{name}"}, registry=REGISTRY, base_uri="https://schemas.invalid/"
    )
    for name in set(LINES.values())
}


@schemathesis.check
def every_line_is_as_described(ctx, response, case):
    """Each line of an answer of lines fits its schema; the last is the end."""
    if not response.headers.get("content-type", [""])[0].startswith("application/x-ndjson"):
        return
    lines = response.content.split(b"\n")
    assert lines.pop() == b"", "the last line has no line feed"
    validator = VALIDATORS[LINES[case.path]]
    for line in lines:
        value = json.loads(line)
        errors = [error.message for error in validator.iter_errors(value)]
        assert not errors, f"{line[:200]}: {errors}"
    assert "end" in json.loads(lines[-1]), "the last line is no end"


@schemathesis.deserializer("application/x-ndjson")
def first_line(ctx, response):
    """One line stands for all in the description; the others are held against it above."""
    return json.loads(response.content.split(b"\n")[-2])
