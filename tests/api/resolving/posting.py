"""Posts of scans, ordinary ones and such as somebody broke, told by a seed."""

from dataclasses import dataclass, field, replace

import msgspec

from tests.fixtures.no_bodies import NO_BODIES
from wallet.resolving.words import PATH

_MEMBERS = {"purpose": "registration", "scene": "outpatient_registration"}
_METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post")
_PATHS = (PATH + "/", "/" + PATH, PATH.upper(), "/v1/resolved", "/v1/resolve/x", "/")
_QUERIES = (b"a=1", b"a=1&a=2", b"&", b"%ff")
_TYPES = (
    b"application/json; charset=utf-8",
    b"application/json;charset=UTF-8",
    b"Application/JSON",
    b"application/json; charset=latin-1",
    b"text/plain",
    b"application/x-www-form-urlencoded",
    b"",
)
_KEYS = (b"", b" ", b"a b", b"k" * 255, b"k" * 256, b"\xff", b"k\x00")
_AUTHORIZATIONS = (b"", b"Bearer", b"Bearer ", b"Bearer fwt_x", b"Basic eA==", b"\xff", b"bearer ")
_LENGTHS = (b"", b"0", b"1", b"-1", b"+5", b"5, 5", b"16385", b"9" * 13, b"0x10")
_EXTRAS = (
    (b"content-encoding", b"gzip"),
    (b"transfer-encoding", b"chunked"),
    (b"expect", b"100-continue"),
    (b"signature", b"fusion=:AAAA:"),
    (b"signature-input", b'fusion=("@method")'),
    (b"content-digest", b"sha-256=:AAAA:"),
    (b"x-request-id", b"an-id-of-the-client-itself"),
    (b"x-request-id", b"short"),
    (b"cookie", b"a=b"),
    (b"origin", b"https://elsewhere.example"),
    (b"x-forwarded-for", b"1.2.3.4"),
)
_CHANGES = (
    {"code": ""},
    {"code": 7},
    {"code": "hello"},
    {"code": "131234567890123456"},
    {"code": "F" * 513},
    {"code": "\u3000"},
    {"purpose": "curiosity"},
    {"purpose": "payment"},
    {"scene": None},
    {"contexts": ["payment"]},
    {"contexts": ["payment\n"]},
    {"contexts": ["payment"] * 17},
    {"card": {}},
    {"more": 1},
    {"more": [[[[]]]]},
)
_BODIES = (
    *NO_BODIES,
    b'{"code":"a","code":"b","purpose":"registration","scene":"outpatient_registration"}',
    b" " * 17_000,
    b'{"code":"' + b"a" * 16_400 + b'"}',
)


@dataclass(frozen=True, kw_only=True)
class Post:
    """
    One request as a server hands it to an application.
    """

    method: str = "POST"
    path: str = PATH
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    parts: tuple[bytes, ...] = (b"",)
    ending: tuple[dict, ...] = field(default=({"type": "http.disconnect"},))

    def without(self, name):
        kept = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=kept)

    def set(self, name, value):
        return replace(self, headers=(*self.without(name).headers, (name, value)))

    def added(self, name, value):
        return replace(self, headers=(*self.headers, (name, value)))

    def carrying(self, body):
        """
        Return it with another body, which its length tells.
        """
        return replace(self, parts=(body,)).set(b"content-length", str(len(body)).encode())

    @property
    def body(self):
        return b"".join(self.parts)


def ordinary(code, token, key):
    """
    Return a post that breaks no rule.
    """
    post = Post(
        headers=(
            (b"host", b"wallet.example"),
            (b"content-type", b"application/json"),
            (b"authorization", token.encode()),
            (b"idempotency-key", key.encode()),
        )
    )
    return post.carrying(msgspec.json.encode({"code": code, **_MEMBERS}))


def _of_line(dice, post):
    kind = dice.roll(3)
    if kind == 0:
        return replace(post, method=dice.choose(_METHODS))
    if kind == 1:
        return replace(post, path=dice.choose(_PATHS))
    return replace(post, query=dice.choose(_QUERIES))


def _of_header(dice, post):
    name, value = dice.choose(post.headers)
    kind = dice.roll(4)
    if kind == 0:
        return post.without(name)
    if kind == 1:
        return post.added(name, value)
    if kind == 2:
        return post.without(name).added(name.title(), value)
    return post.added(*dice.choose(_EXTRAS))


def _of_value(dice, post):
    name, values = dice.choose(
        (
            (b"content-type", _TYPES),
            (b"idempotency-key", _KEYS),
            (b"authorization", _AUTHORIZATIONS),
            (b"content-length", _LENGTHS),
        )
    )
    return post.set(name, dice.choose(values))


def _of_member(dice, post):
    try:
        told = msgspec.json.decode(post.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return post
    changed = told | dice.choose(_CHANGES) if isinstance(told, dict) else told
    return post.carrying(msgspec.json.encode(changed))


def _of_bytes(dice, post):
    return post.carrying(dice.choose(_BODIES))


def _of_a_byte(dice, post):
    body = bytearray(post.body or b"x")
    body[dice.roll(len(body))] = dice.roll(256)
    return post.carrying(bytes(body))


def _of_parts(dice, post):
    body = post.body
    at = dice.roll(len(body) + 1)
    parts = (body[:at], body[at:], b"")
    if dice.roll(3) == 0:
        parts = parts[:1]  # the client hangs up
        return replace(post, parts=(*parts, None))
    return replace(post, parts=parts)


_BREAKS = (
    _of_line,
    _of_header,
    _of_value,
    _of_value,
    _of_member,
    _of_member,
    _of_bytes,
    _of_a_byte,
    _of_parts,
)


def broken(dice, post):
    """
    Return a post with none to two things changed.
    """
    for _ in range(dice.roll(3)):
        post = dice.choose(_BREAKS)(dice, post)
    return post


def _ordered(name, value):
    """
    Return a header's value; the framework lists methods in whatever order a set has.
    """
    return b", ".join(sorted(value.split(b", "))) if name.lower() == b"allow" else value


async def answered(app, post):
    """
    Send a post; return status, headers and body.
    """
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": post.method,
        "scheme": "https",
        "path": post.path,
        "raw_path": post.path.encode(),
        "query_string": post.query,
        "root_path": "",
        "headers": list(post.headers),
        "client": ("127.0.0.1", 1),
        "server": ("wallet.example", 443),
        "state": {},
    }
    messages = [
        {"type": "http.disconnect"}
        if part is None
        else {"type": "http.request", "body": part, "more_body": number < len(post.parts)}
        for number, part in enumerate(post.parts, start=1)
    ]
    sent = []

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    return (
        start["status"],
        sorted((name.lower(), _ordered(name, value)) for name, value in start["headers"]),
        b"".join(message.get("body", b"") for message in sent[1:]),
    )
