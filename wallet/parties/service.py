"""
Parties and terminals as the rest of the wallet asks about them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from litestar import Request
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import PartyView
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.http.callers import Connection, TerminalCaller
from wallet.ids import Ids
from wallet.parties import repository, signatures
from wallet.parties.errors import (
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
    UnknownPartyError,
)
from wallet.parties.keys import from_der
from wallet.parties.models import PartyRow
from wallet.parties.signing import SAFE_METHODS
from wallet.parties.tokens import KEY_USE, AccessToken, TokenSealer
from wallet.parties.words import PartySettings
from wallet.vault import Place, Vault

RESOLVE_PATH: Final = "/v1/resolve"
TERMINAL_KIND: Final = "trm"
TERMINAL_AUDIENCE: Final = "terminals"
_BEARER: Final = "bearer "
_SIGNED: Final = frozenset(name.encode() for name in signatures.HEADERS)
# longer than a signature lives, so that a clock that is set back revives none
_NONCE_LIFE: Final = timedelta(minutes=15)


class PartiesService:
    """
    Knows parties, and turns a request's credentials into a terminal.

    Args:
        database: for the transactions of authentication.
        clock: tells whether tokens and signatures are in time.
        ids: source of tokens' nonces.
        vault: opens profiles, seals terminals' ids and tokens.
        public_origin: the origin that clients call, such as ``https://wallet.example``.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, vault: Vault, public_origin: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._origin = public_origin
        self.tokens = TokenSealer(vault.token_key(KEY_USE), ids.secret)

    async def terminal(self, connection: Connection) -> TerminalCaller:
        """
        Authenticate a request by its token and, where one is due, its signature.

        A resolve of a party that does not want it signed is answered from the token alone; it
        asks `terminal_active` in its own first transaction.

        Raises:
            TokenInvalidError: no valid token.
            TerminalUnknownError: the terminal or its party may not work any more.
            SignatureInvalidError: a signature is missing, wrong, too old or was used before.
        """
        token = self._token(connection)
        method = str(connection.scope.get("method", ""))
        lines = _lines(connection)
        resolving = (method, connection.scope["path"]) == ("POST", RESOLVE_PATH)
        optional = method in SAFE_METHODS or (resolving and not token.sign_resolve)
        signed = not optional or signatures.is_signed(lines)
        if signed:
            await self._signed(connection, token, lines)
        elif not resolving:
            async with self._database.reading() as session:
                await _active_key(session, token)
        return TerminalCaller(
            party_id=token.party_id,
            terminal_id=token.terminal_id,
            scopes=frozenset(token.scopes),
            signed=signed,
        )

    def unsigned(self, headers: Mapping[bytes, bytes]) -> TerminalCaller | None:
        """
        Return the terminal that posts a resolve which neither is nor has to be signed.

        None leaves it to `terminal`, which also tells what is wrong.

        Args:
            headers: of the request, each once, names in lower case.
        """
        if not _SIGNED.isdisjoint(headers):
            return None
        token = self._opened(headers.get(b"authorization", b"").decode("latin-1"))
        if token is None or token.sign_resolve:
            return None
        return TerminalCaller(
            party_id=token.party_id,
            terminal_id=token.terminal_id,
            scopes=frozenset(token.scopes),
        )

    def party_of(self, text: str) -> int | None:
        """
        Return the party of an access token, None for one that is not valid now.
        """
        token = self.tokens.open(text, seconds(self._clock.now()))
        return None if token is None else token.party_id

    async def terminal_active(
        self, session: AsyncSession, party_id: int, terminal_id: int
    ) -> bool:
        """
        Tell whether a terminal and its party may work, as of this transaction.
        """
        return await repository.active_key(session, party_id, terminal_id) is not None

    async def settings(self, session: AsyncSession, party_id: int) -> PartySettings:
        """
        Return how the wallet treats a party.

        Raises:
            UnknownPartyError: there is no such party.
        """
        return settings_of(await self._party(session, party_id))

    async def view(self, session: AsyncSession, party_id: int, integration_id: str) -> PartyView:
        """
        Return what one integration may know of a party; without a profile its bytes are empty.

        Raises:
            UnknownPartyError: there is no such party.
        """
        found = await repository.profiled(session, party_id, integration_id)
        if found is None:
            raise UnknownPartyError
        row, sealed = found
        view = PartyView(id=str(party_id), name=row.name, kind=row.kind)
        return self.profiled(view, party_id, integration_id, sealed)

    def profiled(
        self, view: PartyView, party_id: int, integration_id: str, sealed: bytes | None
    ) -> PartyView:
        """
        Return a party's view with its profile, from the encrypted column; None for no profile.
        """
        if sealed is None:
            return view
        place = profile_place(party_id, integration_id)
        return structs.replace(view, profile=self._vault.decrypt_deployment(place, sealed))

    def terminal_name(self, party_id: int, terminal_id: int) -> str:
        """
        Return the id under which a terminal knows itself: ``trm_…``, its OAuth ``client_id``.
        """
        return self._vault.seal_id(TERMINAL_KIND, TERMINAL_AUDIENCE, party_id, terminal_id)

    def terminal_named(self, text: str) -> tuple[int, int] | None:
        """
        Return party id and terminal id behind such an id, or None.
        """
        return self._vault.open_id(TERMINAL_KIND, TERMINAL_AUDIENCE, text)

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget spent nonces, assertion ids and enrolment tokens; returns how many went.
        """
        return await repository.prune(session, self._clock.now())

    async def _party(self, session: AsyncSession, party_id: int) -> PartyRow:
        row = await repository.party(session, party_id)
        if row is None:
            raise UnknownPartyError
        return row

    def _token(self, connection: Connection) -> AccessToken:
        sent = connection.headers.getall("authorization", [])
        token = self._opened(sent[0]) if len(sent) == 1 else None
        if token is None:
            raise TokenInvalidError
        return token

    def _opened(self, authorization: str) -> AccessToken | None:
        if not authorization.lower().startswith(_BEARER):
            return None
        return self.tokens.open(authorization[len(_BEARER) :], seconds(self._clock.now()))

    async def _signed(
        self, connection: Connection, token: AccessToken, lines: tuple[tuple[str, str], ...]
    ) -> None:
        body = await _body(connection)
        now = self._clock.now()
        message = signatures.message_of(
            str(connection.scope.get("method", "")), self._origin, _target(connection), lines
        )
        async with self._database.transaction() as session:
            key = await _active_key(session, token)
            right = signatures.verified(
                message,
                body,
                key=from_der(key),
                key_id=self.terminal_name(token.party_id, token.terminal_id),
                now_seconds=seconds(now),
            )
            if right is None:
                raise SignatureInvalidError
            fresh = await repository.spend_nonce(
                session, token.party_id, token.terminal_id, right.nonce, now + _NONCE_LIFE
            )
        if not fresh:
            raise SignatureInvalidError


def settings_of(row: PartyRow) -> PartySettings:
    """
    Return a party's settings as a value.
    """
    return PartySettings(
        name=row.name,
        kind=row.kind,
        settled_by=row.settled_by,
        otp_limit_minor=row.otp_limit_minor,
        signed_limit_minor=row.signed_limit_minor,
        cash_due_seconds=row.cash_due_seconds,
        sign_resolve=row.sign_resolve,
        screen_limit_minor=row.screen_limit_minor,
    )


def profile_place(party_id: int, integration_id: str) -> Place:
    """
    Return where a profile lies, which its encryption is bound to.
    """
    return Place("party_profiles", "profile", f"{party_id}/{integration_id}")


async def _active_key(session: AsyncSession, token: AccessToken) -> bytes:
    key = await repository.active_key(session, token.party_id, token.terminal_id)
    if key is None:
        raise TerminalUnknownError
    return key


def _lines(connection: Connection) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in connection.scope["headers"]
    )


def _target(connection: Connection) -> str:
    scope = connection.scope
    # some servers put the query behind the raw path, some do not
    path = scope["raw_path"].partition(b"?")[0].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


async def _body(connection: Connection) -> bytes:
    if not isinstance(connection, Request):
        raise SignatureInvalidError
    request: Request[Any, Any, Any] = connection
    return await request.body()
