"""Ids and cursors that were given out: one spelling, and nobody makes one."""

from tests.fuzz.target import Target, chosen
from wallet.vault.sealing import IdSealer

_SEALER = IdSealer(bytes(range(64)))
_KINDS = ("vis", "jrn")
_AUDIENCES = ("party:7", "resident:1")
_GIVEN = {
    _SEALER.seal(kind, audience, resident, 3): (kind, audience, resident)
    for kind in _KINDS
    for audience in _AUDIENCES
    for resident in (1, 2**64 - 1)
}


def run(data: bytes) -> str:
    """
    Open a text as an id of any kind for anybody.
    """
    way, content = chosen(data, len(_KINDS) * len(_AUDIENCES))
    kind, audience = _KINDS[way % 2], _AUDIENCES[way // 2]
    text = content.decode("utf-8", "surrogateescape")
    opened = _SEALER.open(kind, audience, text)
    if opened is None:
        assert _GIVEN.get(text, ("", "", 0))[:2] != (kind, audience)
        return "closed"
    assert _GIVEN[text] == (kind, audience, opened[0])
    assert text == _SEALER.seal(kind, audience, *opened)
    return "opened"


TARGET = Target(
    name="ids",
    run=run,
    seeds=tuple(
        bytes([way]) + text
        for way in range(4)
        for text in (*(given.encode() for given in _GIVEN), b"vis_", b"vis_" + b"0" * 52, b"")
    ),
    reaches=frozenset({"closed", "opened"}),
    words=(b"vis_", b"jrn_", *(given.encode() for given in _GIVEN)),
    longest=120,
)
