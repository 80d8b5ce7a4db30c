"""What a screen may show."""

from datetime import date

import pytest

from wallet.residents.masking import age_on, masked_document, masked_name, masked_phone


class TestMaskedName:
    @pytest.mark.parametrize(
        ("name", "shown"), [("张秀英", "张*"), ("李明", "李*"), ("张", "张*"), ("", "*")]
    )
    def test_keeps_the_first_character(self, name: str, shown: str) -> None:
        """
        One character and one star, so that not even the length is told.
        """
        assert shown == masked_name(name)


class TestMaskedDocument:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("11010519491231002X", "1****************X"),
            ("E1234567", "E******7"),
            ("123", "1*3"),
            ("12", "**"),
            ("", ""),
        ],
    )
    def test_keeps_first_and_last(self, number: str, shown: str) -> None:
        """
        One plus one characters are shown.
        """
        assert shown == masked_document(number)


class TestMaskedPhone:
    @pytest.mark.parametrize(
        ("phone", "shown"), [("13800138000", "138****8000"), ("1234567", "*******"), ("", "")]
    )
    def test_keeps_three_and_four(self, phone: str, shown: str) -> None:
        """
        Three plus four digits are shown.
        """
        assert shown == masked_phone(phone)


class TestAgeOn:
    @pytest.mark.parametrize(
        ("born", "today", "age"),
        [
            (date(1956, 3, 12), date(2026, 3, 11), 69),
            (date(1956, 3, 12), date(2026, 3, 12), 70),
            (date(2004, 2, 29), date(2026, 2, 28), 21),
            (date(2004, 2, 29), date(2026, 3, 1), 22),
            (date(2026, 3, 3), date(2026, 3, 2), 0),
            (None, date(2026, 3, 2), None),
        ],
    )
    def test_completed_years(self, born: date | None, today: date, age: int | None) -> None:
        """
        The age changes on the birthday.
        """
        assert age == age_on(born, today)
