"""
The health-card platform: any body of an HTTP 200, to any question.

Of half of the inputs the data are what the fuzzer writes, rightly signed and of now; of the others
it writes the whole body, and no such body may ever lead to a yes.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from integrations.health_card import crypto
from integrations.health_card.manifest import MANIFEST
from integrations.health_card.plugin import HealthCardPlugin
from integrations.health_card.scrubbing import scrub
from integrations.spi import (
    DecodeRequest,
    Environment,
    LinkRequest,
    PartyView,
    Purpose,
    ScannedCode,
    Scene,
    ValidateRequest,
)
from tests.contract.nhsa.builders import LI
from tests.fuzz.judging import Judge
from tests.fuzz.target import Target, chosen

_NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_KEY = "0123456789ABCDEFFEDCBA9876543210"
_APPLICATION = {"app_id": "APP", "key": _KEY, "org_code": "ORG", "app_record_no": "REC"}
_JUDGE = Judge(MANIFEST, scrub)
_PLUGIN = HealthCardPlugin().open(
    Environment(
        settings=msgspec.json.encode({"url": "http://127.0.0.1:1/", "application": _APPLICATION}),
        now=lambda: _NOW,
        token=bytes,
        observe=_JUDGE.observe,
    )
)
_PARTY = PartyView(
    id="p",
    name="n",
    kind="hospital",
    profile=msgspec.json.encode({"application": _APPLICATION, "terminal_code": "T0001"}),
)
_SCENE = Scene.OUTPATIENT_REGISTRATION
_TIME = crypto.encrypt(str(int(_NOW.timestamp())), _KEY)


class _Platform:
    """
    Answers every request with the same bytes.
    """

    def __init__(self) -> None:
        self.content, self.signs = b"", False

    async def post(self, _request: bytes, _deadline_ms: int) -> bytes:
        return _signed(self.content) if self.signs else self.content


def _signed(content: bytes) -> bytes:
    code, _, datas = content.partition(b"\x00")
    try:
        told = msgspec.json.decode(datas)
        signature = crypto.signature(told, _KEY)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        signature = ""
    return b'{"returnCode":%s,"signString":"%s","timestamp":"%s","datas":%s}' % (
        code,
        signature.encode(),
        _TIME.encode(),
        datas,
    )


_PLATFORM = _Platform()
_PLUGIN._client._post = _PLATFORM.post  # type: ignore[method-assign]
_SAFE: tuple[Any, ...] = (
    partial(
        _PLUGIN.validate,
        ValidateRequest(
            subject='{"erhc_card_no":"AB","empi":"CD"}',
            purpose=Purpose.IDENTIFICATION,
            scene=_SCENE,
            party=_PARTY,
            now=_NOW,
        ),
    ),
    partial(_PLUGIN.prove, LI),
    partial(_PLUGIN.link, LinkRequest(person=LI, reference="link1", now=_NOW)),
    partial(
        _PLUGIN.decode,
        DecodeRequest(
            code=ScannedCode(family="health_card", text="A" * 64 + ":1:X:Y:Z"),
            purpose=Purpose.IDENTIFICATION,
            scene=_SCENE,
            party=_PARTY,
            now=_NOW,
        ),
    ),
)


def run(data: bytes) -> str:
    """
    Ask one of all questions, of which the input is the answer.
    """
    way, _PLATFORM.content = chosen(data, 2 * len(_SAFE))
    _PLATFORM.signs = way < len(_SAFE)
    word = _JUDGE.safe(_SAFE[way % len(_SAFE)]())
    if not _PLATFORM.signs and word not in {"no", "unavailable"}:
        # only what was signed with the key, once, here
        assert _PLATFORM.content == _signed(_SIGNED)
    return word


_DATAS = {
    "erhcCardNo": "AB",
    "empi": "CD",
    "idCardTypeCode": "01",
    "name": crypto.encrypt(LI.name, _KEY),
    "idCode": crypto.encrypt(LI.document_number, _KEY),
    "birthday": "1988-07-21",
    "sex": "1",
}
_SIGNED = b'"0"\x00' + msgspec.json.encode(_DATAS)

TARGET = Target(
    name="health_card",
    run=run,
    seeds=tuple(
        bytes([way]) + content
        for way in range(2 * len(_SAFE))
        for content in (
            _SIGNED if way < len(_SAFE) else _signed(_SIGNED),
            b'"1001"\x00null',
            b"12\x00{}",
            b'"0"\x00{"erhcCardNo":1,"idCode":"00"}',
            b'{"returnCode":"0"}',
            b"",
        )
    ),
    reaches=frozenset({"yes", "unavailable"}),
    words=(
        b'"birthday":"0001-01-01"',
        b'"idCardTypeCode":"02"',
        b'"returnCode":',
        b'"datas":{',
        b"9" * 40,
        b"null",
    ),
    longest=1_024,
)
