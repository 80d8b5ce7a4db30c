"""The insurer's visits and its statement of a day."""

from datetime import UTC, date, datetime

import pytest

from integrations.nhsa.statements import parse_statement, parse_visits, statement_question
from tests.unit.integrations.nhsa.recorded import recorded


class TestParseVisits:
    def test_recorded(self):
        """
        Each visit has the insurer's number and ours.
        """
        visits = parse_visits(recorded("visits.json"))

        assert [("M1", "V0001"), ("M2", "V0002")] == [
            (visit.mdtrt_id, visit.ipt_otp_no) for visit in visits
        ]

    @pytest.mark.parametrize("raw", [b"{}", b'{"mdtrtinfo":null}', b'{"mdtrtinfo":[]}'])
    def test_none(self, raw):
        """
        A person without visits has none.
        """
        assert () == parse_visits(raw)

    @pytest.mark.parametrize("raw", [b"", b"null", b'{"mdtrtinfo":[{}]}', b'{"mdtrtinfo":"x"}'])
    def test_malformed(self, raw):
        """
        Anything else is no answer.
        """
        assert parse_visits(raw) is None


class TestStatementQuestion:
    def test_one_day(self):
        """
        The period is one day of the place of treatment.
        """
        data = statement_question(date(2026, 11, 20))["data"]

        assert ("2026-11-20", "2026-11-20") == (data["stmt_begndate"], data["stmt_enddate"])


class TestParseStatement:
    def test_recorded(self):
        """
        Settlements and cancellations are told apart; amounts are positive fen.
        """
        rows = parse_statement(recorded("statement.json"))

        assert [
            ("settlement", "MSG1", "S1", 13_350, 7225, 5625),
            ("settlement_cancel", "MSG2", "S2", 13_350, 7225, 5625),
            ("settlement", "", "S3", 1, 0, 0),
        ] == [
            (
                row.kind,
                row.reference,
                row.partner_reference,
                row.total_minor,
                row.fund_minor,
                row.account_minor,
            )
            for row in rows
        ]

    def test_times(self):
        """
        Times are China Standard Time on the wire.
        """
        rows = parse_statement(recorded("statement.json"))

        assert datetime(2026, 11, 20, 2, 0, 3, tzinfo=UTC) == rows[0].at

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"133.50", b"1e2"),
            (b'"72.25"', b'"x"'),
            (b"56.25", b"true"),
            (b"2026-11-20 10:00:03", b"yesterday"),
            (b'"setl_id": "S1"', b'"setl_id": 1'),
        ],
    )
    def test_one_bad_row_spoils_it(self, old, new):
        """
        A statement of which a row cannot be read is no statement.
        """
        assert parse_statement(recorded("statement.json").replace(old, new, 1)) is None

    def test_empty(self):
        """
        A day without settlements has none.
        """
        assert () == parse_statement(b"{}")
