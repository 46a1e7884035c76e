"""Normal form of a web address and the article id made of it (Protocol/records.md, URL-1 to URL-9).

Works on bytes and syntax alone: no network, no table of public suffixes, no IDNA, so that it can stay as it is for ever.
"""

import hashlib
import re

from offprint_json import Refused

TRACKING_NAMES = {b"fbclid", b"gclid", b"dclid", b"msclkid", b"mc_cid", b"mc_eid", b"igshid"}
TRACKING_PREFIX = b"utm_"
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
HEX = frozenset(b"0123456789abcdefABCDEF")
# Printable ASCII that RFC 3986 allows nowhere in an address; written bare or escaped, it means the same (URL-5).
NEVER_BARE = frozenset(b'"<>^`{|}')
HOST_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-._")
DEFAULT_PORT = {b"http": 80, b"https": 443}


def _lower(data):
    """ASCII lower case; other bytes stay."""
    return bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in data)


def normalise_escapes(data):
    """Every byte in its one way of writing (URL-5)."""
    out = bytearray()
    i = 0
    while i < len(data):
        byte = data[i]
        step = 1
        if byte == 0x25:
            if i + 2 < len(data) and data[i + 1] in HEX and data[i + 2] in HEX:
                byte = int(data[i + 1 : i + 3], 16)
                step = 3
                bare = byte in UNRESERVED
            else:
                bare = False  # a percent sign that starts no escape means itself: %25
        else:
            bare = byte < 0x80 and byte not in NEVER_BARE
        if bare:
            out.append(byte)
        else:
            out += b"%%%02X" % byte
        i += step
    return bytes(out)


def remove_dot_segments(path):
    """RFC 3986, 5.2.4, for a path that begins with a slash (URL-6)."""
    out = []
    segments = path.split(b"/")[1:]
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == b".":
            if last:
                out.append(b"")
        elif segment == b"..":
            if out:
                out.pop()
            if last:
                out.append(b"")
        else:
            out.append(segment)
    return b"/" + b"/".join(out)


def _host(text):
    """The host and what follows it (a port with its colon, or nothing) (URL-3)."""
    if text.startswith(b"["):
        end = text.find(b"]")
        inside = _lower(text[1:end]) if end > 0 else b""
        if not inside or not set(inside) <= set(b"0123456789abcdef:."):
            raise Refused("invalid", "not an IPv6 address in brackets")
        return b"[" + inside + b"]", text[end + 1 :]
    name, colon, port = text.partition(b":")
    name = _lower(name)
    if name.endswith(b"."):
        name = name[:-1]
    if not name or name.endswith(b"."):
        raise Refused("invalid", "an empty host")
    if any(byte < 0x80 and byte not in HOST_BYTES for byte in name):
        raise Refused("invalid", "a character that no host has")
    return name, colon + port


def _port(text, scheme):
    """`:NUMBER` or nothing (URL-4)."""
    if text in (b"", b":"):
        return b""
    if not re.fullmatch(rb":[0-9]{1,5}", text) or not 1 <= int(text[1:]) <= 65535:
        raise Refused("invalid", "no such port")
    number = int(text[1:])
    return b"" if number == DEFAULT_PORT[scheme] else b":%d" % number


def _is_tracking(parameter):
    name = parameter.split(b"=", 1)[0]
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIX)


def normal_form(url):
    """The normal form of an address given as text, as bytes; Refused("invalid") where it has none (URL-1, URL-2).

    Parameters that only follow people are left out (URL-7), fragments too unless they are addresses (URL-8).
    """
    data = url.encode("utf-8")
    if any(byte <= 0x20 or byte == 0x7F or byte == 0x5C for byte in data):
        raise Refused("invalid", "white space, a control character or a backslash")
    match = re.match(rb"(https?)://", _lower(data[:8]))
    if not match:
        raise Refused("invalid", "neither http:// nor https://")
    scheme = match.group(1)
    rest = data[match.end() :]
    authority = re.match(rb"[^/?#]*", rest).group()
    rest = rest[len(authority) :]
    if b"@" in authority:
        raise Refused("invalid", "a user name or password")
    host, port = _host(authority)
    head, hash_sign, fragment = rest.partition(b"#")
    path, _, query = head.partition(b"?")

    out = host + _port(port, scheme)
    out += remove_dot_segments(normalise_escapes(path or b"/"))
    parameters = normalise_escapes(query).split(b"&")
    query = b"&".join(parameter for parameter in parameters if not _is_tracking(parameter))
    if query:
        out += b"?" + query
    if fragment[:1] in (b"!", b"/"):
        out += b"#" + normalise_escapes(fragment)
    return out


def article_id(url):
    """128 bits as 32 hex digits (URL-9)."""
    return hashlib.sha256(b"offprint-url-1\n" + normal_form(url)).hexdigest()[:32]
