"""
Making, rotating and retiring keys: pure functions from key file to key file.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from codes import CodeKey, CodesError, new_key
from wallet.vault.errors import KeyRotationError
from wallet.vault.keyfile import (
    CODE_KEY_IDS,
    CodeKeyEntry,
    DataKey,
    KeyFile,
    SuiteName,
    code_ring,
)

Token: TypeAlias = Callable[[int], bytes]


def generate(suite: SuiteName, now_seconds: int, token: Token) -> KeyFile:
    """
    Make the keys of a new deployment.
    """
    return KeyFile(
        code_keys=(_entry(new_key(0, suite.suite, token(64), now_seconds)),),
        data_keys=(DataKey(version=1, suite=suite, secret=token(32), made_at=now_seconds),),
        index_key=token(32),
        sealing_key=token(64),
        token_key=token(32),
        made_at=now_seconds,
    )


def rotate_code_key(
    keys: KeyFile, suite: SuiteName, now_seconds: int, from_seconds: int, token: Token
) -> KeyFile:
    """
    Add a code key that takes over at `from_seconds`; the others get their retirement time.

    Give every process time to load the file before that instant. Keys that are retired now are
    dropped, and their ids are free again; one that retires later opens passes until then.

    Raises:
        KeyRotationError: a key takes over later already, or all ids are in use.
    """
    ring = code_ring(keys, 0).without_retired(now_seconds)
    used = {key.key_id for key in ring.keys}
    newest = max(entry.key_id for entry in keys.code_keys)
    order = (place % CODE_KEY_IDS for place in range(newest + 1, newest + 1 + CODE_KEY_IDS))
    free = next((key_id for key_id in order if key_id not in used), None)
    if free is None:
        raise KeyRotationError("all key ids are in use")
    try:
        rotated = ring.rotated(new_key(free, suite.suite, token(64), from_seconds))
    except CodesError:
        raise KeyRotationError("another key takes over at that time or later") from None
    return _with_code_keys(keys, rotated.keys)


def retire_code_key(keys: KeyFile, key_id: int, at_seconds: int) -> KeyFile:
    """
    Retire a code key at a time of your choosing: what to do when it may have leaked.

    The one after it takes its place, also where that was to wait longer.

    Raises:
        KeyRotationError: there is no such key, or no other is left.
    """
    found = next((entry for entry in keys.code_keys if entry.key_id == key_id), None)
    if found is None:
        raise KeyRotationError("there is no such code key")
    left = tuple(entry for entry in keys.code_keys if entry is not found)
    if all(entry.retires_at is not None for entry in left):
        raise KeyRotationError("no code key would be left")
    retired = msgspec.structs.replace(found, retires_at=at_seconds)
    changed = tuple(
        retired if entry is found else entry
        for entry in _followed(keys.code_keys, found, at_seconds)
    )
    return msgspec.structs.replace(keys, code_keys=changed)


def drop_retired(keys: KeyFile, now_seconds: int) -> KeyFile:
    """
    Remove the code keys that open nothing any more.
    """
    return _with_code_keys(keys, code_ring(keys, 0).without_retired(now_seconds).keys)


def rotate_data_key(keys: KeyFile, suite: SuiteName, from_seconds: int, token: Token) -> KeyFile:
    """
    Add a data key that encrypts from `from_seconds` on; older ones go on decrypting.

    Give every process time to load the file before that instant.
    """
    added = DataKey(
        version=keys.data_key.version + 1, suite=suite, secret=token(32), made_at=from_seconds
    )
    return msgspec.structs.replace(keys, data_keys=(*keys.data_keys, added))


def retire_data_key(keys: KeyFile, version: int) -> KeyFile:
    """
    Remove an old data key once everything under it was wrapped anew.

    Raises:
        KeyRotationError: there is no such key, or it is the one that encrypts.
    """
    if version == keys.data_key.version:
        raise KeyRotationError("this data key encrypts; rotate first")
    left = tuple(key for key in keys.data_keys if key.version != version)
    if len(left) == len(keys.data_keys):
        raise KeyRotationError("there is no such data key")
    return msgspec.structs.replace(keys, data_keys=left)


def _followed(
    entries: tuple[CodeKeyEntry, ...], retired: CodeKeyEntry, at_seconds: int
) -> tuple[CodeKeyEntry, ...]:
    """
    Return code keys of which the one after a retired one begins no later than that ends.
    """
    later = (each for each in entries if each.not_before > retired.not_before)
    following = min(later, key=lambda each: each.not_before, default=None)
    if following is None:
        return entries
    begins = min(following.not_before, max(retired.not_before, at_seconds))
    begun = msgspec.structs.replace(following, not_before=begins)
    return tuple(begun if each is following else each for each in entries)


def _with_code_keys(keys: KeyFile, ring_keys: tuple[CodeKey, ...]) -> KeyFile:
    return msgspec.structs.replace(keys, code_keys=tuple(_entry(key) for key in ring_keys))


def _entry(key: CodeKey) -> CodeKeyEntry:
    return CodeKeyEntry(
        key_id=key.key_id,
        suite=SuiteName[key.suite.name],
        pass_key=key.pass_secret,
        seed_master=key.seed_master,
        not_before=key.issues_from_seconds,
        retires_at=key.retires_at_seconds,
    )
