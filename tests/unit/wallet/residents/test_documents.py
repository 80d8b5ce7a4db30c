"""Document numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.spi import PersonKey
from wallet.residents.documents import (
    Document,
    Implausible,
    Reason,
    check_character,
    index_value,
    read_document,
)

TODAY = date(2026, 3, 2)
DATES = st.dates(date(1800, 1, 1), TODAY)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """
    Valid 18-digit numbers of any division, known or not.
    """
    division = draw(st.integers(100_000, 799_999))
    payload = f"{division}{draw(DATES):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    if len(payload) != 17:  # strftime drops leading zeros of early years on some systems
        payload = payload.zfill(17)
    return payload + check_character(payload)


class TestReadDocument:
    @pytest.mark.parametrize(
        ("number", "born", "sex"),
        [
            ("11010519491231002X", date(1949, 12, 31), "F"),
            ("440524188001010014", date(1880, 1, 1), "M"),
            ("440106195603124028", date(1956, 3, 12), "F"),
            ("440104198807213314", date(1988, 7, 21), "M"),
        ],
    )
    def test_published_id_cards(self, number: str, born: date, sex: str) -> None:
        """
        The examples of GB 11643 and our cast are read.
        """
        expected = Document(PersonKey.ID_CARD, number, born, sex)

        assert expected == read_document(PersonKey.ID_CARD, number, TODAY)

    @pytest.mark.parametrize("kind", [PersonKey.ID_CARD, PersonKey.RESIDENCE_PERMIT])
    @pytest.mark.parametrize(
        ("number", "born", "sex"),
        [
            ("810000199408230021", date(1994, 8, 23), "F"),
            ("830000199201300022", date(1992, 1, 30), "F"),
        ],
    )
    def test_published_residence_permits(
        self, kind: PersonKey, number: str, born: date, sex: str
    ) -> None:
        """
        A residence permit is recognised, whichever of the two it is said to be.
        """
        expected = Document(PersonKey.RESIDENCE_PERMIT, number, born, sex)

        assert expected == read_document(kind, number, TODAY)

    @given(numbers())
    def test_unknown_divisions_are_fine(self, number: str) -> None:
        """
        Any division is accepted as long as date and check character hold.
        """
        assert isinstance(read_document(PersonKey.ID_CARD, number, TODAY), Document)

    @given(numbers(), st.integers(0, 17), st.integers(1, 9))
    def test_a_wrong_digit_is_found(self, number: str, place: int, change: int) -> None:
        """
        The check character finds each single wrong digit.
        """
        place %= 17
        digit = str((int(number[place]) + change) % 10)
        wrong = number[:place] + digit + number[place + 1 :]

        assert isinstance(read_document(PersonKey.ID_CARD, wrong, TODAY), Implausible)

    def test_fifteen_digits_become_eighteen(self) -> None:
        """
        A number of the first generation gets its century and its check character.
        """
        document = read_document(PersonKey.ID_CARD, "110105491231002", TODAY)

        assert Document(PersonKey.ID_CARD, "11010519491231002X", date(1949, 12, 31), "F") == (
            document
        )

    def test_blanks_and_case_do_not_matter(self) -> None:
        """
        A number typed in groups with a small x is the same number.
        """
        document = read_document(PersonKey.ID_CARD, "110105 19491231 002x", TODAY)

        assert "11010519491231002X" == getattr(document, "number", None)

    @pytest.mark.parametrize(
        ("kind", "number", "reason"),
        [
            (PersonKey.ID_CARD, "110105194912310021", Reason.CHECK_DIGIT),
            (PersonKey.ID_CARD, "1101051949123100", Reason.FORM),
            (PersonKey.ID_CARD, "11010519491231002X\n", Reason.FORM),
            (PersonKey.ID_CARD, "１１０１０５19491231002X", Reason.FORM),
            (PersonKey.ID_CARD, "", Reason.FORM),
            (PersonKey.RESIDENCE_PERMIT, "11010519491231002X", Reason.TYPE),
            (PersonKey.RESIDENCE_PERMIT, "110105491231002", Reason.FORM),
            (PersonKey.TRAVEL_PERMIT, "X12345678", Reason.FORM),
            (PersonKey.PASSPORT, "E123", Reason.FORM),
            (PersonKey.FOREIGN_RESIDENT_CARD, "CHN12345678901", Reason.FORM),
            (PersonKey.BIRTH_CERTIFICATE, "123456789", Reason.FORM),
        ],
    )
    def test_refuses(self, kind: PersonKey, number: str, reason: Reason) -> None:
        """
        What cannot be such a number is refused with a reason.
        """
        assert Implausible(reason) == read_document(kind, number, TODAY)

    @pytest.mark.parametrize("born", ["20260303", "19490230", "17991231", "19491301"])
    def test_refuses_impossible_birth_dates(self, born: str) -> None:
        """
        Tomorrow, the 30th of February and the eighteenth century are refused.
        """
        payload = f"110105{born}002"
        number = payload + check_character(payload)

        assert Implausible(Reason.BIRTH_DATE) == read_document(PersonKey.ID_CARD, number, TODAY)

    def test_born_today(self) -> None:
        """
        Somebody born today has a document already.
        """
        payload = f"110105{TODAY:%Y%m%d}002"
        number = payload + check_character(payload)
        document = read_document(PersonKey.ID_CARD, number, TODAY)

        assert isinstance(document, Document)
        assert isinstance(
            read_document(PersonKey.ID_CARD, number, TODAY - timedelta(days=1)), Implausible
        )

    @pytest.mark.parametrize(
        ("kind", "number"),
        [
            (PersonKey.TRAVEL_PERMIT, "H12345678"),
            (PersonKey.TRAVEL_PERMIT, "M1234567801"),
            (PersonKey.TRAVEL_PERMIT, "12345678"),
            (PersonKey.PASSPORT, "E12345678"),
            (PersonKey.FOREIGN_RESIDENT_CARD, "CHN110080010101"),
            (PersonKey.FOREIGN_RESIDENT_CARD, "911156199001010012"),
            (PersonKey.BIRTH_CERTIFICATE, "X320101001"),
        ],
    )
    def test_other_documents(self, kind: PersonKey, number: str) -> None:
        """
        The other papers are known by their form and tell nothing else.
        """
        assert Document(kind, number) == read_document(kind, number.lower(), TODAY)

    @given(st.sampled_from(list(PersonKey)), st.text(max_size=30))
    def test_is_total(self, kind: PersonKey, text: str) -> None:
        """
        Whatever is typed, there is an answer and nothing is raised.
        """
        assert isinstance(read_document(kind, text, TODAY), Document | Implausible)


class TestIndexValue:
    def test_id_card_and_permit_share_a_domain(self) -> None:
        """
        A permit taken for an ID card finds the same person.
        """
        permit = read_document(PersonKey.ID_CARD, "810000199408230021", TODAY)

        assert isinstance(permit, Document)
        assert ("document/gb11643", "810000199408230021") == index_value(permit)

    def test_other_documents_have_their_own(self) -> None:
        """
        A passport number is not somebody's permit number.
        """
        passport = Document(PersonKey.PASSPORT, "12345678")

        assert ("document/passport", "12345678") == index_value(passport)


class TestDocument:
    def test_repr_is_redacted(self) -> None:
        """
        The repr names the type of document only.
        """
        assert "Document('passport', …)" == repr(Document(PersonKey.PASSPORT, "E1234567"))
