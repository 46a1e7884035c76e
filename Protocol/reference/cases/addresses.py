"""Addresses of pages: normal form and article id."""

from cases import VectorFile
from offprint_reference import article_id, normal_form

# Given, normal form.
GOOD = {
    "a plain address": [("http://example.org/a/b", "example.org/a/b")],
    "the scheme is left out": [
        ("https://example.org/a", "example.org/a"),
        ("HTTP://example.org/a", "example.org/a"),
        ("hTTpS://example.org/a", "example.org/a"),
    ],
    "host": [
        ("http://Example.ORG/A", "example.org/A"),
        ("http://example.org./a", "example.org/a"),
        ("http://www.example.org/", "www.example.org/"),
        ("http://localhost/x", "localhost/x"),
        ("http://a_b-c.example/x", "a_b-c.example/x"),
        ("http://.example.org/", ".example.org/"),
        ("http://a..b/", "a..b/"),
        ("http://192.0.2.7/x", "192.0.2.7/x"),
        ("http://0x7F.1/x", "0x7f.1/x"),
    ],
    "a host beyond ASCII is its UTF-8 bytes": [
        ("http://b\u00fccher.example/a", "b\u00fccher.example/a"),
        ("http://B\u00dcCHER.example/a", "b\u00dccher.example/a"),
        ("http://xn--bcher-kva.example/a", "xn--bcher-kva.example/a"),
        ("http://\u4f8b\u3048.\u30c6\u30b9\u30c8/", "\u4f8b\u3048.\u30c6\u30b9\u30c8/"),
        ("http://e\u0301.example/", "e\u0301.example/"),
        ("http://\u00e9.example/", "\u00e9.example/"),
    ],
    "an IPv6 address": [
        ("http://[2001:DB8::1]/x", "[2001:db8::1]/x"),
        ("https://[::1]:8443/x", "[::1]:8443/x"),
        ("http://[::ffff:192.0.2.7]:80/", "[::ffff:192.0.2.7]/"),
        ("http://[::1]", "[::1]/"),
    ],
    "port": [
        ("http://example.org:80/a", "example.org/a"),
        ("https://example.org:443/a", "example.org/a"),
        ("http://example.org:443/a", "example.org:443/a"),
        ("https://example.org:80/a", "example.org:80/a"),
        ("http://example.org:8080", "example.org:8080/"),
        ("http://example.org:/a", "example.org/a"),
        ("http://example.org:00080/a", "example.org/a"),
        ("http://example.org:08080/a", "example.org:8080/a"),
        ("http://example.org:1/", "example.org:1/"),
        ("http://example.org:65535/", "example.org:65535/"),
        ("http://example.org.:8080/", "example.org:8080/"),
    ],
    "an empty path is a slash": [
        ("http://example.org", "example.org/"),
        ("http://example.org?a=1", "example.org/?a=1"),
        ("http://example.org#x", "example.org/"),
        ("http://example.org#!x", "example.org/#!x"),
    ],
    "slashes": [
        ("http://example.org/a/", "example.org/a/"),
        ("http://example.org//a", "example.org//a"),
        ("http://example.org/a//b", "example.org/a//b"),
        ("http://example.org//", "example.org//"),
    ],
    "dot segments": [
        ("http://example.org/a/./b", "example.org/a/b"),
        ("http://example.org/a/../b", "example.org/b"),
        ("http://example.org/a/b/..", "example.org/a/"),
        ("http://example.org/a/b/.", "example.org/a/b/"),
        ("http://example.org/..", "example.org/"),
        ("http://example.org/../../a", "example.org/a"),
        ("http://example.org/a//../b", "example.org/a/b"),
        ("http://example.org/a/%2e%2E/b", "example.org/b"),
        ("http://example.org/a/.%2e/b", "example.org/b"),
        ("http://example.org/a/%2e/b", "example.org/a/b"),
        ("http://example.org/a/...", "example.org/a/..."),
        ("http://example.org/.a/b.", "example.org/.a/b."),
        ("http://example.org/a/%2F../b", "example.org/a/%2F../b"),
        ("http://example.org/a?b/../c", "example.org/a?b/../c"),
        ("http://example.org/./", "example.org/"),
    ],
    "escapes": [
        ("http://example.org/%7Efoo", "example.org/~foo"),
        ("http://example.org/%41%62%39%2D%2e%5F", "example.org/Ab9-._"),
        ("http://example.org/a%2fb%3a", "example.org/a%2Fb%3A"),
        ("http://example.org/%c3%a9", "example.org/%C3%A9"),
        ("http://example.org/\u00e9", "example.org/%C3%A9"),
        ("http://example.org/e\u0301", "example.org/e%CC%81"),
        ("http://example.org/\U0001f4d6?q=\u65e5", "example.org/%F0%9F%93%96?q=%E6%97%A5"),
        ("http://example.org/a%20b+c", "example.org/a%20b+c"),
        ("http://example.org/%ff%FE", "example.org/%FF%FE"),
        ("http://example.org/%00", "example.org/%00"),
        ("http://example.org/100%", "example.org/100%25"),
        ("http://example.org/100%25", "example.org/100%25"),
        ("http://example.org/%zz%1", "example.org/%25zz%251"),
        ("http://example.org/%%41", "example.org/%25A"),
        ("http://example.org/%2541", "example.org/%2541"),
        ("http://example.org/!$&'()*+,;=:@", "example.org/!$&'()*+,;=:@"),
        ("http://example.org/[a]", "example.org/[a]"),
    ],
    "characters that no address has bare": [
        ('http://example.org/"a"', "example.org/%22a%22"),
        ("http://example.org/%22a%22", "example.org/%22a%22"),
        ("http://example.org/<a>^`{b|c}", "example.org/%3Ca%3E%5E%60%7Bb%7Cc%7D"),
        ("http://example.org/?q={1}|\"2\"", "example.org/?q=%7B1%7D%7C%222%22"),
    ],
    "query": [
        ("http://example.org/a?", "example.org/a"),
        ("http://example.org/a?b=2&a=1", "example.org/a?b=2&a=1"),
        ("http://example.org/a?a=1&a=1", "example.org/a?a=1&a=1"),
        ("http://example.org/a?a=1&", "example.org/a?a=1&"),
        ("http://example.org/a?&&", "example.org/a?&&"),
        ("http://example.org/a?b?c", "example.org/a?b?c"),
        ("http://example.org/a?x=%7e%2f", "example.org/a?x=~%2F"),
        ("http://example.org/a?q=a+b", "example.org/a?q=a+b"),
        ("http://example.org/?a=1;utm_source=x", "example.org/?a=1;utm_source=x"),
    ],
    "tracking parameters": [
        ("http://example.org/a?utm_source=x", "example.org/a"),
        ("http://example.org/a?utm_source=x&b=1", "example.org/a?b=1"),
        ("http://example.org/a?b=1&utm_medium=x&c=2", "example.org/a?b=1&c=2"),
        ("http://example.org/a?utm_=x&utm_anything", "example.org/a"),
        ("http://example.org/a?fbclid=1&gclid=2&dclid=3&msclkid=4&mc_cid=5&mc_eid=6&igshid=7", "example.org/a"),
        ("http://example.org/a?fbclid", "example.org/a"),
        ("http://example.org/a?fbclid2=1", "example.org/a?fbclid2=1"),
        ("http://example.org/a?xfbclid=1", "example.org/a?xfbclid=1"),
        ("http://example.org/a?utm=1&utmsource=2", "example.org/a?utm=1&utmsource=2"),
        ("http://example.org/a?UTM_source=x&FBCLID=1", "example.org/a?UTM_source=x&FBCLID=1"),
        ("http://example.org/a?utm%5Fsource=x", "example.org/a"),
        ("http://example.org/a?%66bclid=x", "example.org/a"),
        ("http://example.org/a?a=utm_source=x", "example.org/a?a=utm_source=x"),
        ("http://example.org/a?utm_source=x&", "example.org/a"),
        ("http://example.org/a?&utm_source=x&", "example.org/a?&"),
        ("http://example.org/utm_source=x", "example.org/utm_source=x"),
    ],
    "fragment": [
        ("http://example.org/a#part", "example.org/a"),
        ("http://example.org/a#", "example.org/a"),
        ("http://example.org/a#!/b", "example.org/a#!/b"),
        ("http://example.org/a#/b/../c", "example.org/a#/b/../c"),
        ("http://example.org/a#!%7e\u00e9", "example.org/a#!~%C3%A9"),
        ("http://example.org/a#%21x", "example.org/a"),
        ("http://example.org/a#%2Fx", "example.org/a"),
        ("http://example.org/a#/b?utm_source=x", "example.org/a#/b?utm_source=x"),
        ("http://example.org/a?utm_source=x#!y", "example.org/a#!y"),
        ("http://example.org/a#/b#c", "example.org/a#/b#c"),
        ("http://example.org/a#?b", "example.org/a"),
    ],
}

BAD = {
    "empty": "",
    "a word": "example",
    "no scheme": "example.org/a",
    "no scheme but slashes": "//example.org/a",
    "javascript": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "data": "data:text/html,x",
    "ftp": "ftp://example.org/a",
    "mailto": "mailto:a@example.org",
    "another scheme that begins alike": "httpx://example.org/",
    "one slash": "http:/example.org/a",
    "no slash": "http:example.org",
    "backslashes for slashes": "http:\\\\example.org\\a",
    "a backslash in the host": "http://example.org\\@other.example/",
    "a backslash in the path": "http://example.org/a\\b",
    "a backslash in the query": "http://example.org/?a\\b",
    "an empty host": "http:///a",
    "nothing behind the slashes": "http://",
    "a host of one dot": "http://./a",
    "a host that ends in two dots": "http://example.org../a",
    "only a port": "http://:80/a",
    "a user name": "http://user@example.org/a",
    "a user name and password": "http://user:secret@example.org/a",
    "an empty user name": "http://@example.org/",
    "port 0": "http://example.org:0/",
    "port 65536": "http://example.org:65536/",
    "port 99999": "http://example.org:99999/",
    "a port of six digits": "http://example.org:000080/",
    "a port with a sign": "http://example.org:+80/",
    "a port that is a word": "http://example.org:http/",
    "two ports": "http://example.org:80:80/",
    "digits of another script for a port": "http://example.org:\u0668\u0660/",
    "an escape in the host": "http://ex%61mple.org/",
    "a space in the host": "http://exa mple.org/",
    "an asterisk in the host": "http://*.example.org/",
    "a comma in the host": "http://a,b/",
    "a space in the path": "http://example.org/a b",
    "a space in front": " http://example.org/",
    "a space behind": "http://example.org/ ",
    "a TAB": "http://example.org/a\tb",
    "a line feed": "http://example.org/a\nb",
    "a carriage return": "http://example.org/a\rb",
    "U+0000": "http://example.org/a\u0000b",
    "DEL": "http://example.org/a\u007fb",
    "a byte order mark in front": "\ufeffhttp://example.org/",
    "brackets around nothing": "http://[]/",
    "an open bracket": "http://[::1/",
    "a zone in brackets": "http://[fe80::1%25eth0]/",
    "a name in brackets": "http://[example]/",
    "text behind the brackets": "http://[::1]x/",
    "a port behind brackets that is none": "http://[::1]:x/",
    "a long s in the scheme": "http\u017f://example.org/",
}

# Pairs that must stay apart: too little is mended by `same`, too much never.
APART = [
    ("www", "http://www.example.org/", "http://example.org/"),
    ("a trailing slash", "http://example.org/a/", "http://example.org/a"),
    ("upper case in the path", "http://example.org/A", "http://example.org/a"),
    ("another order of parameters", "http://example.org/?a=1&b=2", "http://example.org/?b=2&a=1"),
    ("a plus and a space", "http://example.org/?q=a+b", "http://example.org/?q=a%20b"),
    ("an escaped slash", "http://example.org/a%2Fb", "http://example.org/a/b"),
    ("another port", "http://example.org:8080/", "http://example.org/"),
    ("composed and decomposed letters", "http://example.org/\u00e9", "http://example.org/e\u0301"),
    ("an international host and its ASCII form", "http://b\u00fccher.example/", "http://xn--bcher-kva.example/"),
]


def _answer(given):
    return {"normalForm": normal_form(given["url"]).decode("utf-8"), "id": article_id(given["url"])}


def files():
    file = VectorFile(
        "urls",
        "An address -> its normal form (without a scheme) and the id of an article saved under it; or no address of a page.",
        [f"URL-{number}" for number in range(1, 10)] + ["REC-11"],
        _answer,
    )
    for kind, pairs in GOOD.items():
        for number, (url, normal) in enumerate(pairs, 1):
            name = kind if len(pairs) == 1 else f"{kind} {number}"
            file.case(name, {"url": url}, {"normalForm": normal, "id": article_id(url)})
            # The normal form is its own normal form, under either scheme, unless it names the other's default port.
            if not normal.split("/")[0].endswith((":80", ":443")):
                assert normal_form("http://" + normal) == normal_form("https://" + normal) == normal.encode()
    for name, url in BAD.items():
        file.case(f"refused: {name}", {"url": url}, {"error": "invalid"})
    for name, one, other in APART:
        assert article_id(one) != article_id(other)
        file.case(f"apart: {name}, one", {"url": one})
        file.case(f"apart: {name}, other", {"url": other})
    return [file]
