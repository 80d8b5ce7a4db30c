"""Settings, people, catalogue, control surface and the page that documents them."""

import re
from pathlib import Path

import msgspec
import pytest

from integrations.nhsa.sandbox import NhsaSandboxSettings, default_settings, make_keys, refusals
from integrations.nhsa.sandbox.app import TRANSACTIONS
from integrations.nhsa.sandbox.catalogue import catalogue
from integrations.nhsa.sandbox.credentials import Credential
from integrations.nhsa.sandbox.people import cast
from integrations.nhsa.sandbox.records import Line
from integrations.nhsa.sandbox.refusals import Refusal
from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE

PAGE = Path(__file__).parents[5] / "docs" / "integrations" / "nhsa-sandbox.md"
REFUSALS = [value for value in vars(refusals).values() if isinstance(value, Refusal)]


class TestSettings:
    """`NhsaSandboxSettings`."""

    def test_makes_new_secrets_each_time(self):
        """
        No two runs share a secret.
        """
        assert make_keys() != make_keys()
        assert default_settings() != default_settings()

    def test_travels_as_json(self):
        """
        The command line reads them from a file.
        """
        settings = default_settings()
        text = msgspec.json.encode(settings)

        assert settings == msgspec.json.decode(text, type=NhsaSandboxSettings)

    def test_shows_no_secret(self):
        """
        Neither keys nor settings nor institutions print one.
        """
        keys = make_keys()
        settings = default_settings(keys)
        shown = f"{keys!r} {settings!r} {settings.institutions!r}"

        assert not [
            secret
            for secret in (keys.hospital_secret, keys.pharmacy_secret, keys.token_key)
            if secret in shown
        ]


class TestCast:
    """`people.json`."""

    def test_has_valid_check_digits(self):
        """
        GB 11643: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2.
        """
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        digits = [
            "10X98765432"[
                sum(int(d) * w for d, w in zip(one.certno[:17], weights, strict=True)) % 11
            ]
            for one in cast()
        ]

        assert digits == [one.certno[17] for one in cast()]

    def test_agrees_with_the_identity_numbers(self):
        """
        Birth date and sex follow from the number.
        """
        assert [one.brdy.replace("-", "") for one in cast()] == [
            one.certno[6:14] for one in cast()
        ]
        assert ["1" if int(one.certno[16]) % 2 else "2" for one in cast()] == [
            one.gend for one in cast()
        ]

    def test_prints_nobody(self):
        """
        Neither people nor credentials, calls nor records show anything personal.
        """
        credential = Credential("02", PEOPLE["zhang"].certno, "")
        shown = repr((PEOPLE["zhang"], credential, Line(sent={"psn_no": "P"}, split=None)))

        assert not [word for word in ("张", "4401", "psn_no") if word in shown]


class TestCatalogue:
    """`catalogue.json`."""

    def test_has_every_kind_and_level(self):
        """
        About forty items, each code once.
        """
        items = list(catalogue().values())

        assert 43 == len(items)
        assert {"drug", "service", "material"} == {item.kind for item in items}
        assert {"01", "02", "03"} == {item.level for item in items}

    def test_has_a_first_share_exactly_for_class_two(self):
        """
        Only 乙 has one.
        """
        wrong = [
            item.code
            for item in catalogue().values()
            if (item.selfpay_bp > 0) != (item.level == "02")
        ]

        assert [] == wrong


class TestControl:
    """The sandbox's own endpoints."""

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("ec-codes", {"certno": "x"}, 400),
            ("ec-codes", {"certno": "11010519491231002X"}, 404),
            ("card-reads", {}, 400),
            ("card-reads", {"certno": "11010519491231002X"}, 404),
            ("drift", {"account_minus": -1}, 400),
            ("drift", {"account_minus": 1}, 201),
            ("faults", {"kind": "?"}, 400),
        ],
    )
    async def test_reads_its_orders_strictly(self, hospital, path, body, status):
        """
        Bad orders and unknown people are refused.
        """
        async with hospital.http.post(f"/_sandbox/{path}", json=body) as response:
            await response.read()

        assert status == response.status

    async def test_drops_drifts(self, hospital):
        """
        What was ordered can be taken back.
        """
        await hospital.control("POST", "drift", {"account_minus": 1})
        await hospital.control("DELETE", "drift")

        assert {"drifts": []} == await hospital.control("GET", "drift")

    async def test_is_ready(self, hospital):
        """
        Once it answers at all.
        """
        assert {"ready": True} == await hospital.control("GET", "ready")

    async def test_names_every_message_in_the_books(self, visit):
        """
        Each state-changing message with what it made.
        """
        await visit.settled()
        books = await visit.desk.books()

        assert ["2201", "2203", "2204", "2207"] == [row["infno"] for row in books["messages"]]
        assert 8 == len(books["people"])


class TestPage:
    """docs/integrations/nhsa-sandbox.md."""

    def test_lists_every_refusal_with_its_text(self):
        """
        And nothing that the sandbox does not answer.
        """
        refusals_part = PAGE.read_text().split("## Refusals")[1]
        rows = re.findall(r"^\| (\d{4}) \| ([^|]+) \|", refusals_part, re.MULTILINE)

        assert {(str(one.infcode), one.err_msg) for one in REFUSALS} == set(rows)

    def test_lists_every_transaction(self):
        """
        One row for each number.
        """
        transactions_part = PAGE.read_text().split("## Refusals")[0]
        rows = re.findall(r"^\| (\d{4}) \|", transactions_part, re.MULTILINE)

        assert set(TRANSACTIONS) == set(rows)

    def test_gives_each_refusal_its_own_number(self):
        """
        No number twice.
        """
        assert len(REFUSALS) == len({one.infcode for one in REFUSALS})
