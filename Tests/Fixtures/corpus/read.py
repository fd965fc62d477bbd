"""Reads texts with Python's own readers: a line of base64 in, a line of what was understood out."""

import base64
import json
import sys
from urllib.parse import parse_qsl, unquote, urlsplit


def shown(value):
    if value is None:
        return "n"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, float):
        return f"d{int(value) if value.is_integer() else value};"
    if isinstance(value, int):
        return f"d{value};"
    if isinstance(value, str):
        return f"s{base64.b64encode(value.encode()).decode()};"
    if isinstance(value, list):
        return "[" + "".join(map(shown, value)) + "]"
    return "{" + "".join(shown(k) + shown(v) for k, v in value.items()) + "}"


def target(text):
    parts = urlsplit("https://host" + text.decode("ascii"))
    if parts.netloc != "host" or parts.fragment:
        raise ValueError
    path = [unquote(s, errors="strict") for s in parts.path.split("/")]
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True, errors="strict")
    return [path, [list(pair) for pair in query]]


read = {"json": json.loads, "target": target}[sys.argv[1]]
for line in sys.stdin:
    try:
        print(shown(read(base64.b64decode(line))))
    except (ValueError, RecursionError, OverflowError):
        print("-")
