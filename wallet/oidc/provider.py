"""
What a provider says of itself: its endpoints and its keys, fetched when needed and kept a while.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import msgspec
import structlog
from joserfc.jwk import JWKRegistry, Key
from msgspec import Struct

from wallet.clock import Clock
from wallet.oidc.clients import ALGORITHMS, is_short, quiet
from wallet.oidc.configuration import is_endpoint
from wallet.oidc.errors import SignInUnavailableError
from wallet.oidc.fetching import Fetcher

T = TypeVar("T")

_KEPT: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(seconds=5)  # after a failure, so that a queue does not wait in a row
_REFETCH_PAUSE: Final = timedelta(seconds=30)
_KEYS_MAX: Final = 64
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_log = structlog.get_logger("wallet.oidc")


class Metadata(Struct, frozen=True, kw_only=True):
    """
    What OpenID Connect Discovery 1.0 §3 and RFC 9207 §3 tell.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    authorization_response_iss_parameter_supported: bool = False


class _Kept(Generic[T]):
    """
    One thing that is fetched, kept, and fetched again by one caller at a time.
    """

    def __init__(self, clock: Clock, fetch: Callable[[], Awaitable[T]]) -> None:
        self._clock = clock
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fetched_at: datetime | None = None
        self._failed_at: datetime | None = None

    async def get(self, kept: timedelta = _KEPT) -> T:
        """
        Return it, not older than that.
        """
        fresh = self._fresh(kept)
        if fresh is not None:
            return fresh
        async with self._lock:
            fresh = self._fresh(kept)
            if fresh is not None:
                return fresh
            now = self._clock.now()
            if self._failed_at is not None and now - self._failed_at < _PAUSE:
                raise SignInUnavailableError
            try:
                value = await self._fetch()
            except Exception:  # whoever is cancelled says nothing of the provider
                self._failed_at = now
                raise
            self._value, self._fetched_at, self._failed_at = value, now, None
            return value

    def _fresh(self, kept: timedelta) -> T | None:
        at = self._fetched_at
        return None if at is None or self._clock.now() - at >= kept else self._value


class Provider:
    """
    One provider.

    Args:
        issuer: whose documents these have to be.
        clock: ages them.
        fetcher: talks to it.
    """

    def __init__(self, issuer: str, *, clock: Clock, fetcher: Fetcher) -> None:
        self._issuer = issuer
        self._fetcher = fetcher
        self._metadata = _Kept(clock, self._fetch_metadata)
        self._keys = _Kept(clock, self._fetch_keys)

    async def metadata(self) -> Metadata:
        """
        Return its endpoints.

        Raises:
            SignInUnavailableError: they cannot be had, or are not this issuer's.
        """
        return await self._metadata.get()

    async def key(self, key_id: str | None, algorithm: str) -> Key | None:
        """
        Return the one key that a token may be signed with, or None.

        An unknown key may be new: the keys are fetched again, at most every half minute.

        Raises:
            SignInUnavailableError: the keys cannot be had.
        """
        found = _matching(await self._keys.get(), key_id, algorithm)
        if found is None:
            found = _matching(await self._keys.get(_REFETCH_PAUSE), key_id, algorithm)
        return found

    async def _fetch_metadata(self) -> Metadata:
        told = await self._fetcher.get(self._issuer.removesuffix("/") + _WELL_KNOWN)
        try:
            metadata = msgspec.convert(told, Metadata)
        except msgspec.ValidationError:
            raise _wrong("metadata") from None
        # a provider on this machine may do without TLS; nobody else may send us to one
        plain = self._issuer.startswith("http:")
        needed = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
        offered = tuple(filter(None, (metadata.userinfo_endpoint, metadata.end_session_endpoint)))
        if metadata.issuer != self._issuer:
            raise _wrong("issuer")
        if not all(is_endpoint(address, plain=plain) for address in needed + offered):
            raise _wrong("endpoints")
        return metadata

    async def _fetch_keys(self) -> tuple[Key, ...]:
        told = await self._fetcher.get((await self.metadata()).jwks_uri)
        listed = told.get("keys")
        if not isinstance(listed, list) or len(listed) > _KEYS_MAX:
            raise _wrong("keys")
        keys = (_imported(each) for each in listed if isinstance(each, dict))
        return tuple(key for key in keys if key is not None)


def _wrong(what: str) -> SignInUnavailableError:
    _log.error("sign-in provider is not as expected", reason=what)
    return SignInUnavailableError()


def _imported(jwk: dict[str, Any]) -> Key | None:
    """
    Read a key; None for one that signs nothing of ours, which may well stand among the others.
    """
    if jwk.get("kty") not in ALGORITHMS.values() or jwk.get("use", "sig") != "sig":
        return None
    try:
        with quiet():
            key = JWKRegistry.import_key(jwk)
    except Exception:  # noqa: BLE001 - a curve it never heard of is a KeyError to the library
        return None
    return None if is_short(key) else key


def _matching(keys: tuple[Key, ...], key_id: str | None, algorithm: str) -> Key | None:
    fitting = [
        key
        for key in keys
        if key.key_type == ALGORITHMS[algorithm]
        and key.alg in (None, algorithm)
        and key_id in (None, key.kid)
    ]
    return fitting[0] if len(fitting) == 1 else None
