"""Waits, and what a network is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.operators.lockouts import network, wait


class TestNetwork:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("192.0.2.7", "192.0.2.7"),
            (" 192.0.2.7 ", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8::1", "2001:db8::/64"),
            ("2001:DB8:0:0:ffff::1", "2001:db8::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("desk", "'desk'"),
        ],
    )
    def test_known(self, address, expected):
        """
        An IPv4 address stands for itself, an IPv6 address for its /64.
        """
        assert expected == network(address)

    @given(st.text())
    def test_total(self, address):
        """
        Any text has a network that can be hashed.
        """
        assert network(address).isascii()


class TestWait:
    @given(st.integers(1, 10_000), st.integers(1, 100))
    def test_grows(self, failures, free):
        """
        There is no wait before `free` failures; it never shrinks and ends at an hour.
        """
        now, later = wait(failures, free), wait(failures + 1, free)

        assert (failures < free) == (not now)
        assert now <= later <= timedelta(hours=1)
