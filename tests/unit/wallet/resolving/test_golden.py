"""
The whole answer per scope and purpose: a new field fails here until somebody looked at it.

After looking, write them anew with ``FUSION_WALLET_WRITE_VECTORS=1``.
"""

import os
from pathlib import Path

import msgspec
import pytest

from integrations.spi import Purpose, Refused, Valid
from tests.fixtures.region import FULL, LI, MASKED, Region, health_card, insurance, payment

_VECTORS = Path(__file__).parents[3] / "vectors" / "resolving"
_SCOPES = {"masked": MASKED, "full": FULL}
_RELEASES = {
    Purpose.IDENTIFICATION: ("label",),
    Purpose.REGISTRATION: ("label", "place"),
    Purpose.SETTLEMENT: ("label", "place", "scheme"),
}


@pytest.fixture
async def told(database, clock, ids, vault):
    """
    Return the answer of a wallet in which one context is valid, one refused, one down.
    """
    region = Region(
        database, clock, ids, vault, health_card(), insurance(releases=_RELEASES), payment()
    )
    region.fake("insurance").verdict = Valid(
        {"label": "职工医保", "place": "440100", "scheme": "310", "number": "never"}
    )
    region.fake("health_card").verdict = Refused("SUSPENDED", ("id_card",))
    region.fake("payment").verdict = RuntimeError()
    desk = await region.hospital()
    phone = await region.phone(await region.resident(LI, "health_card", "insurance", "payment"))

    async def tell(scopes, purpose):
        async with region.client() as client:
            answer = await client.post(
                "/v1/resolve",
                json={
                    "code": phone.show(),
                    "purpose": purpose.value,
                    "scene": "outpatient_settlement",
                    "contexts": ["health_card", "insurance", "payment", "epidemic"],
                },
                headers=await desk.bearer(scopes) | {"idempotency-key": "k"},
            )
        assert 200 == answer.status_code, answer.text
        return answer.json() | {"presentation": answer.json()["presentation"][:4]}

    return tell


class TestGolden:
    @pytest.mark.parametrize("purpose", list(Purpose))
    @pytest.mark.parametrize("scope", _SCOPES)
    async def test_answer(self, told, scope, purpose):
        """
        The answer is exactly what was looked at and written down.
        """
        path = _VECTORS / f"{scope}-{purpose.value}.json"
        answer = await told(_SCOPES[scope], purpose)
        if os.environ.get("FUSION_WALLET_WRITE_VECTORS"):
            path.write_bytes(msgspec.json.format(msgspec.json.encode(answer), indent=1) + b"\n")

        assert msgspec.json.decode(path.read_bytes()) == answer

    def test_every_vector_is_used(self):
        """
        There is one file per scope and purpose and no other.
        """
        names = {f"{scope}-{purpose.value}" for scope in _SCOPES for purpose in Purpose}

        assert names == {path.stem for path in _VECTORS.glob("*.json")}
