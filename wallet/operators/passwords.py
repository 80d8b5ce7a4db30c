"""
Passwords of operators: what may be one (NIST SP 800-63B §5.1.1.2), and Argon2id (RFC 9106).
"""

import asyncio
import base64
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Final, TypeVar

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

Result = TypeVar("Result")
SHORTEST: Final = 12
LONGEST: Final = 128
_LEAST_BESIDE_NAME: Final = 8
_LEAST_DIFFERENT: Final = 5
_AT_ONCE: Final = 2  # each takes 64 MiB and a processor
_LISTED: Final = """
    012345678901 0123456789012 123456789012 1234567890123 12345678901234 123456789123
    1234567891234 123456123456 123123123123 123321123321 112233445566 11223344556677 121212121212
    147258369147 147258369000 789456123000 987654321098 987654321012 0987654321098 098765432109
    520131452013 5201314520131 5201314521131 1314520131452 13145201314520 woaini1314520
    woaini5201314 woaini123456 woaini1234567 wodemima1234 iloveyou1234 iloveyou123456
    iloveyouforever 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i q1w2e3r4t5y6 1qaz2wsx3edc
    1qaz2wsx3edc4rfv zaq12wsxcde3 zaq1xsw2cde3 qazwsxedcrfv qazwsxedc123 qwertyuiop12
    qwertyuiop123 qwertyuiop1234 qwertyuiopasdf qwerty123456 qwerty1234567 asdfghjkl123
    asdfghjkl1234 zxcvbnm12345 zxcvbnm123456 abcdefghijkl abcdefghijklm abcd12345678 abc123456789
    abcdef123456 abc123abc123 aa1234567890 a12345678900 a1234567890123 password1234 password12345
    password123456 password2024 password2025 password2026 passwordpassword passw0rd1234
    p@ssw0rd1234 p@ssword1234 letmein12345 letmeinletmein welcome12345 welcome123456 changeme1234
    changemenow! administrator administrator1 administrator123 admin1234567 admin12345678
    admin123456789 adminadminadmin adminpassword superuser123 rootrootroot root12345678
    operator1234 operator12345 operatoroperator fusionwallet fusion-wallet fusionwallet1
    fusionwallet123 test12345678 testtesttest dragon123456 monkey123456 football1234 sunshine1234
    princess1234 trustno1trustno1 correcthorsebatterystaple
"""
_COMMONEST: Final = frozenset(_LISTED.split())


class Weakness(StrEnum):
    """
    Why a text may not be a password.
    """

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NAME = "name"
    COMMON = "common"


def weakness(password: str, name: str) -> Weakness | None:
    """
    Tell why a text may not be a password, or None if it may.

    From 12 to 128 characters of any kind; none of the commonest, nothing of fewer than five
    different characters, and not the login name with little beside it.
    """
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    if _bytes(password) is None:
        return Weakness.UNREADABLE
    folded = unicodedata.normalize("NFKC", password).casefold()
    if name in folded and len(folded.replace(name, "")) < _LEAST_BESIDE_NAME:
        return Weakness.NAME
    if folded in _COMMONEST or len(set(folded)) < _LEAST_DIFFERENT:
        return Weakness.COMMON
    return None


class Passwords:
    """
    Hashes and verifies, two at a time, in threads.

    Args:
        parameters: of new hashes; RFC 9106's second recommendation unless given.
    """

    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys = _nobodys(parameters)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="wallet-passwords")

    async def hash(self, password: str) -> str:
        """
        Return what is stored of a password that has no `weakness`.
        """
        return await self._done(self._hasher.hash, _bytes(password) or b"")

    async def match(self, stored: str | None, password: str) -> bool:
        """
        Tell whether a password is the one that a hash was made of.

        Nobody's hash takes as long as somebody's, and so does what cannot be a password.
        """
        typed = _bytes(password)
        right = await self._done(self._verified, stored or self._nobodys, typed or b"")
        return right and stored is not None and typed is not None

    def outdated(self, stored: str) -> bool:
        """
        Tell whether a hash was made with other parameters than a new one would be.
        """
        return self._hasher.check_needs_rehash(stored)

    async def _done(self, do: Callable[..., Result], *given: str | bytes) -> Result:
        """
        Do it in a thread, which is taken until it is done, whoever waits for it no longer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, do, *given)

    def _verified(self, stored: str, typed: bytes) -> bool:
        try:
            return self._hasher.verify(stored, typed)
        except VerificationError:
            return False


def _bytes(password: str) -> bytes | None:
    """
    Return the bytes that are hashed: NFKC in UTF-8, so that every keyboard's spelling is the same.
    """
    if len(password) > LONGEST:  # normalising takes time that grows faster than the text
        return None
    try:
        return unicodedata.normalize("NFKC", password).encode()
    except UnicodeEncodeError:
        return None


def _nobodys(parameters: Parameters) -> str:
    """
    Return a hash of those parameters that no known password has, without hashing anything.
    """
    salt, digest = (
        base64.b64encode(bytes(size)).rstrip(b"=").decode()
        for size in (parameters.salt_len, parameters.hash_len)
    )
    cost = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${cost}${salt}${digest}"
