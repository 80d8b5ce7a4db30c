"""How old keys are, told without telling a key."""

import msgspec
import pytest

from tests.fakes.ids import CountingIds
from wallet.vault import rotation
from wallet.vault.ages import CODE_KEY_OLD_SECONDS, DATA_KEY_OLD_SECONDS, Use, ages
from wallet.vault.keyfile import KeyFile, SuiteName, decode, encode

IDS = CountingIds()
NOW = 1_800_000_000


@pytest.fixture
def keys() -> KeyFile:
    return rotation.generate(SuiteName.NATIONAL, NOW, IDS.secret)


def _data(key) -> bool:
    return key.use is Use.DATA


class TestAges:
    def test_code_keys(self, keys: KeyFile) -> None:
        """
        A code key is coming, issues, opens what is left of it, and retires.
        """
        keys = rotation.rotate_code_key(keys, SuiteName.NATIONAL, NOW, NOW + 600, IDS.secret)
        states = {
            later: [each.state for each in ages(keys, NOW + later) if each.use is Use.CODE]
            for later in (0, 600, 5 * 86_400)
        }

        assert {
            0: ["coming", "issues"],
            600: ["issues", "opens"],
            5 * 86_400: ["issues", "retired"],
        } == states

    def test_data_keys(self, keys: KeyFile) -> None:
        """
        A data key that comes does nothing yet; once it has begun it encrypts, older ones decrypt.
        """
        keys = rotation.rotate_data_key(keys, SuiteName.NATIONAL, NOW + 5, IDS.secret)
        told = [
            [(each.name, each.state, each.since_seconds) for each in ages(keys, at) if _data(each)]
            for at in (NOW + 4, NOW + 5)
        ]

        assert [
            [("2", "coming", NOW + 5), ("1", "encrypts", NOW)],
            [("2", "encrypts", NOW + 5), ("1", "decrypts", NOW)],
        ] == told

    @pytest.mark.parametrize(
        ("later", "old"),
        [
            (CODE_KEY_OLD_SECONDS, []),
            (CODE_KEY_OLD_SECONDS + 1, [Use.CODE]),
            (DATA_KEY_OLD_SECONDS + 1, [Use.CODE, Use.DATA]),
        ],
    )
    def test_old(self, keys: KeyFile, later: int, old: list[Use]) -> None:
        """
        What should have been rotated is old; what cannot be rotated is not.
        """
        assert old == [each.use for each in ages(keys, NOW + later) if each.is_old]

    def test_a_file_of_before(self, keys: KeyFile) -> None:
        """
        A file that does not say when its keys were made still opens, and says it is not known.
        """
        (data_key,) = keys.data_keys
        before = msgspec.structs.replace(
            keys, made_at=None, data_keys=(msgspec.structs.replace(data_key, made_at=None),)
        )
        told = ages(decode(encode(before)), NOW + DATA_KEY_OLD_SECONDS + 1)

        assert {None} == {each.since_seconds for each in told if each.use is not Use.CODE}
        assert [Use.CODE] == [each.use for each in told if each.is_old]
