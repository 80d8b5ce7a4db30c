"""
Whole requests to a whole wallet: answers that are documented in form, problems that tell nothing.

An input is ``METHOD target``, header lines, an empty line and the body. It is sent as it is, or
with the token, the key and the signature that its operation wants.
"""

import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import structlog
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from tests.fakes.whole import whole
from tests.fixtures.asking import Answer, Ask, Asker, blank
from tests.fixtures.callers import Resident, Terminal
from tests.fixtures.hostility import CANARY, DOCUMENT, INSIDES, OPERATIONS
from tests.fixtures.towns import Town
from tests.fuzz.target import Target, chosen

# what a server in front of us lets through: see docs/deployment of the one that is shipped
_METHOD = re.compile(r"[A-Z]{1,16}")
_TARGET = re.compile(r"/[!-~]{0,2000}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_EXPECTED_ABOVE_499 = {(503, "CLOCK_UNTRUSTED")}


@cache
def _asker() -> Asker:
    structlog.configure(processors=[_drop])
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    town = Town(f"sqlite:///{folder / 'wallet.db'}", *whole())
    return Asker(town, Terminal(town), Resident(town), DOCUMENT)


def _drop(*_: object) -> None:
    raise structlog.DropEvent


def close() -> None:
    """
    End the wallet, if there is one.
    """
    if _asker.cache_info().currsize:
        _asker().town.close()
        _asker.cache_clear()
        structlog.reset_defaults()


def there(do: Callable[[], None]) -> None:
    """
    Do something on the thread of the wallet.
    """

    async def done() -> None:
        do()

    _asker().town.run(done())


def run(data: bytes) -> str:
    """
    Send a request; of nobody, or of whoever may.
    """
    way, content = chosen(data, 2)
    head, _, body = content.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    if not (_METHOD.fullmatch(method) and _TARGET.fullmatch(target)):
        return "no_request"
    named = (line.partition(": ") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in named if _NAME.fullmatch(name)}
    ask = Ask(
        operation=_operation(method, target),
        method=method,
        target=target,
        headers={name: value for name, value in headers.items() if value.isprintable()},
        body=body,
    )
    asker = _asker()
    if way and ask.operation:
        # what no client could sign is sent without
        with suppress(HTTPMessageSignaturesException):
            ask = asker.entitled(ask)
    return _judged(asker.answer(ask), content)


def _operation(method: str, target: str) -> str:
    path = unquote(target.partition("?")[0])
    for name, (template, of, _) in OPERATIONS.items():
        shape = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(template))
        if of == method and re.fullmatch(shape, path):
            return name
    return ""


def _judged(answer: Answer, sent: bytes) -> str:
    if answer.status < 400 or not answer.body:
        return "answered"
    if "application/problem+json" not in answer.headers["content-type"]:
        # pages of people answer with pages
        assert answer.status < 500
        return "page"
    status, code = answer.problem
    # a well-formed id of the client's own comes back by design
    own = answer.headers["x-request-id"]
    text = (answer.body.decode() + str(answer.headers)).replace(own, "").lower()
    assert status < 500 or (status, code) in _EXPECTED_ABOVE_499
    assert CANARY.lower().encode() not in sent.lower() or CANARY.lower() not in text
    assert not [inside for inside in INSIDES if inside.lower() in text]
    return f"{status // 100}xx"


def _written(ask: Ask, *more: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in ask.headers.items()]
    head = "\n".join([f"{ask.method} {ask.target}", *lines, *more])
    return head.encode() + b"\n\n" + ask.body


def _seeds() -> tuple[bytes, ...]:
    asks = [blank(DOCUMENT, name) for name in sorted(OPERATIONS)]
    odd = (
        b"\x01GET /v1/visits?limit=cAnArY&limit=1\n\n",
        b"\x00POST /v1/resolve\ncontent-type: application/json\n\n{",
        b"\x00GET /cAnArY/%FF\n\n",
        b"\x01GET /v1/visits\nx-request-id: cAnArY\nrange: bytes=0-\n\n",
    )
    return (
        *(bytes([way]) + _written(ask) for ask in asks for way in range(2)),
        *(bytes([way]) + each[1:] for each in odd for way in range(2)),
    )


TARGET = Target(
    name="http",
    run=run,
    seeds=_seeds(),
    reaches=frozenset({"answered", "4xx"}),
    words=(
        CANARY.encode(),
        b"authorization: Bearer ",
        b"content-type: application/json",
        b"content-encoding: gzip",
        b"content-length: ",
        b"idempotency-key: ",
        b"cookie: __Host-",
        b"accept: text/html",
        b"if-none-match: ",
        b"x-forwarded-for: ",
        b"%00",
        b"\\ud800",
        b"1e400",
        b'"code":',
        b"9223372036854775808",
    ),
    longest=2_048,
    close=close,
    there=there,
)
