"""
The key file: every secret of a deployment that must not lie in its database.

JSON, mode 0400, binary values in base64. `wallet.vault.rotation` makes and changes its content.
"""

import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from codes import CodeKey, CodesError, KeyRing, Suite
from wallet.vault.errors import KeyFileError

Secret32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
Secret64 = Annotated[bytes, Meta(min_length=64, max_length=64)]
Seconds = Annotated[int, Meta(ge=0, lt=2**40)]

_OTHERS = 0o077
CODE_KEY_IDS = 256


class SuiteName(StrEnum):
    """
    Which algorithms new keys are for.
    """

    INTERNATIONAL = "international"
    NATIONAL = "national"

    @property
    def suite(self) -> Suite:
        """
        The same as the codes know it.
        """
        return Suite[self.name]


class _Redacted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"


class CodeKeyEntry(_Redacted, frozen=True, kw_only=True):
    """
    Pass key and seed master under one key id.

    Attributes:
        key_id: the last byte of a code's header.
        suite: the only suite it is used with.
        pass_key: 32 bytes.
        seed_master: 32 bytes.
        not_before: when it begins to issue, Unix seconds.
        retires_at: when it opens nothing any more, Unix seconds; null while undecided.
    """

    key_id: Annotated[int, Meta(ge=0, lt=CODE_KEY_IDS)]
    suite: SuiteName
    pass_key: Secret32
    seed_master: Secret32
    not_before: Seconds
    retires_at: Seconds | None = None


class DataKey(_Redacted, frozen=True, kw_only=True):
    """
    A key-encryption key. The highest version that has begun encrypts; older ones only decrypt.

    Attributes:
        made_at: when it begins, Unix seconds; null in a file that is older than this field.
    """

    version: Annotated[int, Meta(ge=1, lt=2**16)]
    suite: SuiteName
    secret: Secret32
    made_at: Seconds | None = None


class KeyFile(_Redacted, frozen=True, kw_only=True):
    """
    The whole file.

    Attributes:
        format: 1.
        code_keys: at least one.
        data_keys: at least one.
        index_key: of the blind index; on no account the database's host's business.
        sealing_key: AES-256-SIV key of the ids that are given out.
        token_key: the root of the keys that access tokens are protected with.
        made_at: when the file was made, and with it the keys that are never rotated, Unix
            seconds; null in a file that is older than this field.
    """

    format: Annotated[int, Meta(ge=1, le=1)] = 1
    code_keys: Annotated[tuple[CodeKeyEntry, ...], Meta(min_length=1)]
    data_keys: Annotated[tuple[DataKey, ...], Meta(min_length=1)]
    index_key: Secret32
    sealing_key: Secret64
    token_key: Secret32
    made_at: Seconds | None = None

    @property
    def data_key(self) -> DataKey:
        """
        The newest data key, which encrypts once it has begun.
        """
        return max(self.data_keys, key=lambda key: key.version)

    def data_key_at(self, now_seconds: int) -> DataKey:
        """
        Return the data key that encrypts at an instant; the first one always may.
        """
        first = min(self.data_keys, key=lambda key: key.version)
        begun = (key for key in self.data_keys if (key.made_at or 0) <= now_seconds)
        return max(begun, key=lambda key: key.version, default=first)


def code_ring(keys: KeyFile, issuer: int) -> KeyRing:
    """
    Return the ring of an issuer region.

    Raises:
        KeyFileError: two code keys share an id.
    """
    try:
        return KeyRing(issuer, [_code_key(entry) for entry in keys.code_keys])
    except CodesError:
        raise KeyFileError("code keys or issuer region are unusable") from None


def encode(keys: KeyFile) -> bytes:
    """
    Write the file's content.
    """
    return msgspec.json.format(msgspec.json.encode(keys), indent=2) + b"\n"


def decode(content: bytes) -> KeyFile:
    """
    Read the file's content.

    Raises:
        KeyFileError: it is not what it should be; the text names no value.
    """
    try:
        keys = msgspec.json.decode(content, type=KeyFile)
    except msgspec.DecodeError:
        raise KeyFileError("the key file does not have the documented form") from None
    versions = [key.version for key in keys.data_keys]
    if len(set(versions)) != len(versions):
        raise KeyFileError("two data keys share a version")
    code_ring(keys, 0)
    return keys


def load(path: Path) -> KeyFile:
    """
    Read the key file.

    Raises:
        KeyFileError: it is missing, others than its owner may use it, or it is malformed.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError:
        raise KeyFileError("the key file cannot be read") from None
    if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & _OTHERS:
        raise KeyFileError("the key file may be used by others than its owner; chmod 0400 it")
    return decode(content)


def write_new(path: Path, keys: KeyFile) -> None:
    """
    Create the key file, mode 0400; never overwrites.

    Raises:
        KeyFileError: there is one already.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise KeyFileError("there is a key file already") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(encode(keys))
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, keys: KeyFile) -> None:
    """
    Replace the key file in one step; a reader sees the old or the new one, whole.

    Its owner stays who it was, also when root does it.

    Raises:
        KeyFileError: nobody could read what would stand there; the old one stays.
    """
    decode(encode(keys))
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    write_new(beside, keys)
    if os.geteuid() == 0:
        owner = path.stat()
        os.chown(beside, owner.st_uid, owner.st_gid)
    beside.replace(path)


def _code_key(entry: CodeKeyEntry) -> CodeKey:
    return CodeKey(
        entry.key_id,
        entry.suite.suite,
        entry.pass_key,
        entry.seed_master,
        entry.not_before,
        entry.retires_at,
    )
