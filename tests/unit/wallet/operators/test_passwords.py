"""What may be a password, and how one is judged."""

import asyncio
import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wallet.operators.cheap import CHEAP
from wallet.operators.passwords import LONGEST, SHORTEST, Passwords, Weakness, weakness


class Watched(PasswordHasher):
    """
    Takes its time, and notes how many it works on at once.
    """

    def __init__(self):
        super().__init__()
        self.now = self.most = 0

    def hash(self, _password):
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.1)
        self.now -= 1
        return ""


class TestWeakness:
    @pytest.mark.parametrize(
        ("password", "expected"),
        [
            ("a quiet ri", Weakness.TOO_SHORT),
            ("a quiet rive", None),
            ("山上有一棵很老的大松树呀", None),
            ("a quiet river " * 10, Weakness.TOO_LONG),
            ("\ud800 quiet river", Weakness.UNREADABLE),
            ("zhangsan1234", Weakness.NAME),
            ("ZhangSan-ZhangSan", Weakness.NAME),
            ("ｚｈａｎｇｓａｎ1234", Weakness.NAME),
            ("zhangsan likes rivers", None),
            ("111111111111", Weakness.COMMON),
            ("abababababab", Weakness.COMMON),
            ("Password1234", Weakness.COMMON),
            ("1qaz2wsx3edc", Weakness.COMMON),
            ("            ", Weakness.COMMON),
        ],
    )
    def test_reasons(self, password, expected):
        """
        Length, name and the commonest count; there are no rules of composition.
        """
        assert expected == weakness(password, "zhangsan")

    @given(st.text())
    def test_total(self, password):
        """
        Any text has an answer, and what is accepted has a length in range.
        """
        accepted = weakness(password, "zhangsan") is None

        assert not accepted or SHORTEST <= len(password) <= LONGEST


class TestPasswords:
    async def test_parameters(self):
        """
        A new hash is Argon2id with the second recommendation of RFC 9106 §4: 64 MiB, 3, 4.
        """
        passwords = Passwords()
        stored = await passwords.hash("a quiet river")

        assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert not passwords.outdated(stored)
        assert await passwords.match(stored, "a quiet river")

    def test_nobodys(self):
        """
        Nobody's hash has the parameters of a new one, so that it takes as long.
        """
        passwords = Passwords()

        assert RFC_9106_LOW_MEMORY == extract_parameters(passwords._nobodys)

    async def test_nobodys_is_judged(self):
        """
        For nobody Argon2 runs as for somebody.
        """
        passwords = Passwords()
        stored = await passwords.hash("a quiet river")
        took = []
        for each in (stored, None):
            began = time.process_time()
            assert not await passwords.match(each, "another river")
            took.append(time.process_time() - began)

        assert took[1] > took[0] / 3

    @pytest.mark.parametrize("typed", ["", "wrong", "x" * 129, "\ud800"])
    async def test_wrong(self, typed):
        """
        What is wrong or can be no password does not match, whoever's it is.
        """
        passwords = Passwords(CHEAP)
        stored = await passwords.hash("a quiet river")

        assert (False, False) == (
            await passwords.match(stored, typed),
            await passwords.match(None, typed),
        )

    async def test_empty_is_not_unreadable(self):
        """
        Even where the hash is of nothing, what cannot be a password does not match it.
        """
        stored = PasswordHasher.from_parameters(CHEAP).hash(b"")

        assert not await Passwords(CHEAP).match(stored, "\ud800")

    async def test_two_at_once(self):
        """
        What is still hashed for somebody who has gone counts among the two.
        """
        passwords = Passwords(CHEAP)
        passwords._hasher = watched = Watched()
        for _ in range(4):
            leaving = asyncio.create_task(passwords.hash("a quiet river"))
            await asyncio.sleep(0.01)
            leaving.cancel()
            await asyncio.wait({leaving})
        await passwords.hash("a quiet river")

        assert 2 == watched.most

    async def test_outdated(self):
        """
        A hash made with less is outdated.
        """
        assert Passwords().outdated(await Passwords(CHEAP).hash("a quiet river"))
