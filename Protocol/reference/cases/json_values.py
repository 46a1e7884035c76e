"""Strict documents and canonical values."""

import offprint_json
from cases import VectorFile
from offprint_reference import Refused, check_canonical, encode, parse


def _answer(given):
    data = bytes.fromhex(given["hex"]) if "hex" in given else given["text"].encode()
    value = parse(data)
    try:
        check_canonical(data)
        return {"canonical": True}
    except Refused:
        try:
            return {"canonical": False, "form": encode(value).decode()}
        except Refused:
            return {"canonical": False}


def files():
    file = VectorFile(
        "canonical-json",
        "A JSON text (text, or hex for its bytes): canonical or not, form: the canonical form of the same value where there "
        "is one; error bad-json: no document of this protocol at all.",
        ["JSON-1", "JSON-2", "JSON-3", "JSON-4"],
        _answer,
    )

    def good(*texts):
        for text in texts:
            file.case(f"canonical: {text[:60]}", {"text": text}, {"canonical": True})

    good("null", "true", "false", "0", "-1", "9007199254740991", "-9007199254740991", '""', "[]", "{}", "[1,2]")
    good('"a/b"', r'"a\"b\\c"', r'"\b\t\n\f\r"', r'"\u0000\u0001\u001f"', '{"a":1,"b":[{"c":null}]}', '{"":0}')
    good('{"B":1,"a":2}', '{"a":1,"aa":2,"b":3}', "[[],{},\"\"]", "[" * 16 + "]" * 16)
    for name, text in {
        "letters beyond ASCII stand for themselves": '"\u00e9\u65e5\U0001f4d6"',
        "DEL and C1 controls stand for themselves": '"\u007f\u0080\u009f"',
        "a byte order mark inside a string": '"\ufeff"',
        "noncharacters": '"\uffff\U0010ffff"',
        "line separators": '"\u2028\u2029"',
        "names in the order of their UTF-8 bytes": '{"z":1,"\u00e9":2,"\uffee":3,"\U0001f4d6":4}',
        "composed and decomposed names are two": '{"e\u0301":1,"\u00e9":2}',
        "17 brackets in a string": '"[[[[[[[[[[[[[[[[["',
    }.items():
        file.case(f"canonical: {name}", {"text": text}, {"canonical": True})
    for name, text, form in [
        ("a space behind a comma", "[1, 2]", "[1,2]"),
        ("white space around", " \t\r\n1\n", "1"),
        ("white space in an empty list", "[ ]", "[]"),
        ("names out of order", '{"b":1,"a":2}', '{"a":2,"b":1}'),
        ("names in UTF-16 order", '{"\U0001f4d6":1,"\uffee":2}', '{"\uffee":2,"\U0001f4d6":1}'),
        ("a letter escaped", r'"\u0041"', '"A"'),
        ("a slash escaped", r'"a\/b"', '"a/b"'),
        ("a pair of surrogates escaped", r'"\ud83d\udcd6"', '"\U0001f4d6"'),
        ("upper-case digits in an escape", r'"\u001F"', r'"\u001f"'),
        ("a long escape where there is a short one", r'"\u000a"', r'"\n"'),
        ("DEL escaped", r'"\u007f"', '"\u007f"'),
        ("minus zero", "-0", "0"),
    ]:
        file.case(f"not canonical: {name}", {"text": text}, {"canonical": False, "form": form})
    for text in ("1.0", "1.5", "1e2", "1E+2", "-0.0", "9007199254740992", "-9007199254740992", "9223372036854775808", "1" * 400, '{"a":0.5}'):
        file.case(f"no value of this protocol: {text[:40]}", {"text": text}, {"canonical": False})
    bad_texts = {
        "nothing": "",
        "white space alone": "  ",
        "two documents": "1 2",
        "text behind": "{}x",
        "a comma too many in a list": "[1,]",
        "a comma too many in an object": '{"a":1,}',
        "a comma alone": "[,]",
        "a comment": "[1/*x*/]",
        "single quotes": "'a'",
        "a bare name": "{a:1}",
        "a name that is a number": "{1:1}",
        "NaN": "NaN",
        "Infinity": "-Infinity",
        "undefined": "undefined",
        "True": "True",
        "a zero in front": "01",
        "a plus sign": "+1",
        "a point in front": ".5",
        "a point behind": "1.",
        "an exponent without digits": "1e",
        "hexadecimal": "0x10",
        "a number out of all range": "1e400",
        "a minus alone": "-",
        "a string that does not end": '"a',
        "a list that does not end": "[1",
        "an object that does not end": '{"a":1',
        "the wrong bracket": "[1}",
        "a bare line feed in a string": '"a\nb"',
        "a bare TAB in a string": '"a\tb"',
        "a bare U+0000 in a string": '"a\u0000b"',
        "an unknown escape": r'"\x41"',
        "an escape of three digits": r'"\u041"',
        "an escape with a sign": r'"\u+041"',
        "a lone high surrogate": r'"\ud800"',
        "a lone low surrogate": r'"\udc00"',
        "surrogates in the wrong order": r'"\udc00\ud800"',
        "a high surrogate and a letter": r'"\ud800a"',
        "a lone surrogate in a name": r'{"\ud800":1}',
        "a member given twice": '{"n":1,"n":2}',
        "a member given twice, once escaped": r'{"a":1,"\u0061":2}',
        "a member given twice, deep inside": '{"a":[{"b":1,"b":1}]}',
        "a byte order mark in front": "\ufeff{}",
        "white space of another kind": "\u00a01",
        "a vertical tab": "\u000b1",
        "17 levels": "[" * 17 + "]" * 17,
        "17 levels of objects": '{"a":' * 17 + "1" + "}" * 17,
    }
    for name, text in bad_texts.items():
        file.case(f"refused: {name}", {"text": text}, {"error": "bad-json"})
    for name, data in {
        "an overlong slash": b'"\xc0\xaf"',
        "a lone continuation byte": b'"\x80"',
        "a sequence cut short": b'"\xe6\x97"',
        "surrogates in CESU-8": b'"\xed\xa0\xbd\xed\xb3\x96"',
        "beyond U+10FFFF": b'"\xf4\x90\x80\x80"',
        "UTF-16": '{"a":1}'.encode("utf-16-be"),
        "a byte order mark and nothing": b"\xef\xbb\xbf",
        "a byte that UTF-8 never has": b'{"a":\xff}',
    }.items():
        file.case(f"refused: {name}", {"hex": data.hex()}, {"error": "bad-json"})
    assert offprint_json.DEPTH_MAX == 16
    return [file]
