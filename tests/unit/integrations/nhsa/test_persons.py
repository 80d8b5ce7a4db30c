"""Persons as 1101 answers, and choosing among their insurances."""

import msgspec
import pytest

from integrations.nhsa.memory import Subject
from integrations.nhsa.persons import (
    Insurance,
    Insured,
    choose,
    current,
    insurance_fields,
    label,
    parse_person,
    same_person,
)
from integrations.spi import ChoiceRequired, Refused
from tests.contract.nhsa.builders import LIU, ZHANG
from tests.unit.integrations.nhsa.recorded import recorded


def insurance(insutype="310", place="440100", *, active=True):
    return Insurance(
        insutype=insutype, place=place, psn_type="11", active=active, balance_minor=8620
    )


def insured(*insurances):
    return Insured(psn_no="P1", certno="C1", name="N1", insurances=insurances)


SUBJECT = Subject(psn_no="P1", insutype="310", insuplc_admdvs="440100")


class TestParsePerson:
    def test_recorded(self):
        """
        Each insurance comes with its state and its balance in fen.
        """
        person = parse_person(recorded("person_two_insurances.json"))

        assert ("44010000001000000006", "440103199001153138") == (person.psn_no, person.certno)
        assert [("310-440100", True, 8620), ("390-430100", False, 0)] == [
            (row.key, row.active, row.balance_minor) for row in person.insurances
        ]
        assert same_person(person, LIU)
        assert not same_person(person, ZHANG)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{}",
            b'{"baseinfo":{}}',
            b'{"baseinfo":{"psn_no":""}}',
            b'{"baseinfo":{"psn_no":7}}',
            b'{"baseinfo":{"psn_no":"1"},"insuinfo":[{}]}',
        ],
    )
    def test_malformed(self, raw):
        """
        Without a person number, or with rows that name no insurance, it is no answer.
        """
        assert parse_person(raw) is None

    @pytest.mark.parametrize(
        ("balance", "fen"), [(None, None), (12.5, 1250), ("bad", None), ("", 0)]
    )
    def test_balance(self, balance, fen):
        """
        A balance that is not stated is not zero.
        """
        row = {"insutype": "310", "insuplc_admdvs": "440100", "psn_insu_stas": "1"}
        body = {"baseinfo": {"psn_no": "1"}, "insuinfo": [row | {"balc": balance}]}

        assert fen == parse_person(msgspec.json.encode(body)).insurances[0].balance_minor

    def test_no_insurance_at_all(self):
        """
        Rows may be missing.
        """
        raw = b'{"baseinfo":{"psn_no":"1"},"insuinfo":null}'

        assert () == parse_person(raw).insurances


class TestChoose:
    def test_none(self):
        """
        Without insurance there is nothing to bind.
        """
        assert Refused("NOT_INSURED") == choose(insured())

    def test_paused_only(self):
        """
        A paused insurance cannot be bound.
        """
        assert Refused("SUSPENDED") == choose(insured(insurance(active=False)))

    def test_one_active(self):
        """
        A paused one beside it does not ask for a choice.
        """
        only = insurance("390")

        assert only == choose(insured(insurance(active=False), only))

    def test_several(self):
        """
        Several active ones ask for a choice, in both languages.
        """
        asked = choose(insured(insurance(), insurance("390", "430100")))

        assert isinstance(asked, ChoiceRequired)
        assert ("390-430100", "城乡居民基本医疗保险 · 430100") == (
            asked.choices[1].key,
            asked.choices[1].text.zh,
        )

    def test_named(self):
        """
        The named one is taken.
        """
        wanted = insurance("390", "430100")

        assert wanted == choose(insured(insurance(), wanted), "390-430100")

    def test_named_and_paused(self):
        """
        A paused one cannot be chosen.
        """
        rows = (insurance(), insurance("320"), insurance("390", "430100", active=False))

        assert isinstance(choose(insured(*rows), "390-430100"), ChoiceRequired)


class TestCurrent:
    def test_bound_and_active(self):
        """
        The bound one is found among several.
        """
        wanted = insurance()

        assert wanted == current(insured(insurance("390", "430100"), wanted), SUBJECT)

    def test_bound_and_gone(self):
        """
        When the bound one is gone, the rest is offered.
        """
        found = current(insured(insurance("390", "430100")), SUBJECT)

        assert Refused("CHOICE_REQUIRED", ("390-430100",)) == found

    def test_bound_and_paused(self):
        """
        When the bound one is paused, it is suspended.
        """
        assert Refused("SUSPENDED") == current(insured(insurance(active=False)), SUBJECT)

    def test_nothing_left(self):
        """
        When all are gone, the person is not insured.
        """
        assert Refused("NOT_INSURED") == current(insured(), SUBJECT)

    def test_somebody_else(self):
        """
        The credential must be the bound person's.
        """
        other = Subject(psn_no="P2", insutype="310", insuplc_admdvs="440100")

        assert Refused("PERSON_MISMATCH") == current(insured(insurance()), other)

    def test_unbound_with_one(self):
        """
        Without a binding the only one counts.
        """
        only = insurance()

        assert only == current(insured(only), None)


class TestTexts:
    def test_unknown_scheme_is_named_by_its_code(self):
        """
        A scheme that no table names keeps its code.
        """
        assert "510 · 440100" == label(insurance("510"))
        assert "510" == insurance_fields("510", "440100", "440100")["insutype_name"]

    def test_elsewhere(self):
        """
        Insurance elsewhere is not local.
        """
        assert insurance_fields("310", "430100", "440100")["local"] is False
