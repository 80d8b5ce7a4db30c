"""The national insurance platform: any body of an HTTP 200, to any question."""

from datetime import date
from functools import partial
from typing import Any

import msgspec

from integrations.nhsa.client import Reply
from integrations.nhsa.manifest import MANIFEST
from integrations.nhsa.plugin import NhsaPlugin
from integrations.nhsa.scrubbing import scrub
from integrations.spi import (
    DecodeRequest,
    FusedCode,
    Prepared,
    Purpose,
    Query,
    ScannedCode,
    Scene,
    Split,
)
from tests.contract.nhsa.builders import LI, Clock, bill_of, environment, party_of, profile_at
from tests.contract.nhsa.world import World
from tests.fuzz.judging import Judge
from tests.fuzz.target import Target, chosen
from tests.unit.integrations.nhsa.conftest import CREDENTIAL, SUBJECT, VISIT

_JUDGE = Judge(MANIFEST, scrub)
_BASE = "http://127.0.0.1:1"
_CLOCK = Clock()
_PLUGIN = NhsaPlugin().open(
    environment(
        _CLOCK, _JUDGE.observe, linking=profile_at(_BASE), infcodes={"6666": "BILL_REFUSED"}
    )
)
_PARTY = party_of(profile_at(_BASE))
_BILL = bill_of()
_SHOWN = Split(
    total_minor=_BILL.total_minor,
    funds=(),
    account_minor=0,
    mutual_aid_minor=0,
    hospital_minor=0,
    cash_minor=_BILL.total_minor,
)


def _world() -> World:
    settled = VISIT | {"setl_id": "S1"}
    return World(
        _PLUGIN,
        _PARTY,
        _CLOCK,
        None,  # type: ignore[arg-type]
        [],
        subject=SUBJECT,
        credential=msgspec.json.encode(CREDENTIAL),
        continuation=msgspec.json.encode(settled),
    )


def _prepared() -> tuple[Prepared, ...]:
    world = _world()
    requests: tuple[Any, ...] = (
        world.registration(),
        world.upload(_BILL),
        world.pre_settlement(_BILL),
        world.settlement(_BILL, _SHOWN),
        world.settlement_undo(),
        world.upload_undo(),
        world.registration_undo(),
    )
    made = [world.prepare(request) for request in requests]
    made.append(world.prepare(world.reversal(made[3])))
    assert all(isinstance(each, Prepared) for each in made)
    return tuple(made)


_CALLS = _prepared()
_FINDING = tuple(each for each in _CALLS if each.operation in {"register", "settle"})
_FINDING += tuple(each for each in _CALLS if each.operation.startswith("cancel_"))
_AMOUNTS = {"pre_settle": _BILL.total_minor, "settle": _BILL.total_minor}


class _Platform:
    """
    Answers every message with the same bytes.
    """

    def __init__(self) -> None:
        self.body = b""

    async def exchange(self, _post: object) -> Reply:
        return Reply(body=self.body)


_PLATFORM = _Platform()
_PLUGIN._client._exchange = _PLATFORM.exchange


def _safe() -> tuple[Any, ...]:
    world = _world()
    code = ScannedCode(family="nhsa_ec", text="2" * 28)
    decoding = DecodeRequest(
        code=code,
        purpose=Purpose.SETTLEMENT,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        party=_PARTY,
        now=_CLOCK(),
    )
    return (
        partial(world.validate, Purpose.SETTLEMENT),
        partial(world.validate, Purpose.IDENTIFICATION, subject=""),
        partial(world.link, LI),
        partial(_PLUGIN.prove, LI),
        partial(world.obtain, LI, FusedCode(reference="scan1")),
        partial(world.obtain, LI, code),
        partial(_PLUGIN.decode, decoding),
    )


_SAFE = _safe()
_WAYS = len(_SAFE) + len(_CALLS) + 2 * len(_FINDING) + 1


def run(data: bytes) -> str:
    """
    Ask one of all questions, of which the input is the answer.
    """
    way, _PLATFORM.body = chosen(data, _WAYS)
    if way < len(_SAFE):
        return _JUDGE.safe(_SAFE[way]())
    way -= len(_SAFE)
    if way < len(_CALLS):
        call = _CALLS[way]
        amount = _AMOUNTS.get(call.operation)
        return _JUDGE.outcome(call.operation, amount, _PLUGIN.perform(call, _PARTY))
    way -= len(_CALLS)
    if way < 2 * len(_FINDING):
        call = _FINDING[way // 2]
        query = Query(
            prepared=call, continuation=b"", undo_acknowledged=bool(way % 2), now=_CLOCK()
        )
        amount = _AMOUNTS.get(call.operation)
        return _JUDGE.answer(call.operation, amount, _PLUGIN.query(query, _PARTY))
    return _JUDGE.statement(_PLUGIN.statement(date(2026, 11, 20), _PARTY))


def _output(**output: Any) -> bytes:
    return msgspec.json.encode({"infcode": 0, "err_msg": "", "output": output})


def _bodies() -> tuple[bytes, ...]:
    total = f"{_BILL.total_minor // 100}.{_BILL.total_minor % 100:02d}"
    info = {
        "mdtrt_id": "M1",
        "psn_no": "P1",
        "setl_id": "S1",
        "medins_setl_id": _CALLS[3].reference,
        "setl_time": "2026-11-20 10:00:00",
        "medfee_sumamt": total,
        "fund_pay_sumamt": 0,
        "psn_part_amt": total,
        "psn_cash_pay": total,
        "hifp_pay": 0,
        "acct_pay": "0.00",
    }
    token = {"ecToken": "t" * 16, "insuOrg": "440100", "expireTime": "2026-11-21 10:00:00"}
    who = {"idNo": LI.document_number, "userName": LI.name, "idType": "01", "gender": "1"}
    row = {"setl_id": "S1", "setl_time": info["setl_time"], "medfee_sumamt": total}
    detail = {"fund_pay_type": "310100", "fund_payamt": 0, "setl_id": "S1"}
    insured = {"insutype": "310", "insuplc_admdvs": "440100", "psn_insu_stas": "1", "balc": 1.5}
    base = {"psn_no": "P1", "certno": LI.document_number, "psn_name": LI.name}
    return (
        _output(setlinfo=info, setldetail=[detail]),
        _output(setlinfo=[info, info | {"refd_setl_flag": 1}], setldetail=None),
        _output(baseinfo=base, insuinfo=[insured]),
        _output(data={"mdtrt_id": "M1", "psn_no": "P1", "ipt_otp_no": "V0001"}),
        _output(mdtrtinfo=[{"mdtrt_id": "M9", "ipt_otp_no": "V0001"}]),
        _output(stmtinfo=[row | {"fund_pay_sumamt": 0, "msgid": "m", "refd_setl_flag": "0"}]),
        msgspec.json.encode({"code": 0, "data": token, "message": ""}),
        msgspec.json.encode({"code": 0, "data": msgspec.json.encode(token | who).decode()}),
        b'{"infcode":-1,"err_msg":"\xe9\x87\x8d\xe5\xa4\x8d","output":null}',
        b'{"infcode":6666,"err_msg":"sEcReT 7"}',
        b'{"infcode":"0","output":{},"signtype":"SM2","cainfo":"c"}',
        b"",
    )


TARGET = Target(
    name="nhsa",
    run=run,
    seeds=tuple(bytes([way]) + body for body in _bodies() for way in range(_WAYS)),
    reaches=frozenset({"yes, as asked", "yes", "no", "unavailable", "statement of 1"}),
    words=(
        b'"refd_setl_flag":"1"',
        b'"acct_mulaid_pay":',
        b'"init_setl_id":',
        b'"setldetail":[',
        b'"0001-01-01 00:00:00"',
        b'"9999-12-31 23:59:59"',
        b'"infcode":',
        b"-0.00",
        b"1e5",
        b"null",
    ),
    longest=2_048,
)
