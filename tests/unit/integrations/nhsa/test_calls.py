"""A request becomes the exact messages that will be sent."""

import msgspec
import pytest

from integrations.nhsa.envelope import LAST_SEQUENCE
from integrations.nhsa.memory import Payload, decode
from integrations.spi import Numbers, PartyView, Prepared, Refused, Split
from tests.contract.nhsa.builders import START, bill_of, party_of, profile_at
from tests.unit.integrations.nhsa.conftest import CREDENTIAL, VISIT

SHOW = ("nhsa_ec", "id_card", "social_security_card")
SPLIT = Split(
    total_minor=11_360,
    funds=(),
    account_minor=0,
    mutual_aid_minor=0,
    hospital_minor=0,
    cash_minor=11_360,
    self_paid_minor=1000,
    over_limit_minor=800,
    first_self_paid_minor=238,
)


def contents(prepared):
    """The inputs of the messages of a prepared call."""
    payload = decode(prepared.payload, Payload)
    return [msgspec.json.decode(message.body)["input"] for message in payload.messages]


class TestPrepare:
    async def test_is_pure(self, desk):
        """
        The same request with the same numbers is the same call, and holds no key.
        """
        numbers = Numbers(serial=1, sequence=7, instant=START)
        first, second = (
            desk.plugin.prepare(desk.registration(), b"", numbers, desk.party) for _ in range(2)
        )

        assert first == second
        assert ("register", "H44010600001202611201000000007") == (
            first.operation,
            first.reference,
        )
        assert b"0123456789abcdef" not in first.payload

    async def test_registration(self, desk):
        """
        2201 names person, credential, department and our visit number.
        """
        (content,) = contents(desk.prepare(desk.registration()))

        assert {
            "psn_no": "P1",
            "insutype": "310",
            "begntime": "2026-11-20 10:00:00",
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": "440106195603124028",
            "card_sn": "",
            "ipt_otp_no": "V0001",
            "atddr_no": "D0001",
            "dr_name": "何医生",
            "dept_code": "0301",
            "dept_name": "心血管内科",
            "caty": "A03",
        } == content["data"]

    async def test_department_class_by_department(self, desk):
        """
        A department's own class goes before the default.
        """
        desk.party = party_of(profile_at("http://x", caty_of_department={"0301": "A0302"}))
        (content,) = contents(desk.prepare(desk.registration()))

        assert "A0302" == content["data"]["caty"]

    async def test_upload(self, desk):
        """
        2203 goes first under a message id of its own; 2204 carries the call's.
        """
        prepared = desk.prepare(desk.upload(bill_of()))
        payload = decode(prepared.payload, Payload)
        details, lines = contents(prepared)

        assert [("2203", "4001"), ("2204", "0001")] == [
            (message.infno, message.msgid[-4:]) for message in payload.messages
        ]
        assert payload.messages[1].msgid == prepared.reference
        assert ("I10.x00", "1") == (
            details["mdtrtinfo"]["dise_codg"],
            details["diseinfo"][0]["diag_srt_no"],
        )
        assert ("B1L3", "50.60", "2.0000", "25.300000") == tuple(
            lines["feedetail"][2][name]
            for name in ("feedetl_sn", "det_item_fee_sumamt", "cnt", "pric")
        )

    async def test_pre_settlement(self, desk):
        """
        2206 names bill, batch, credential and whether the account may be used.
        """
        (content,) = contents(desk.prepare(desk.pre_settlement(bill_of(), use_account=False)))

        assert ("113.60", "0", "B1", "M1", "01") == tuple(
            content["data"][name]
            for name in (
                "medfee_sumamt",
                "acct_used_flag",
                "chrg_bchno",
                "mdtrt_id",
                "psn_setlway",
            )
        )
        assert "inscp_scp_amt" not in content["data"]

    async def test_settlement_repeats_what_was_shown(self, desk):
        """
        2207 repeats the classes of the split that was shown; the rest is in scope.
        """
        (content,) = contents(desk.prepare(desk.settlement(bill_of(), SPLIT)))

        assert ("10.00", "8.00", "2.38", "93.22") == tuple(
            content["data"][name]
            for name in (
                "fulamt_ownpay_amt",
                "overlmt_selfpay",
                "preselfpay_amt",
                "inscp_scp_amt",
            )
        )

    async def test_undoing_needs_nobody(self, desk):
        """
        Undoing works from what is remembered, without subject and credential.
        """
        desk.subject, desk.credential = "", b""
        desk.continuation = msgspec.json.encode(VISIT | {"setl_id": "S1"})
        undo = (desk.settlement_undo(), desk.upload_undo(), desk.registration_undo())
        (cancel,), (revoke,), (close,) = (contents(desk.prepare(request)) for request in undo)

        assert {"setl_id": "S1", "mdtrt_id": "M1", "psn_no": "P1"} == cancel["data"]
        assert {"mdtrt_id": "M1", "chrg_bchno": "B1", "psn_no": "P1"} == revoke["data"]
        assert {"psn_no": "P1", "mdtrt_id": "M1", "ipt_otp_no": "V0001"} == close["data"]

    @pytest.mark.parametrize(
        ("operation", "infno"), [("settle", "2207"), ("cancel_settlement", "2208")]
    )
    async def test_reversal(self, desk, operation, infno):
        """
        2601 names the message and its transaction.
        """
        original = Prepared(operation=operation, reference="MSG1", payload=b"")
        (content,) = contents(desk.prepare(desk.reversal(original)))

        assert {"psn_no": "P1", "omsgid": "MSG1", "oinfno": infno} == content["data"]

    async def test_another_batch_stays_remembered(self, desk):
        """
        Revoking another batch does not forget the visit's own.
        """
        prepared = desk.prepare(desk.upload_undo("B9"))

        assert "B1" == decode(prepared.payload, Payload).after.batch


class TestRefusals:
    async def test_too_many_calls(self, desk):
        """
        A sequence that has no message id is refused.
        """
        desk.sequence = LAST_SEQUENCE

        assert Refused("TOO_MANY_CALLS") == desk.prepare(desk.registration())

    async def test_foreign_subject(self, desk):
        """
        A subject that is none of ours is refused.
        """
        desk.subject = "somebody"

        assert Refused("NOT_BOUND") == desk.prepare(desk.registration())
        assert Refused("NOT_BOUND") == desk.prepare(desk.upload(bill_of()))

    @pytest.mark.parametrize("credential", [b"", b"{}", b"\xff"])
    async def test_no_credential(self, desk, credential):
        """
        Registering and settling need somebody present.
        """
        desk.credential = credential
        requests = (desk.registration(), desk.pre_settlement(bill_of()))

        assert [Refused("CREDENTIAL_REQUIRED", SHOW)] * 2 == [
            desk.prepare(request) for request in requests
        ]

    async def test_credential_of_another_institution(self, desk):
        """
        A credential counts where it was obtained.
        """
        other = CREDENTIAL | {"fixmedins_code": "P44010600002"}
        desk.credential = msgspec.json.encode(other)

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == desk.prepare(desk.registration())

    async def test_expired_credential(self, desk):
        """
        A credential counts for its time.
        """
        expired = CREDENTIAL | {"expires": int(START.timestamp())}
        desk.credential = msgspec.json.encode(expired)
        outcome = desk.prepare(desk.settlement(bill_of(), SPLIT))

        assert Refused("CREDENTIAL_EXPIRED", SHOW) == outcome

    async def test_no_open_visit(self, desk):
        """
        Without a visit there is nothing to bill, settle or undo.
        """
        desk.continuation = b""
        requests = (
            desk.upload(bill_of()),
            desk.pre_settlement(bill_of()),
            desk.settlement_undo(),
            desk.reversal(Prepared(operation="settle", reference="MSG1", payload=b"")),
        )

        assert [Refused("NOT_REGISTERED")] * 4 == [desk.prepare(request) for request in requests]

    async def test_visit_of_somebody_else(self, desk):
        """
        Whoever is present must be the visit's person.
        """
        desk.subject = desk.subject.replace("P1", "P2")

        assert Refused("PERSON_MISMATCH") == desk.prepare(desk.pre_settlement(bill_of()))

    async def test_nothing_settled(self, desk):
        """
        What was never settled cannot be cancelled.
        """
        assert Refused("SETTLEMENT_UNKNOWN_THERE") == desk.prepare(desk.settlement_undo())

    @pytest.mark.parametrize("operation", ["register", "upload", "reverse", ""])
    async def test_irreversible(self, desk, operation):
        """
        Only settlements and their cancellations are reversed.
        """
        original = Prepared(operation=operation, reference="MSG1", payload=b"")

        assert Refused("NOT_REVERSIBLE") == desk.prepare(desk.reversal(original))

    @pytest.mark.parametrize(
        "changes", [{"lines": ()}, {"diagnoses": ()}, {"total_minor": 1}, {"total_minor": -1}]
    )
    async def test_bill_that_does_not_add_up(self, desk, changes):
        """
        A bill whose lines are not its total never leaves.
        """
        bill = msgspec.structs.replace(bill_of(), **changes)

        assert Refused("BILL_REFUSED") == desk.prepare(desk.upload(bill))

    async def test_negative_line(self, desk):
        """
        A line cannot give back.
        """
        line = ("X", "返还", 10_000, 1_000_000, -100)

        assert Refused("BILL_REFUSED") == desk.prepare(desk.upload(bill_of(lines=(line,))))

    async def test_bill_that_is_too_long(self, desk):
        """
        A bill beyond the platform's limit never leaves.
        """
        line = ("X", "项目", 10_000, 1_000_000, 100)

        assert Refused("BILL_REFUSED") == desk.prepare(desk.upload(bill_of(lines=(line,) * 200)))

    @pytest.mark.parametrize("profile", [b"", b"{}", b"\xff"])
    async def test_party_without_a_profile(self, desk, profile):
        """
        A party that is no designated institution cannot call.
        """
        desk.party = PartyView(id="p", name="n", kind="office", profile=profile)

        assert Refused("PARTY_NOT_DESIGNATED") == desk.prepare(desk.registration())
