"""The blind index."""

import hashlib
import hmac

from wallet.vault.blind import blind_index

KEY = bytes(range(32))


class TestBlindIndex:
    def test_is_hmac_sha256(self) -> None:
        """
        The value is HMAC-SHA256 over length of domain, domain and value.
        """
        expected = hmac.new(KEY, b"\x00\x02id1", hashlib.sha256)

        assert expected.digest() == blind_index(KEY, "id", "1")

    def test_domain_and_value_do_not_run_together(self) -> None:
        """
        Moving a letter from the domain to the value changes the index.
        """
        assert blind_index(KEY, "ab", "c") != blind_index(KEY, "a", "bc")

    def test_differs_per_key(self) -> None:
        """
        Another index key gives another index.
        """
        assert blind_index(KEY, "id", "1") != blind_index(KEY[::-1], "id", "1")
