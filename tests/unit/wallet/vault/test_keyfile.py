"""The key file on disk."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from tests.fakes.ids import CountingIds
from wallet.vault import keyfile
from wallet.vault.errors import KeyFileError
from wallet.vault.keyfile import KeyFile, SuiteName
from wallet.vault.rotation import generate


@pytest.fixture
def keys() -> KeyFile:
    return generate(SuiteName.INTERNATIONAL, 1_000, CountingIds().secret)


class TestWriteNew:
    def test_only_the_owner_may_read(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        The file is created with mode 0400.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)

        assert 0o400 == stat.S_IMODE(path.stat().st_mode)

    def test_comes_back(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        What was written is loaded.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)

        assert keys == keyfile.load(path)

    def test_never_overwrites(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        Existing keys are not lost to a second creation.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)

        with pytest.raises(KeyFileError):
            keyfile.write_new(path, keys)


class TestReplace:
    def test_replaces_whole(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        The new file stands alone, with the mode of a new one.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)
        other = generate(SuiteName.NATIONAL, 2_000, CountingIds().secret)
        keyfile.replace(path, other)
        found = keyfile.load(path), [entry.name for entry in tmp_path.iterdir()]

        assert (other, ["keys.json"]) == found

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_leaves_it_whose_it_was(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        When root rotates keys the service's user can go on reading the file.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)
        os.chown(path, 10_001, 10_002)
        keyfile.replace(path, generate(SuiteName.NATIONAL, 2_000, CountingIds().secret))
        found = path.stat()

        assert (10_001, 10_002, 0o400) == (
            found.st_uid,
            found.st_gid,
            stat.S_IMODE(found.st_mode),
        )

    def test_never_by_one_that_nobody_could_read(self, tmp_path: Path, keys: KeyFile) -> None:
        """
        Keys that would not be loaded again are refused, and the file stays.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)
        beyond = msgspec.structs.replace(keys, made_at=2**40)
        with pytest.raises(KeyFileError):
            keyfile.replace(path, beyond)

        assert keys == keyfile.load(path)


class TestLoad:
    @pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o644])
    def test_refuses_what_others_may_use(self, tmp_path: Path, keys: KeyFile, mode: int) -> None:
        """
        A file that group or world may read or write is refused.
        """
        path = tmp_path / "keys.json"
        keyfile.write_new(path, keys)
        path.chmod(mode)

        with pytest.raises(KeyFileError):
            keyfile.load(path)

    def test_refuses_a_missing_file(self, tmp_path: Path) -> None:
        """
        No file is the same kind of fault.
        """
        with pytest.raises(KeyFileError):
            keyfile.load(tmp_path / "keys.json")


class TestDecode:
    @pytest.mark.parametrize(
        "change",
        [
            (b'"format": 1', b'"format": 2'),
            (b'"format": 1', b'"format": 1, "extra": 1'),
            (b'"version": 1', b'"version": 0'),
            (b'"suite": "international"', b'"suite": "home-made"'),
            (b'"key_id": 0', b'"key_id": 256'),
            (b'"index_key": "', b'"index_key": "AAAA'),
            (b"{", b""),
        ],
    )
    def test_refuses_another_form(self, keys: KeyFile, change: tuple[bytes, bytes]) -> None:
        """
        Unknown fields, lengths, suites and versions are refused.
        """
        content = keyfile.encode(keys).replace(*change)

        with pytest.raises(KeyFileError):
            keyfile.decode(content)

    def test_refuses_two_data_keys_of_one_version(self, keys: KeyFile) -> None:
        """
        Which of the two would decrypt could not be told.
        """
        doubled = KeyFile(
            code_keys=keys.code_keys,
            data_keys=keys.data_keys * 2,
            index_key=keys.index_key,
            sealing_key=keys.sealing_key,
            token_key=keys.token_key,
        )

        with pytest.raises(KeyFileError):
            keyfile.decode(keyfile.encode(doubled))

    def test_refuses_two_code_keys_of_one_id(self, keys: KeyFile) -> None:
        """
        Which of the two would open a pass could not be told.
        """
        doubled = KeyFile(
            code_keys=keys.code_keys * 2,
            data_keys=keys.data_keys,
            index_key=keys.index_key,
            sealing_key=keys.sealing_key,
            token_key=keys.token_key,
        )

        with pytest.raises(KeyFileError):
            keyfile.decode(keyfile.encode(doubled))


class TestRepr:
    def test_is_redacted(self, keys: KeyFile) -> None:
        """
        Neither the file nor its parts show anything.
        """
        shown = [repr(keys), repr(keys.code_keys[0]), repr(keys.data_key)]

        assert ["KeyFile(…)", "CodeKeyEntry(…)", "DataKey(…)"] == shown
