"""What the platform states of a settlement, as a split of ours."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.settlements import only_settlement, parse_settlements
from integrations.spi import Split, SplitLine
from tests.unit.integrations.nhsa.recorded import recorded


def answer(**amounts):
    """The smallest settlement, with these amounts in yuan."""
    info = {"medfee_sumamt": "0", "fund_pay_sumamt": "0", "psn_cash_pay": "0"} | amounts
    return msgspec.json.encode({"setlinfo": info})


class TestOnlySettlement:
    def test_amounts_as_numbers(self):
        """
        JSON numbers are read exactly, whatever their trailing zeros.
        """
        settlement = only_settlement(recorded("settled_numbers.json"))

        assert (
            Split(
                total_minor=13_350,
                funds=(SplitLine(code="hifp", name="基本医疗保险统筹基金", amount_minor=7225),),
                account_minor=5000,
                mutual_aid_minor=0,
                hospital_minor=500,
                cash_minor=625,
                self_paid_minor=1990,
                over_limit_minor=800,
                first_self_paid_minor=238,
            )
            == settlement.split
        )
        assert () == settlement.mismatches

    def test_identity_of_the_settlement(self):
        """
        Numbers, message and time are stated as the platform states them.
        """
        settlement = only_settlement(recorded("settled_numbers.json"))

        assert "440100202611201000030000000007" == settlement.setl_id
        assert "H44010600001202611201000030004" == settlement.msgid
        assert datetime(2026, 11, 20, 2, 0, 3, tzinfo=UTC) == settlement.at
        assert settlement.refunded is False

    def test_amounts_as_text_with_every_fund(self):
        """
        Text is read like numbers, absent amounts are zero, each fund has its line.
        """
        split = only_settlement(recorded("settled_text.json")).split

        assert [
            ("hifp", 50_000),
            ("cvlserv", 4010),
            ("hifes", 100),
            ("hifmi", 200),
            ("hifob", 300),
            ("maf", 400),
            ("oth", 500),
        ] == [(line.code, line.amount_minor) for line in split.funds]
        assert (10_000, 10, 34_480) == (
            split.account_minor,
            split.mutual_aid_minor,
            split.cash_minor,
        )

    def test_fund_that_only_the_details_name(self):
        """
        A fund that has no field of its own is taken from the details.
        """
        settlement = only_settlement(recorded("settled_unlisted_fund.json"))

        assert [("310100", 6000), ("999996", 1000)] == [
            (line.code, line.amount_minor) for line in settlement.split.funds
        ]
        assert ("fund_pay_sumamt",) == settlement.mismatches

    def test_fund_that_nothing_names(self):
        """
        What the named funds lack to their sum is a fund of its own.
        """
        raw = answer(medfee_sumamt="10", fund_pay_sumamt="10", hifp_pay="7", psn_part_amt="0")
        settlement = only_settlement(raw)

        assert [("hifp", 700), ("unlisted", 300)] == [
            (line.code, line.amount_minor) for line in settlement.split.funds
        ]

    def test_malformed_details_are_passed_over(self):
        """
        Details that hold no amount name no fund.
        """
        info = {"medfee_sumamt": 10, "fund_pay_sumamt": 10, "psn_cash_pay": 0}
        detail = {"fund_pay_type": "310100", "fund_payamt": "ten"}
        raw = msgspec.json.encode({"setlinfo": info, "setldetail": [detail]})

        assert "unlisted" == only_settlement(raw).split.funds[0].code

    @pytest.mark.parametrize("member", ["fund_pay_type", "fund_pay_type_name", "setl_id"])
    def test_details_with_holes(self, member):
        """
        What a detail lacks makes nothing else unreadable.
        """
        info = {"medfee_sumamt": 10, "fund_pay_sumamt": 10, "hifp_pay": 10, "psn_cash_pay": 0}
        detail = {"fund_pay_type": "310100", "fund_payamt": 10, member: None}
        raw = msgspec.json.encode({"setlinfo": info, "setldetail": [detail]})

        assert 1000 == only_settlement(raw).split.total_minor

    @pytest.mark.parametrize("member", ["psn_no", "mdtrt_id"])
    def test_row_with_holes(self, member):
        """
        Nor does what a row lacks beside its amounts.
        """
        assert only_settlement(answer(**{member: None})) is not None

    def test_account_that_includes_mutual_aid(self):
        """
        Where the personal part says so, mutual aid is taken out of the account's figure.
        """
        settlement = only_settlement(recorded("settled_account_holds_mutual_aid.json"))
        split = settlement.split

        assert (1800, 1200, 1000) == (
            split.account_minor,
            split.mutual_aid_minor,
            split.cash_minor,
        )
        assert () == settlement.mismatches

    def test_identities_that_do_not_hold(self):
        """
        Odd figures are named and block nothing as long as the shares add up.
        """
        raw = answer(medfee_sumamt="10", psn_cash_pay="10", psn_part_amt="9", hifp_pay="0")
        settlement = only_settlement(raw)

        assert ("psn_part_amt", "medfee_sumamt") == settlement.mismatches

    @pytest.mark.parametrize(
        "amounts",
        [
            {"medfee_sumamt": "10"},
            {"medfee_sumamt": "10", "psn_cash_pay": "11", "acct_pay": "-1"},
            {"fund_pay_sumamt": "5", "hifp_pay": "6", "medfee_sumamt": "5"},
            {"medfee_sumamt": ""},
            {"psn_cash_pay": None},
            {"acct_pay": "1e2"},
            {"acct_pay": 0.001},
            {"hifp_pay": [1]},
        ],
    )
    def test_no_usable_split(self, amounts):
        """
        Shares that do not add up, are negative, missing or no amounts give no split.
        """
        assert only_settlement(answer(**amounts)) is None

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"{}",
            b'{"setlinfo":null}',
            b'{"setlinfo":[]}',
            b'{"setlinfo":7}',
            b'{"setlinfo":[{},{}]}',
            b'{"setlinfo":{"psn_no":7}}',
            b'{"setlinfo":"\xff"}',
            b'{"setlinfo":' + b"[" * 3000,
        ],
    )
    def test_malformed(self, raw):
        """
        Anything else is none.
        """
        assert only_settlement(raw) is None

    @given(st.binary(max_size=200))
    def test_total(self, raw):
        """
        Any bytes are answered.
        """
        assert only_settlement(raw) is None or raw

    @given(
        st.lists(st.integers(0, 10**12), min_size=7, max_size=7),
        st.integers(0, 10**12),
        st.integers(0, 10**12),
        st.integers(0, 10**12),
        st.integers(1, 10**12),
    )
    def test_every_balanced_answer_gives_its_split(self, funds, account, aid, hospital, cash):
        """
        Whatever adds up at the insurer adds up here, share by share.
        """
        names = ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "maf", "oth")
        fens = {f"{name}_pay": fund for name, fund in zip(names, funds, strict=True)}
        fens |= {
            "fund_pay_sumamt": sum(funds),
            "acct_pay": account,
            "acct_mulaid_pay": aid,
            "psn_cash_pay": cash,
            "psn_part_amt": account + aid + cash,
            "hosp_part_amt": hospital,
            "medfee_sumamt": sum(funds) + account + aid + cash + hospital,
        }
        raw = answer(**{name: f"{fen // 100}.{fen % 100:02d}" for name, fen in fens.items()})
        split = only_settlement(raw).split

        assert (sum(funds), account, aid, hospital, cash) == (
            split.fund_minor,
            split.account_minor,
            split.mutual_aid_minor,
            split.hospital_minor,
            split.cash_minor,
        )


class TestParseSettlements:
    def test_list_of_a_visit(self):
        """
        Settlement, cancellation and a new settlement are told apart.
        """
        rows = parse_settlements(recorded("settlements_of_a_visit.json"))

        assert [("S1", True, ""), ("S2", True, "S1"), ("S3", False, "")] == [
            (row.setl_id, row.refunded, row.cancels) for row in rows
        ]

    def test_mirrored_amounts(self):
        """
        A cancellation states what was given back, in positive amounts.
        """
        first, mirror, _ = parse_settlements(recorded("settlements_of_a_visit.json"))

        assert first.split == mirror.split

    def test_details_belong_to_their_settlement(self):
        """
        Among several, a settlement is not given another one's details.
        """
        third = parse_settlements(recorded("settlements_of_a_visit.json"))[2]

        assert ["hifp", "unlisted"] == [line.code for line in third.split.funds]

    def test_unreadable_row(self):
        """
        A row that cannot be read leaves the others readable.
        """
        good = {"medfee_sumamt": 1, "fund_pay_sumamt": 0, "psn_cash_pay": 1, "setl_id": "S9"}
        raw = msgspec.json.encode({"setlinfo": [{}, good]})
        first, second = parse_settlements(raw)

        assert (None, "S9") == (first, second.setl_id)

    def test_empty_list(self):
        """
        A visit without settlements has none.
        """
        assert () == parse_settlements(b'{"setlinfo":[],"setldetail":[]}')
