"""
Sessions of residents: a bearer token that routes to its row and carries a secret.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Person
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import NotFoundError
from wallet.http.callers import Connection, ResidentCaller
from wallet.http.cookies import (
    CSRF_HEADER,
    SESSION,
    changes_something,
    cookie_name,
    is_proof,
)
from wallet.http.errors import TokenInvalidError
from wallet.ids import Ids
from wallet.residents import repository
from wallet.residents.errors import IdentityMismatchError
from wallet.residents.service import DEMO_LEVEL, ResidentsService
from wallet.vault import Vault

LIFE = timedelta(hours=12)
ACCOUNT_KIND = "account"
_KIND = "ses"
_AUDIENCE = "session"
_SECRET_BYTES = 32
_TAG_LETTERS = 32
_BEARER = "Bearer "
_TOKEN = re.compile(r"(ses_[0-9a-hjkmnp-tv-z]{52})\.([0-9A-Za-z_-]{43})", re.ASCII)


class SignedIn(Struct, frozen=True, kw_only=True):
    """
    A new session. The token is shown this once.
    """

    resident_id: int
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        """
        Show no token.
        """
        return "SignedIn(…)"


class SessionsService:
    """
    Signs residents in and out, and authenticates their requests.

    Args:
        database: where sessions are kept.
        clock: ends them.
        ids: source of secrets.
        vault: seals the pointer inside a token.
        residents: who signs in.
        demo_login: whether a name and a document number suffice; never outside a demonstration.
        secure: whether the wallet is reached over TLS, which names the cookie of pages.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        residents: ResidentsService,
        demo_login: bool,
        secure: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._residents = residents
        self._demo_login = demo_login
        self._cookie = cookie_name(SESSION, secure=secure)

    async def sign_in_for_demo(self, person: Person) -> SignedIn:
        """
        Sign somebody in by name and document; makes the resident if there is none.

        Raises:
            NotFoundError: the demo login is off.
            DocumentInvalidError: the number cannot be one of that type.
            IdentityMismatchError: the document is somebody's of another name.
        """
        if not self._demo_login:
            raise NotFoundError
        async with self._database.transaction() as session:
            resident_id = await self._residents.match_or_create(session, person, DEMO_LEVEL)
            known = await self._residents.person(session, resident_id)
            if known.name != person.name:
                raise IdentityMismatchError
            return await self.open(session, resident_id, "demo")

    async def sign_in_known(self, issuer: str, subject: str) -> SignedIn | None:
        """
        Sign somebody in whose account at a provider is bound to them; None where it is nobody's.
        """
        index = self._account(issuer, subject)
        async with self._database.transaction() as session:
            resident_id = await repository.find(session, index)
            if resident_id is None:
                return None
            return await self.open(session, resident_id, "oidc")

    async def sign_in_first(
        self, issuer: str, subject: str, *, person: Person, level: int
    ) -> SignedIn:
        """
        Bind an account at a provider to the resident it proves to be, and sign them in.

        Makes the resident if there is none. Of two at the same time one binds, and both get in.

        Args:
            issuer: the provider.
            subject: the account there.
            person: as the provider told.
            level: how well the provider proved that.

        Raises:
            DocumentInvalidError: the number cannot be one of that type.
            IdentityMismatchError: the document is somebody's of another name, or the account was
                bound to somebody else meanwhile.
        """
        index = self._account(issuer, subject)
        async with self._database.transaction() as session:
            resident_id = await self._residents.match_or_create(session, person, level)
            known = await self._residents.person(session, resident_id)
            if known.name != person.name:
                raise IdentityMismatchError
            if (
                not await repository.take(session, index, resident_id, ACCOUNT_KIND)
                and await repository.find(session, index) != resident_id
            ):
                raise IdentityMismatchError
            return await self.open(session, resident_id, "oidc")

    async def open(self, session: AsyncSession, resident_id: int, method: str) -> SignedIn:
        """
        Open a session for a resident whose identity was established by ``demo`` or ``oidc``.
        """
        now = self._clock.now()
        session_id = self._ids.local()
        secret = urlsafe_b64encode(self._ids.secret(_SECRET_BYTES)).rstrip(b"=")
        await repository.forget_sessions(session, resident_id, now)
        await repository.add_session(
            session,
            {
                "resident_id": resident_id,
                "session_id": session_id,
                "secret_hash": sha256(secret).digest(),
                "method": method,
                "created_at": now,
                "expires_at": now + LIFE,
                "revoked_at": None,
            },
        )
        pointer = self._vault.seal_id(_KIND, _AUDIENCE, resident_id, session_id)
        return SignedIn(
            resident_id=resident_id,
            token=f"{pointer}.{secret.decode()}",
            expires_at=now + LIFE,
        )

    def _account(self, issuer: str, subject: str) -> bytes:
        return self._vault.blind("account", f"{issuer}\n{subject}")

    async def resident(self, connection: Connection) -> ResidentCaller:
        """
        Authenticate a request by its ``Authorization: Bearer`` header, or by the cookie of pages.

        With the cookie a request that may change something also needs the `CSRF_HEADER`.

        Raises:
            TokenInvalidError: missing, malformed, expired or revoked.
        """
        sent = connection.headers.getall("authorization", [])
        if sent:
            bearer = sent[0] if len(sent) == 1 else ""
            return await self._caller(
                bearer.removeprefix(_BEARER) if bearer.startswith(_BEARER) else ""
            )
        caller = await self.visitor(connection)
        proof = connection.headers.get(CSRF_HEADER, "")
        if changes_something(connection) and not self.is_ours(caller, proof):
            raise TokenInvalidError
        return caller

    async def visitor(self, connection: Connection) -> ResidentCaller:
        """
        Authenticate a page's request by its cookie; a form proves itself with `is_ours`.

        Raises:
            TokenInvalidError: missing, malformed, expired or revoked.
        """
        return await self._caller(connection.cookies.get(self._cookie, ""))

    def proof(self, caller: ResidentCaller) -> str:
        """
        Return what a page of this session sends with every request that may change something.
        """
        return self._vault.blind("csrf", f"{caller.resident_id}:{caller.session_id}").hex()

    def tag(self, caller: ResidentCaller) -> str:
        """
        Return what tells this resident from another one who signs in with the same browser.
        """
        return self._vault.blind("browser", str(caller.resident_id)).hex()[:_TAG_LETTERS]

    def is_ours(self, caller: ResidentCaller, proof: str) -> bool:
        """
        Tell whether a request comes from a page of this session, and not from another site.
        """
        return is_proof(self.proof(caller), proof)

    async def _caller(self, token: str) -> ResidentCaller:
        match = _TOKEN.fullmatch(token)
        opened = self._vault.open_id(_KIND, _AUDIENCE, match[1]) if match else None
        if match is None or opened is None:
            raise TokenInvalidError
        async with self._database.reading() as session:
            row = await repository.get_session(session, *opened)
        if row is None or row.revoked_at is not None or row.expires_at <= self._clock.now():
            raise TokenInvalidError
        if not hmac.compare_digest(sha256(match[2].encode()).digest(), row.secret_hash):
            raise TokenInvalidError
        return ResidentCaller(resident_id=row.resident_id, session_id=row.session_id)

    async def sign_out(self, caller: ResidentCaller) -> str | None:
        """
        End the session that a request came with.

        Returns:
            How it was opened, ``demo`` or ``oidc``; None when it had ended.
        """
        async with self._database.transaction() as session:
            return await repository.revoke_session(
                session, caller.resident_id, caller.session_id, self._clock.now()
            )
