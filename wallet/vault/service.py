"""
The vault: sealed ids, blind index, encryption of columns, the issuer's code keys.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from codes import KeyRing
from wallet.clock import Clock, seconds
from wallet.ids import Ids
from wallet.vault import repository
from wallet.vault.ages import KeyAge, ages
from wallet.vault.blind import blind_index
from wallet.vault.envelope import (
    KEY_LENGTH,
    NONCE_LENGTH,
    EnvelopeKey,
    Keep,
    Place,
    ReadyKey,
    derived,
    seal,
    unseal,
    version_of,
)
from wallet.vault.errors import DecryptionError, KeyDestroyedError, KeyFileError
from wallet.vault.keyfile import DataKey, KeyFile, code_ring
from wallet.vault.sealing import IdSealer
from wallet.vault.unlocked import Unlocked

__all__ = ("Keep", "Place", "Unlocked", "Vault")

_PERSON_KEY_VERSION = 1
_CACHED_KEYS = 4096
_CACHE_LIFE = timedelta(seconds=60)  # how long a key destroyed by another process may linger
_MADE_HERE = "vault_keys_made_here"


class Vault:
    """
    Keeps what a database leak must not reveal.

    Args:
        keys: of the deployment.
        issuer_region: the region whose codes we issue, 24 bits.
        ids: source of nonces and keys.
        clock: ages the cache of unwrapped keys.
    """

    def __init__(self, keys: KeyFile, *, issuer_region: int, ids: Ids, clock: Clock) -> None:
        self._issuer_region = issuer_region
        self._ids = ids
        self._clock = clock
        self._sealer = IdSealer(keys.sealing_key)
        self._take(keys)
        self._cache: OrderedDict[tuple[int, Keep], tuple[bytes, datetime]] = OrderedDict()

    def _take(self, keys: KeyFile) -> None:
        self.code_ring: KeyRing = code_ring(keys, self._issuer_region)
        self._wrapping = _ready(keys, "wrap")
        self._deployment = _ready(keys, "deployment")
        self._keys = keys

    def renew(self, keys: KeyFile) -> bool:
        """
        Go on with the code keys and data keys of a newer key file; tell whether it differs.

        Raises:
            KeyFileError: a key that has no successor is another one; that takes a restart.
        """
        if keys == self._keys:
            return False
        if _lasting(keys) != _lasting(self._keys):
            raise KeyFileError("index, sealing or token key changed; restart all processes")
        self._take(keys)
        return True

    @property
    def _data_key(self) -> DataKey:
        return self._keys.data_key_at(seconds(self._clock.now()))

    def __repr__(self) -> str:
        """
        The code ring's ids, no secret.
        """
        return f"Vault({self.code_ring!r})"

    def ages(self) -> tuple[KeyAge, ...]:
        """
        Return how old the keys of this process are; nothing of the keys themselves.
        """
        return ages(self._keys, seconds(self._clock.now()))

    def seal_id(self, kind: str, audience: str, resident_id: int, local_id: int) -> str:
        """
        Return the id under which an audience knows a thing: ``kind_…``.

        Args:
            kind: text prefix, two to eight lower-case letters, such as ``vis``.
            audience: ``party:<id>`` or ``resident:<id>``.
            resident_id: whose shard it lies on; 0 for things of no resident.
            local_id: unique together with the resident.
        """
        return self._sealer.seal(kind, audience, resident_id, local_id)

    def open_id(self, kind: str, audience: str, text: str) -> tuple[int, int] | None:
        """
        Return resident id and local id, or None for anything that was not sealed for these.
        """
        return self._sealer.open(kind, audience, text)

    def blind(self, domain: str, value: str) -> bytes:
        """
        Return the blind index of a value that is unique per person, 32 bytes.
        """
        return blind_index(self._keys.index_key, domain, value)

    def token_key(self, use: str) -> bytes:
        """
        Return the 32-byte key for one use of access tokens.
        """
        return derived(self._keys.token_key, f"token/{use}")

    async def encrypt(
        self,
        session: AsyncSession,
        resident_id: int,
        keep: Keep,
        place: Place,
        plaintext: bytes,
    ) -> bytes:
        """
        Encrypt a value under the person's key, made now if there is none.

        Raises:
            KeyDestroyedError: the person's key was destroyed.
        """
        secret = await self._person_key(session, resident_id, keep, make=True)
        key = EnvelopeKey(self._data_key.suite, _PERSON_KEY_VERSION, secret)
        return seal(key, self._ids.secret(NONCE_LENGTH), place, plaintext)

    async def decrypt(
        self,
        session: AsyncSession,
        resident_id: int,
        keep: Keep,
        place: Place,
        ciphertext: bytes,
    ) -> bytes:
        """
        Decrypt a value of a person.

        Raises:
            KeyDestroyedError: the person's key was destroyed.
            DecryptionError: key, place or ciphertext are not those of the encryption.
        """
        secret = await self._person_key(session, resident_id, keep, make=False)
        return unseal(secret, place, ciphertext)

    def unlock(self, resident_id: int, wrapped: Mapping[Keep, bytes | None]) -> Unlocked:
        """
        Return a person's keys, ready for use, from what a statement of the caller's own read.

        Args:
            resident_id: whose.
            wrapped: the wrapped key of each keep.

        Raises:
            KeyDestroyedError: one of them was destroyed or never made.
            DecryptionError: they are not this person's.
        """
        keys: dict[Keep, ReadyKey] = {}
        for keep in Keep:
            sealed = wrapped.get(keep)
            if sealed is None:
                raise KeyDestroyedError
            secret = self._unwrapped(resident_id, keep, sealed)
            keys[keep] = ReadyKey(EnvelopeKey(self._data_key.suite, _PERSON_KEY_VERSION, secret))
        return Unlocked(keys, self._ids.secret)

    def encrypt_deployment(self, place: Place, plaintext: bytes) -> bytes:
        """
        Encrypt a value that belongs to no single person, or lives minutes only.
        """
        key = self._deployment[self._data_key.version]
        return key.seal(self._ids.secret(NONCE_LENGTH), place, plaintext)

    def decrypt_deployment(self, place: Place, ciphertext: bytes) -> bytes:
        """
        Decrypt a value of the deployment.

        Raises:
            DecryptionError: key, place or ciphertext are not those of the encryption.
        """
        return _under_version(self._deployment, place, ciphertext)

    async def shred(self, session: AsyncSession, resident_id: int, keep: Keep) -> None:
        """
        Destroy a person's key: what it protected is gone, in backups of ciphertext too.

        Other processes forget it within a minute.
        """
        self._cache.pop((resident_id, keep), None)
        await repository.destroy(session, resident_id, keep, self._clock.now())

    async def rewrap(self, session: AsyncSession, resident_id: int) -> int:
        """
        Wrap a person's keys anew under the present data key; return how many had an older one.
        """
        renewed = 0
        for keep in Keep:
            found = await repository.find(session, resident_id, keep)
            old = None if found is None else found[0]
            if old is None or version_of(old) == self._data_key.version:
                continue
            new = self._wrapped(resident_id, keep, self._unwrapped(resident_id, keep, old))
            renewed += await repository.rewrap(session, resident_id, keep, old, new)
        return renewed

    async def _person_key(
        self, session: AsyncSession, resident_id: int, keep: Keep, *, make: bool
    ) -> bytes:
        place = resident_id, keep
        cached = self._cache.get(place)
        if cached is not None and self._clock.now() - cached[1] < _CACHE_LIFE:
            self._cache.move_to_end(place)
            return cached[0]
        made_here: set[tuple[int, Keep]] = session.info.setdefault(_MADE_HERE, set())
        found = await repository.find(session, resident_id, keep)
        if found is None and make:
            secret = self._ids.secret(KEY_LENGTH)
            if await repository.add(
                session, resident_id, keep, self._wrapped(resident_id, keep, secret)
            ):
                made_here.add(place)
                return secret
            found = await repository.find(session, resident_id, keep)
        if found is None or found[0] is None:
            raise KeyDestroyedError
        secret = self._unwrapped(resident_id, keep, found[0])
        # a key that this very transaction made may yet be rolled back: it must not be remembered
        if place not in made_here:
            self._remember(place, secret)
        return secret

    def _remember(self, place: tuple[int, Keep], secret: bytes) -> None:
        self._cache[place] = secret, self._clock.now()
        self._cache.move_to_end(place)
        if len(self._cache) > _CACHED_KEYS:
            self._cache.popitem(last=False)

    def _wrapped(self, resident_id: int, keep: Keep, secret: bytes) -> bytes:
        key = self._wrapping[self._data_key.version]
        place = _wrapping_place(resident_id, keep)
        return key.seal(self._ids.secret(NONCE_LENGTH), place, secret)

    def _unwrapped(self, resident_id: int, keep: Keep, wrapped: bytes) -> bytes:
        return _under_version(self._wrapping, _wrapping_place(resident_id, keep), wrapped)


def _lasting(keys: KeyFile) -> tuple[bytes, bytes, bytes]:
    return keys.index_key, keys.sealing_key, keys.token_key


def _wrapping_place(resident_id: int, keep: Keep) -> Place:
    return Place("person_keys", "wrapped", f"{resident_id}/{keep}")


def _ready(keys: KeyFile, use: str) -> dict[int, ReadyKey]:
    """
    Return what one use makes of the data keys, by version.
    """
    return {
        key.version: ReadyKey(EnvelopeKey(key.suite, key.version, derived(key.secret, use)))
        for key in keys.data_keys
    }


def _under_version(keys: Mapping[int, ReadyKey], place: Place, ciphertext: bytes) -> bytes:
    key = keys.get(version_of(ciphertext))
    if key is None:
        raise DecryptionError
    return key.unseal(place, ciphertext)
