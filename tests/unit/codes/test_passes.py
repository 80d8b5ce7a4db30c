from itertools import pairwise

import msgspec
import pytest

from codes.errors import NoIssuingKeyError, OutOfRangeError
from codes.keys import Holder, KeyRing, LiveKey
from codes.passes import (
    Issue,
    PassContent,
    PassWindow,
    issue_passes,
    open_pass,
    plan,
    seal_pass,
    top_up,
    window_at,
)
from codes.profiles import Profile, Suite
from tests.vectors.codes.setting import HOLDER, ISSUER, KEYS, RING, T0, octets

HEADER = bytes.fromhex("10050a3c11")
CONTENT = PassContent(HOLDER, T0 + 600, 5, b"salty")
DAY = 86_400


@pytest.fixture(params=Suite, ids=lambda suite: suite.name.lower())
def key(request):
    return LiveKey(KEYS[request.param])


class TestWindowAt:
    @pytest.mark.parametrize("seconds", [0, 1, 599])
    def test_inside(self, seconds):
        """
        A window begins at a multiple of ten minutes.
        """
        assert PassWindow(T0, T0 + 600) == window_at(T0 + seconds)

    def test_next(self):
        """
        The last second of a window is the one before its expiry.
        """
        assert PassWindow(T0 + 600, T0 + 1200) == window_at(T0 + 600)


class TestPlan:
    def test_three_days(self):
        """
        A top-up has 432 windows side by side, the first of them the present one.
        """
        windows = plan(T0 + 599)

        assert 432 == len(windows)
        assert PassWindow(T0, T0 + 600) == windows[0]
        assert T0 + 3 * DAY == windows[-1].expires_at_seconds
        assert all(
            left.expires_at_seconds == right.starts_at_seconds for left, right in pairwise(windows)
        )


class TestSealPass:
    def test_round_trip(self, key):
        """
        What is sealed opens again, 24 bytes in 40.
        """
        sealed = seal_pass(key, HEADER, CONTENT)

        assert 40 == len(sealed)
        assert CONTENT == open_pass(key, HEADER, sealed)

    def test_salt(self, key):
        """
        Another salt makes a pass that looks unrelated in every part.
        """
        again = seal_pass(key, HEADER, msgspec.structs.replace(CONTENT, salt=b"sweet"))
        sealed = seal_pass(key, HEADER, CONTENT)

        assert sealed[:16] != again[:16]
        assert sealed[16:] != again[16:]

    @pytest.mark.parametrize(
        "change",
        [
            {"holder": Holder(-1, 0, bytes(4))},
            {"holder": Holder(2**64, 0, bytes(4))},
            {"holder": Holder(0, -1, bytes(4))},
            {"holder": Holder(0, 2**16, bytes(4))},
            {"holder": Holder(0, 0, bytes(3))},
            {"expires_at_seconds": T0 + 601},
            {"expires_at_seconds": 570},
            {"expires_at_seconds": 2**32 // 30 * 30 + 30},
            {"flags": -1},
            {"flags": 256},
            {"salt": bytes(6)},
        ],
    )
    def test_out_of_range(self, key, change):
        """
        What does not fit its field is a fault, and its text tells nothing.
        """
        with pytest.raises(OutOfRangeError) as caught:
            seal_pass(key, HEADER, msgspec.structs.replace(CONTENT, **change))

        assert (None, "") == (caught.value.__cause__, str(caught.value))


class TestOpenPass:
    def test_other_header(self, key):
        """
        A pass opens under its own header only.
        """
        sealed = seal_pass(key, HEADER, CONTENT)

        assert open_pass(key, b"\x11" + HEADER[1:], sealed) is None

    @pytest.mark.parametrize(
        ("expiry", "opens"),
        [(0, False), (570, False), (600, True), (630, True), (T0 + 599, False), (T0 + 601, False)],
    )
    def test_expiry(self, key, expiry, opens):
        """
        A pass that the key sealed opens only if a window can expire then.
        """
        plain = key.open(HEADER, seal_pass(key, HEADER, CONTENT))
        sealed = key.seal(HEADER, plain[:14] + expiry.to_bytes(4) + plain[18:])

        assert opens == (open_pass(key, HEADER, sealed) is not None)

    def test_every_bit(self, key):
        """
        A pass with any bit flipped does not open.
        """
        sealed = seal_pass(key, HEADER, CONTENT)
        number = int.from_bytes(sealed)
        opened = [open_pass(key, HEADER, (number ^ 1 << bit).to_bytes(40)) for bit in range(320)]

        assert [None] * 320 == opened

    def test_repr(self, key):
        """
        The repr of a pass tells when, not whom.
        """
        shown = repr(open_pass(key, HEADER, seal_pass(key, HEADER, CONTENT)))

        assert "PassContent(expires_at_seconds=1800000600, …)" == shown


class TestIssuePasses:
    def test_one_each(self):
        """
        Each window has its own pass with its own salt.
        """
        windows = plan(T0, 2)
        passes = issue_passes(
            RING, Issue(HOLDER, flags=9), windows, randomness=b"firstother", now_seconds=T0
        )
        key = RING.issuing(T0)

        assert [
            PassContent(HOLDER, T0 + 600, 9, b"first"),
            PassContent(HOLDER, T0 + 1200, 9, b"other"),
        ] == [open_pass(key, issued.header, issued.sealed) for issued in passes]

    @pytest.mark.parametrize("length", [4, 6, 0])
    def test_randomness(self, length):
        """
        There must be five random bytes to a pass.
        """
        with pytest.raises(OutOfRangeError):
            issue_passes(
                RING,
                Issue(HOLDER),
                plan(T0, 1),
                randomness=bytes(length),
                now_seconds=T0,
            )

    @pytest.mark.parametrize(
        "window", [PassWindow(T0, T0 + 630), PassWindow(T0, T0 + 570), PassWindow(T0 + 600, T0)]
    )
    def test_window_length(self, window):
        """
        A window of another length than ten minutes is a fault.
        """
        with pytest.raises(OutOfRangeError):
            issue_passes(RING, Issue(HOLDER), [window], randomness=bytes(5), now_seconds=T0)

    def test_any_start(self):
        """
        A window may begin at any step, not only where the issuer's own windows do.
        """
        window = PassWindow(T0 + 30, T0 + 630)
        (given,) = issue_passes(RING, Issue(HOLDER), [window], randomness=bytes(5), now_seconds=T0)

        assert window == given.window

    def test_key_retires_first(self):
        """
        A key that retires before a pass expires does not issue it.
        """
        stored = msgspec.structs.replace(KEYS[Suite.NATIONAL], retires_at_seconds=T0 + 600)
        with pytest.raises(NoIssuingKeyError):
            issue_passes(
                KeyRing(ISSUER, [stored]),
                Issue(HOLDER),
                plan(T0, 1),
                randomness=bytes(5),
                now_seconds=T0,
            )


class TestTopUp:
    def test_otp(self):
        """
        A top-up of the OTP profile brings the seed of its key.
        """
        given = top_up(RING, Issue(HOLDER), randomness=octets("top-up", 2160), now_seconds=T0)
        key = RING.issuing(T0)

        assert 432 == len(given.passes)
        assert {key.key_id: key.device_seed(HOLDER)} == given.seeds

    def test_signed(self):
        """
        A top-up of the signed profile brings no seed.
        """
        given = top_up(RING, Issue(HOLDER, Profile.SIGNED), randomness=bytes(2160), now_seconds=T0)

        assert {} == given.seeds

    def test_unlike(self):
        """
        No two passes of a top-up are alike.
        """
        given = top_up(RING, Issue(HOLDER), randomness=octets("top-up", 2160), now_seconds=T0)

        assert 432 == len({issued.sealed for issued in given.passes})
