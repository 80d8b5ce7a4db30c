"""Issuer keys: several live at once, chosen by the key id in the header, rotated and retired."""

from collections.abc import Iterable

import msgspec

from codes.errors import KeyMaterialError, NoIssuingKeyError
from codes.profiles import FUSION_1, Suite
from codes.redacted import Redacted
from codes.sealing import PASS_DOMAIN
from codes.suites import algorithms_of, expand, extract

SECRET_LENGTH = 32
SEED_LENGTH = 32
NONCE_LENGTH = 4
_PASS_KEY_INFO = PASS_DOMAIN + b"-key"
_SEED_INFO = b"fusion-wallet/1/device-seed"


class Holder(Redacted, frozen=True):
    """
    Whom a pass points to.

    Attributes:
        resident_id: 64 bits, unsigned.
        device_no: 16 bits, the resident's own numbering of devices.
        enrolment_nonce: 4 bytes, new at each enrolment, so that a re-enrolled device has new
            seeds and its old passes can be refused.

    """

    resident_id: int
    device_no: int
    enrolment_nonce: bytes


class CodeKey(Redacted, frozen=True):
    """
    One key of an issuer as it is stored: two secrets under one key id.

    Attributes:
        key_id: 0..255, the last byte of the header; free again once the key retired.
        suite: the only suite this key is used with.
        pass_secret: 32 random bytes; the pass key is derived from it.
        seed_master: 32 random bytes; device seeds are derived from it.
        issues_from_seconds: when it begins to issue (Unix time).
        retires_at_seconds: when it stops opening passes, or None while that is not decided.

    """

    shown = ("key_id", "suite", "issues_from_seconds", "retires_at_seconds")

    key_id: int
    suite: Suite
    pass_secret: bytes
    seed_master: bytes
    issues_from_seconds: int
    retires_at_seconds: int | None = None


def new_key(key_id: int, suite: Suite, randomness: bytes, issues_from_seconds: int) -> CodeKey:
    """
    Make a key of 64 random bytes.

    Raises:
        KeyMaterialError: there are not exactly 64 bytes, or the key id is out of range.

    """
    if len(randomness) != 2 * SECRET_LENGTH:
        raise KeyMaterialError
    secrets = randomness[:SECRET_LENGTH], randomness[SECRET_LENGTH:]
    key = CodeKey(key_id, suite, *secrets, issues_from_seconds)
    _check(key)
    return key


def device_seed_info(holder: Holder) -> bytes:
    """
    Return the derivation label of a device's seed.
    """
    return b"".join(
        (
            _SEED_INFO,
            holder.resident_id.to_bytes(8),
            holder.device_no.to_bytes(2),
            holder.enrolment_nonce,
        )
    )


class LiveKey:
    """
    A key made ready: cipher objects and extracted masters are built once.

    Args:
        key: the stored form.

    Raises:
        KeyMaterialError: a secret has the wrong length, or the key id is out of range.

    """

    __slots__ = ("_box", "_seed_root", "stored")

    def __init__(self, key: CodeKey) -> None:
        _check(key)
        suite, algorithms = key.suite, algorithms_of(key.suite)
        root = extract(suite, key.pass_secret)
        self.stored = key
        self._box = algorithms.box(expand(suite, root, _PASS_KEY_INFO, algorithms.box_key_length))
        self._seed_root = extract(suite, key.seed_master)

    def __repr__(self) -> str:
        """
        The key's id and times, no secret.
        """
        return f"LiveKey({self.stored!r})"

    @property
    def suite(self) -> Suite:
        """
        The only suite this key is used with.
        """
        return self.stored.suite

    @property
    def key_id(self) -> int:
        """
        The last byte of the header.
        """
        return self.stored.key_id

    def seal(self, header: bytes, plain: bytes) -> bytes:
        """
        Seal the 24 bytes of a pass to 40.
        """
        return self._box.seal(header, plain)

    def open(self, header: bytes, sealed: bytes) -> bytes | None:
        """
        Open the 40 bytes of a sealed pass, or answer None.
        """
        return self._box.open(header, sealed)

    def device_seed(self, holder: Holder) -> bytes:
        """
        Derive the 32-byte seed of a device; it is never stored by the issuer.
        """
        return expand(self.suite, self._seed_root, device_seed_info(holder), SEED_LENGTH)

    def is_retired(self, now_seconds: int) -> bool:
        """
        Tell whether the key opens nothing any more.
        """
        retires_at = self.stored.retires_at_seconds
        return retires_at is not None and now_seconds >= retires_at


class KeyRing:
    """
    The keys of one issuer region.

    Args:
        issuer: the issuer region, 24 bits.
        keys: all keys that are not retired, in any order; retired ones do no harm.

    Raises:
        KeyMaterialError: a key is unusable, or two keys share an id.

    """

    __slots__ = ("_keys", "issuer")

    def __init__(self, issuer: int, keys: Iterable[CodeKey]) -> None:
        live = [LiveKey(key) for key in keys]
        self.issuer = issuer
        self._keys = {key.key_id: key for key in live}
        if len(self._keys) != len(live) or not 0 <= issuer < 1 << 24:
            raise KeyMaterialError

    def __repr__(self) -> str:
        """
        The issuer and the ids of its keys, no secret.
        """
        return f"KeyRing(issuer={self.issuer}, key_ids={sorted(self._keys)})"

    @property
    def keys(self) -> tuple[CodeKey, ...]:
        """
        The stored forms, in order of key id.
        """
        return tuple(self._keys[key_id].stored for key_id in sorted(self._keys))

    def find(self, key_id: int, now_seconds: int) -> LiveKey | None:
        """
        Return the key that opens passes under this id now, or None.

        A key that does not issue yet is found, so that issuers whose clocks differ agree.
        """
        key = self._keys.get(key_id)
        return None if key is None or key.is_retired(now_seconds) else key

    def issuing(self, now_seconds: int) -> LiveKey:
        """
        Return the newest key that has begun to issue and is not retired.

        Raises:
            NoIssuingKeyError: there is none.

        """
        candidates = [
            key
            for key in self._keys.values()
            if key.stored.issues_from_seconds <= now_seconds and not key.is_retired(now_seconds)
        ]
        if not candidates:
            raise NoIssuingKeyError
        return max(candidates, key=lambda key: (key.stored.issues_from_seconds, key.key_id))

    def rotated(self, new: CodeKey) -> "KeyRing":
        """
        Return a ring in which `new` takes over at its own `issues_from_seconds`.

        Every key that has no retirement time yet gets one: the longest pass life plus two steps
        after the new key took over.

        Raises:
            KeyMaterialError: the id is in use, or the new key is not the newest.

        """
        takes_over_at = new.issues_from_seconds
        if any(key.issues_from_seconds >= takes_over_at for key in self.keys):
            raise KeyMaterialError
        retires_at = takes_over_at + FUSION_1.retirement_seconds
        old = [
            msgspec.structs.replace(key, retires_at_seconds=retires_at)
            if key.retires_at_seconds is None
            else key
            for key in self.keys
        ]
        return KeyRing(self.issuer, [*old, new])

    def without_retired(self, now_seconds: int) -> "KeyRing":
        """
        Return a ring without the keys that are retired, whose ids are then free again.
        """
        live = [key.stored for key in self._keys.values() if not key.is_retired(now_seconds)]
        return KeyRing(self.issuer, live)


def _check(key: CodeKey) -> None:
    lengths = {len(key.pass_secret), len(key.seed_master)}
    if lengths != {SECRET_LENGTH} or not 0 <= key.key_id < 1 << 8:
        raise KeyMaterialError
