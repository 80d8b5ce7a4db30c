"""Access tokens."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.parties.tokens import AccessToken, TokenSealer

NOW = 1_772_415_000
SEALER = TokenSealer(b"k" * 32, os.urandom)
TOKEN = AccessToken(
    party_id=7,
    terminal_id=8,
    scopes=("visits:write",),
    sign_resolve=True,
    expires_at_seconds=NOW + 300,
)


class TestTokenSealer:
    def test_opens_what_it_sealed(self):
        """
        A token says what it was made with.
        """
        assert TOKEN == SEALER.open(SEALER.seal(TOKEN), NOW)

    @pytest.mark.parametrize(("later", "opened"), [(299, TOKEN), (300, None)])
    def test_ends(self, later, opened):
        """
        A token is good until its end and not at it.
        """
        assert opened == SEALER.open(SEALER.seal(TOKEN), NOW + later)

    def test_tells_nothing(self):
        """
        Two tokens that say the same look different, and neither repr shows a secret.
        """
        assert SEALER.seal(TOKEN) != SEALER.seal(TOKEN)
        assert "TokenSealer(…)" == repr(SEALER)

    def test_other_key(self):
        """
        A token of another deployment is nothing here.
        """
        assert TokenSealer(b"o" * 32, os.urandom).open(SEALER.seal(TOKEN), NOW) is None

    @given(place=st.integers(4, 200), letter=st.sampled_from("Aa0-_=. \n١"))
    def test_any_change_is_refused(self, place, letter):
        """
        A token with one letter changed is none.
        """
        text = SEALER.seal(TOKEN)
        place %= len(text)
        changed = text[:place] + letter + text[place + 1 :]

        assert (TOKEN if changed == text else None) == SEALER.open(changed, NOW)

    @given(text=st.one_of(st.text(), st.from_regex(r"\Afwt_[A-Za-z0-9_-]{40,80}\Z")))
    def test_is_total(self, text):
        """
        Any text is answered, never with a fault.
        """
        assert SEALER.open(text, NOW) is None
