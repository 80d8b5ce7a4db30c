"""The opened plugin before a scripted platform."""

import msgspec
import pytest

from integrations.nhsa.plugin import NhsaPlugin
from tests.contract.nhsa.builders import Clock, environment, party_of, profile_at
from tests.contract.nhsa.world import World
from tests.unit.integrations.nhsa.stub import running

SUBJECT = '{"psn_no":"P1","insutype":"310","insuplc_admdvs":"440100"}'
VISIT = {
    "mdtrt_id": "M1",
    "ipt_otp_no": "V0001",
    "begntime": "2026-11-20 10:00:00",
    "psn_no": "P1",
    "insutype": "310",
    "insuplc_admdvs": "440100",
    "batch": "B1",
}
CREDENTIAL = {
    "fixmedins_code": "H44010600001",
    "cert_type": "02",
    "cert_no": "440106195603124028",
    "reader": "RDR-0001",
    "expires": 4_000_000_000,
}


@pytest.fixture
async def stub():
    async with running() as stub:
        yield stub


@pytest.fixture
async def desk(stub):
    """The hospital's desk with an open visit, a card read, and the stub behind the gateway."""
    clock, seen = Clock(), []
    settings = {"linking": profile_at(stub.base), "infcodes": {"6666": "BILL_REFUSED"}}
    plugin = NhsaPlugin().open(environment(clock, seen.append, **settings))
    yield World(
        plugin,
        party_of(profile_at(stub.base)),
        clock,
        None,
        seen,
        subject=SUBJECT,
        credential=msgspec.json.encode(CREDENTIAL),
        continuation=msgspec.json.encode(VISIT),
    )
    await plugin.close()
