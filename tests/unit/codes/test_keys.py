import msgspec
import pytest

from codes.errors import KeyMaterialError, NoIssuingKeyError
from codes.keys import CodeKey, KeyRing, LiveKey, new_key
from codes.profiles import Suite
from tests.vectors.codes.setting import HOLDER, OTHER, REENROLLED, T0, octets

DAY = 86_400


def key(key_id: int, issues_from: int = T0, retires_at: int | None = None) -> CodeKey:
    made = new_key(key_id, Suite.INTERNATIONAL, octets(f"key {key_id}", 64), issues_from)
    return msgspec.structs.replace(made, retires_at_seconds=retires_at)


class TestNewKey:
    def test_secrets(self):
        """
        The first half of the randomness opens passes, the second derives seeds.
        """
        made = new_key(1, Suite.NATIONAL, bytes(32) + b"\1" * 32, T0)

        assert CodeKey(1, Suite.NATIONAL, bytes(32), b"\1" * 32, T0, None) == made

    @pytest.mark.parametrize(("key_id", "length"), [(1, 63), (1, 65), (1, 0), (-1, 64), (256, 64)])
    def test_bad_material(self, key_id, length):
        """
        A wrong length or a key id beyond a byte is a fault.
        """
        with pytest.raises(KeyMaterialError):
            new_key(key_id, Suite.NATIONAL, bytes(length), T0)


class TestLiveKey:
    @pytest.mark.parametrize("name", ["pass_secret", "seed_master"])
    def test_short_secret(self, name):
        """
        Each secret has 32 bytes.
        """
        with pytest.raises(KeyMaterialError):
            LiveKey(msgspec.structs.replace(key(1), **{name: bytes(31)}))

    def test_seeds_differ(self):
        """
        Another resident, another enrolment and another key have another seed.
        """
        seeds = {
            LiveKey(key(number)).device_seed(holder)
            for number in (1, 2)
            for holder in (HOLDER, REENROLLED, OTHER)
        }

        assert 6 == len(seeds)

    def test_repr(self):
        """
        No secret is in any repr.
        """
        stored = key(1)
        shown = repr(LiveKey(stored)) + repr(KeyRing(1, [stored])) + repr(HOLDER)

        assert (
            "LiveKey(CodeKey(key_id=1, suite=<Suite.INTERNATIONAL: 0>, "
            "issues_from_seconds=1800000000, retires_at_seconds=None, …))"
            "KeyRing(issuer=1, key_ids=[1])Holder(…)"
        ) == shown

    def test_rich_repr(self):
        """
        A pretty printer is told the safe fields only.
        """
        assert [
            ("key_id", 1),
            ("suite", Suite.INTERNATIONAL),
            ("issues_from_seconds", T0),
            ("retires_at_seconds", None),
        ] == key(1).__rich_repr__()


class TestKeyRing:
    def test_same_id_twice(self):
        """
        Two keys cannot share an id.
        """
        with pytest.raises(KeyMaterialError):
            KeyRing(1, [key(1), key(1, T0 + 1)])

    @pytest.mark.parametrize("issuer", [-1, 1 << 24])
    def test_issuer_out_of_range(self, issuer):
        """
        An issuer region has 24 bits.
        """
        with pytest.raises(KeyMaterialError):
            KeyRing(issuer, [])


class TestFind:
    def test_several_live(self):
        """
        Every key that is not retired is found under its own id.
        """
        ring = KeyRing(1, [key(1, T0 - DAY, T0 + DAY), key(2)])
        found = [live.key_id for number in (1, 2) if (live := ring.find(number, T0))]

        assert [1, 2] == found

    def test_unknown(self):
        """
        An id that nobody has finds nothing.
        """
        assert KeyRing(1, [key(1)]).find(2, T0) is None

    @pytest.mark.parametrize(("seconds", "found"), [(-1, True), (0, False), (1, False)])
    def test_retirement(self, seconds, found):
        """
        A key is found until the second before it retires.
        """
        ring = KeyRing(1, [key(1, T0 - DAY, T0)])

        assert found == (ring.find(1, T0 + seconds) is not None)

    def test_before_it_issues(self):
        """
        A key is found before it issues, for servers whose clocks are ahead.
        """
        assert KeyRing(1, [key(1, T0 + DAY)]).find(1, T0) is not None


class TestIssuing:
    def test_newest(self):
        """
        The newest key issues, from its very first second.
        """
        ring = KeyRing(1, [key(2, T0), key(1, T0 - DAY), key(3, T0 + 1)])

        assert (1, 2, 3) == tuple(ring.issuing(T0 + at).key_id for at in (-1, 0, 1))

    @pytest.mark.parametrize("keys", [[], [key(1, T0 + 1)], [key(1, T0 - 1, T0)]])
    def test_none(self, keys):
        """
        Without a key that began and did not retire, issuing is a fault.
        """
        with pytest.raises(NoIssuingKeyError):
            KeyRing(1, keys).issuing(T0)


class TestRotated:
    def test_retires_the_old(self):
        """
        The old key lives on for the longest pass life and two steps.
        """
        ring = KeyRing(1, [key(1, T0 - DAY)]).rotated(key(2, T0))

        assert (key(1, T0 - DAY, T0 + 3 * DAY + 60), key(2, T0)) == ring.keys

    def test_keeps_an_earlier_decision(self):
        """
        A key whose retirement is decided keeps it.
        """
        oldest = key(1, T0 - 2 * DAY, T0 + DAY)
        ring = KeyRing(1, [oldest, key(2, T0 - DAY)]).rotated(key(3, T0))

        assert oldest == ring.keys[0]

    @pytest.mark.parametrize("new", [key(2, T0), key(2, T0 - 1), key(1, T0 + 1)])
    def test_refuses(self, new):
        """
        A new key must be newer than all and have an id of its own.
        """
        with pytest.raises(KeyMaterialError):
            KeyRing(1, [key(1, T0)]).rotated(new)


class TestWithoutRetired:
    def test_frees_ids(self):
        """
        Retired keys go, and their ids with them.
        """
        ring = KeyRing(1, [key(1, T0 - DAY, T0), key(2)])

        assert (key(2),) == ring.without_retired(T0).keys
