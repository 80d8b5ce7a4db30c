"""
How old each key is, and what it still does: pure, and never anything of the key itself.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

from wallet.vault.keyfile import CodeKeyEntry, DataKey, KeyFile

_DAY: Final = 86_400
CODE_KEY_OLD_SECONDS: Final = 45 * _DAY  # rotated about once a month
DATA_KEY_OLD_SECONDS: Final = 400 * _DAY  # once a year

State = Literal["coming", "issues", "opens", "retired", "encrypts", "decrypts", "in_use"]


class Use(StrEnum):
    """
    What a key is for.
    """

    CODE = "code"
    DATA = "data"
    INDEX = "index"
    SEALING = "sealing"
    TOKEN = "token"  # noqa: S105 - a word


class KeyAge(Struct, frozen=True, kw_only=True):
    """
    A key as operators may see it.

    Attributes:
        use: what it is for; a code key is pass key and seed master together.
        name: its key id or version; empty where there is only one.
        suite: which algorithms it is for; empty where there is no choice.
        since_seconds: since when it is used, Unix seconds; None when nobody wrote it down.
        until_seconds: when it opens nothing any more; None while undecided.
        state: what it does now.
        is_old: it does the work and another one should have taken over by now.
    """

    use: Use
    name: str
    suite: str
    since_seconds: int | None
    until_seconds: int | None = None
    state: State
    is_old: bool = False


def ages(keys: KeyFile, now_seconds: int) -> tuple[KeyAge, ...]:
    """
    Return every key of a file, the newest of each use first.
    """
    return (*_code_keys(keys, now_seconds), *_data_keys(keys, now_seconds), *_others(keys))


def _code_keys(keys: KeyFile, now: int) -> Iterator[KeyAge]:
    issuing = max(
        (each for each in keys.code_keys if each.not_before <= now and not _retired(each, now)),
        key=lambda each: (each.not_before, each.key_id),
        default=None,
    )
    for entry in sorted(keys.code_keys, key=lambda each: -each.not_before):
        yield KeyAge(
            use=Use.CODE,
            name=str(entry.key_id),
            suite=entry.suite.value,
            since_seconds=entry.not_before,
            until_seconds=entry.retires_at,
            state=_code_state(entry, issuing, now),
            is_old=entry is issuing and now - entry.not_before > CODE_KEY_OLD_SECONDS,
        )


def _code_state(entry: CodeKeyEntry, issuing: CodeKeyEntry | None, now: int) -> State:
    if _retired(entry, now):
        return "retired"
    if entry.not_before > now:
        return "coming"
    return "issues" if entry is issuing else "opens"


def _retired(entry: CodeKeyEntry, now: int) -> bool:
    return entry.retires_at is not None and now >= entry.retires_at


def _data_keys(keys: KeyFile, now: int) -> Iterator[KeyAge]:
    for key in sorted(keys.data_keys, key=lambda each: -each.version):
        yield _data_key(key, encrypts=key is keys.data_key_at(now), now=now)


def _data_key(key: DataKey, *, encrypts: bool, now: int) -> KeyAge:
    old = key.made_at is not None and now - key.made_at > DATA_KEY_OLD_SECONDS
    return KeyAge(
        use=Use.DATA,
        name=str(key.version),
        suite=key.suite.value,
        since_seconds=key.made_at,
        state=_data_state(key, encrypts=encrypts, now=now),
        is_old=encrypts and old,
    )


def _data_state(key: DataKey, *, encrypts: bool, now: int) -> State:
    if encrypts:
        return "encrypts"
    return "coming" if (key.made_at or 0) > now else "decrypts"


def _others(keys: KeyFile) -> Iterator[KeyAge]:
    for use in (Use.INDEX, Use.SEALING, Use.TOKEN):
        yield KeyAge(use=use, name="", suite="", since_seconds=keys.made_at, state="in_use")
