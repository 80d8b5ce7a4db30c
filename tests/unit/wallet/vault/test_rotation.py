"""Making, rotating and retiring keys."""

import msgspec
import pytest

from codes import FUSION_1, Suite
from tests.fakes.ids import CountingIds
from wallet.vault.errors import KeyRotationError
from wallet.vault.keyfile import KeyFile, SuiteName, code_ring
from wallet.vault.rotation import (
    drop_retired,
    generate,
    retire_code_key,
    retire_data_key,
    rotate_code_key,
    rotate_data_key,
)

IDS = CountingIds()


@pytest.fixture
def keys() -> KeyFile:
    return generate(SuiteName.INTERNATIONAL, 1_000, IDS.secret)


class TestGenerate:
    def test_secrets_differ(self, keys: KeyFile) -> None:
        """
        No two secrets of a new file are the same.
        """
        entry = keys.code_keys[0]
        secrets = {
            entry.pass_key,
            entry.seed_master,
            keys.data_key.secret,
            keys.index_key,
            keys.sealing_key,
            keys.token_key,
        }

        assert 6 == len(secrets)


class TestRotateCodeKey:
    def test_takes_over_at_its_time(self, keys: KeyFile) -> None:
        """
        The old key issues until the new one takes over, and retires a longest life later.
        """
        rotated = rotate_code_key(keys, SuiteName.NATIONAL, 4_000, 5_000, IDS.secret)
        ring = code_ring(rotated, 1)
        found = (
            ring.issuing(4_999).key_id,
            ring.issuing(5_000).key_id,
            ring.issuing(5_000).suite,
            rotated.code_keys[0].retires_at,
        )

        assert (0, 1, Suite.NATIONAL, 5_000 + FUSION_1.retirement_seconds) == found

    def test_ids_go_round(self, keys: KeyFile) -> None:
        """
        Retired ids are used again after all 256 had their turn, and no sooner.
        """
        seen = []
        for turn in range(1, 300):
            keys = rotate_code_key(
                keys, SuiteName.INTERNATIONAL, turn * 10**6, turn * 10**6, IDS.secret
            )
            seen.append(max(keys.code_keys, key=lambda entry: entry.not_before).key_id)

        assert [turn % 256 for turn in range(1, 300)] == seen

    def test_keeps_what_still_opens(self, keys: KeyFile) -> None:
        """
        A key that is not retired yet stays, however late the new one takes over.
        """
        keys = rotate_code_key(keys, SuiteName.INTERNATIONAL, 4_000, 5_000, IDS.secret)
        late = 5_000 + FUSION_1.retirement_seconds
        keys = rotate_code_key(keys, SuiteName.INTERNATIONAL, late - 1, 2 * late, IDS.secret)

        assert [0, 1, 2] == [entry.key_id for entry in keys.code_keys]

    def test_refuses_to_take_over_before_another(self, keys: KeyFile) -> None:
        """
        A key that takes over in the past of another one would never issue.
        """
        with pytest.raises(KeyRotationError):
            rotate_code_key(keys, SuiteName.INTERNATIONAL, 1_000, 1_000, IDS.secret)

    def test_refuses_when_all_ids_are_in_use(self, keys: KeyFile) -> None:
        """
        Two hundred and fifty-six live keys are enough.
        """
        for turn in range(1, 256):
            keys = rotate_code_key(keys, SuiteName.INTERNATIONAL, 1_000, 1_000 + turn, IDS.secret)

        with pytest.raises(KeyRotationError):
            rotate_code_key(keys, SuiteName.INTERNATIONAL, 1_000, 2_000, IDS.secret)


class TestRetireCodeKey:
    def test_retires_at_once(self, keys: KeyFile) -> None:
        """
        A leaked key can be retired before its time.
        """
        rotated = rotate_code_key(keys, SuiteName.INTERNATIONAL, 4_000, 5_000, IDS.secret)
        retired = retire_code_key(rotated, 0, 5_001)

        assert code_ring(retired, 1).find(0, 5_001) is None

    @pytest.mark.parametrize(
        ("key_id", "issuing"), [(0, [1, 1, 1, 2]), (1, [0, 0, 2, 2]), (None, [0, 0, 1, 2])]
    )
    def test_the_next_takes_its_place(
        self, keys: KeyFile, key_id: int | None, issuing: list[int]
    ) -> None:
        """
        At no time does no key issue: the one after it issues when it is retired, or was to begin.
        """
        keys = rotate_code_key(keys, SuiteName.INTERNATIONAL, 4_000, 5_000, IDS.secret)
        keys = rotate_code_key(keys, SuiteName.INTERNATIONAL, 4_000, 6_000, IDS.secret)
        if key_id is not None:
            keys = retire_code_key(keys, key_id, 4_500)
        ring = code_ring(keys, 1)

        assert issuing == [ring.issuing(at).key_id for at in (4_500, 4_999, 5_000, 6_000)]

    def test_refuses_the_last_one(self, keys: KeyFile) -> None:
        """
        A deployment without code keys could issue nothing.
        """
        with pytest.raises(KeyRotationError):
            retire_code_key(keys, 0, 5_000)

    def test_refuses_an_unknown_one(self, keys: KeyFile) -> None:
        """
        A wrong id is said to be wrong.
        """
        with pytest.raises(KeyRotationError):
            retire_code_key(keys, 9, 5_000)


class TestDropRetired:
    def test_drops_only_what_opens_nothing(self, keys: KeyFile) -> None:
        """
        A key stays until its retirement and goes then.
        """
        rotated = rotate_code_key(keys, SuiteName.INTERNATIONAL, 4_000, 5_000, IDS.secret)
        end = 5_000 + FUSION_1.retirement_seconds
        left = [len(drop_retired(rotated, at).code_keys) for at in (end - 1, end)]

        assert [2, 1] == left


class TestRotateDataKey:
    def test_the_newest_encrypts(self, keys: KeyFile) -> None:
        """
        The new version encrypts and the old one is still there.
        """
        rotated = rotate_data_key(keys, SuiteName.NATIONAL, 1_800_000_000, IDS.secret)
        found = rotated.data_key.version, [key.version for key in rotated.data_keys]

        assert (2, [1, 2]) == found


class TestRetireDataKey:
    def test_removes_an_old_one(self, keys: KeyFile) -> None:
        """
        An old version can go.
        """
        rotated = rotate_data_key(keys, SuiteName.INTERNATIONAL, 1_800_000_000, IDS.secret)

        assert [2] == [key.version for key in retire_data_key(rotated, 1).data_keys]

    @pytest.mark.parametrize("version", [2, 3])
    def test_refuses_the_present_and_the_unknown(self, keys: KeyFile, version: int) -> None:
        """
        The key that encrypts stays; one that is not there cannot go.
        """
        rotated = rotate_data_key(keys, SuiteName.INTERNATIONAL, 1_800_000_000, IDS.secret)

        with pytest.raises(KeyRotationError):
            retire_data_key(rotated, version)

    def test_the_original_is_untouched(self, keys: KeyFile) -> None:
        """
        Rotation returns another file and changes none.
        """
        before = msgspec.json.encode(keys)
        rotate_data_key(keys, SuiteName.INTERNATIONAL, 1_800_000_000, IDS.secret)

        assert before == msgspec.json.encode(keys)
