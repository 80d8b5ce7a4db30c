"""Ids that are given out."""

import re

from hypothesis import given
from hypothesis import strategies as st

from wallet.vault.sealing import TEXT_PATTERN, IdSealer

KEY = bytes(range(64))
SEALER = IdSealer(KEY)
NUMBERS = st.integers(0, 2**64 - 1)


class TestSeal:
    @given(NUMBERS, NUMBERS)
    def test_opens_to_what_was_sealed(self, resident_id: int, local_id: int) -> None:
        """
        Any two numbers come back, for the same kind and audience.
        """
        text = SEALER.seal("vis", "party:7", resident_id, local_id)

        assert (resident_id, local_id) == SEALER.open("vis", "party:7", text)

    def test_has_the_documented_form(self) -> None:
        """
        The text is prefix, underscore and 52 letters and digits.
        """
        text = SEALER.seal("settle", "party:7", 1, 2)

        assert re.search(TEXT_PATTERN, text) is not None

    def test_differs_per_audience(self) -> None:
        """
        Two parties cannot tell that their ids mean the same thing.
        """
        ids = {SEALER.seal("vis", f"party:{number}", 1, 2) for number in range(50)}

        assert 50 == len(ids)


class TestOpen:
    def test_refuses_another_audience(self) -> None:
        """
        An id that was given to one party opens nothing for another.
        """
        text = SEALER.seal("vis", "party:7", 1, 2)

        assert SEALER.open("vis", "party:8", text) is None

    def test_refuses_another_kind(self) -> None:
        """
        An id with its prefix exchanged opens nothing.
        """
        text = SEALER.seal("vis", "party:7", 1, 2).replace("vis_", "set_")

        assert SEALER.open("set", "party:7", text) is None

    def test_refuses_another_spelling(self) -> None:
        """
        Upper case, other letters for the same bits and loose bits at the end are refused.
        """
        text = SEALER.seal("vis", "party:7", 1, 2)
        last = "0123456789abcdefghjkmnpqrstvwxyz".index(text[-1])
        loose = text[:-1] + "0123456789abcdefghjkmnpqrstvwxyz"[last | 1]
        opened = [
            SEALER.open("vis", "party:7", spelt)
            for spelt in (text.upper(), text + "\n", text + "0", text[:-1], loose, "vis_", "vis")
        ]

        assert [None] * 7 == opened

    @given(st.text(max_size=70))
    def test_is_total(self, text: str) -> None:
        """
        Whatever is sent, the answer is None and nothing is raised.
        """
        assert SEALER.open("vis", "party:7", text) is None

    @given(st.integers(4, 55), st.integers(1, 31))
    def test_refuses_any_changed_letter(self, place: int, change: int) -> None:
        """
        An id with one letter changed opens nothing.
        """
        alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
        text = SEALER.seal("vis", "party:7", 1, 2)
        letter = alphabet[(alphabet.index(text[place]) + change) % 32]

        assert SEALER.open("vis", "party:7", text[:place] + letter + text[place + 1 :]) is None

    def test_repr_is_redacted(self) -> None:
        """
        The sealer's repr tells nothing.
        """
        assert "IdSealer(…)" == repr(SEALER)
