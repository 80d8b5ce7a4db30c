"""
How a terminal gets in: it enrols its key once, and asks for a token every few minutes.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.errors import ValidationFailedError
from wallet.ids import Ids
from wallet.parties import repository
from wallet.parties.administration import enrolment_digest
from wallet.parties.assertions import ASSERTION_TYPE, Assertion, Claims
from wallet.parties.errors import (
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
)
from wallet.parties.keys import PublicKey, enrolment_message, from_der, to_der, verify
from wallet.parties.models import TerminalRow
from wallet.parties.service import PartiesService
from wallet.parties.tokens import LIFE_SECONDS, AccessToken
from wallet.parties.words import Scope, TerminalStatus, scope_text, scopes_of

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path
GRANT_TYPE: Final = "client_credentials"
# longer than an assertion lives, so that a clock that is set back revives none
_TOKEN_ID_LIFE: Final = timedelta(minutes=30)


class Enrolment(Struct, frozen=True, kw_only=True):
    """
    What a terminal brings to enrol.
    """

    token: str
    public_key: PublicKey
    name: str
    proof: bytes


class Enrolled(Struct, frozen=True, kw_only=True):
    """
    A terminal as it learns of itself.

    Attributes:
        client_id: its id from now on.
        party: its party's name.
        scopes: what its tokens will allow, space-separated.
        token_url: where it asks for them, and what it writes into ``aud``.
    """

    client_id: str
    party: str
    kind: str
    scopes: str
    token_url: str


class TokenAsked(Struct, frozen=True, kw_only=True):
    """
    A token request's parameters (RFC 6749 §4.4.2, RFC 7521 §4.2); "" for an absent one.
    """

    grant_type: str
    assertion_type: str
    assertion: str
    scope: str = ""
    client_id: str = ""


class TokenIssued(Struct, frozen=True, kw_only=True):
    """
    A token.
    """

    token: str
    expires_in: int
    scope: str

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "TokenIssued(…)"


class AccessService:
    """
    Enrols terminals and issues tokens.

    Args:
        database: each use is a transaction of its own.
        clock: tells what is in time.
        ids: source of terminals' ids.
        parties: names terminals, seals tokens.
        public_origin: the origin that clients call.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        parties: PartiesService,
        public_origin: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._parties = parties
        self.token_url = public_origin.rstrip("/") + TOKEN_PATH

    async def enrol(self, enrolment: Enrolment) -> Enrolled:
        """
        Enrol a terminal; the token is used up with it, or neither happens.

        Raises:
            SignatureInvalidError: the proof is not made with the key; the token stays good.
            TokenInvalidError: the token is unknown, used or over its time.
        """
        der = to_der(enrolment.public_key)
        if not verify(
            enrolment.public_key, enrolment.proof, enrolment_message(enrolment.token, der)
        ):
            raise SignatureInvalidError
        now = self._clock.now()
        async with self._database.transaction() as session:
            right = await repository.spend_enrolment(
                session, enrolment_digest(enrolment.token), now
            )
            if right is None:
                raise TokenInvalidError
            terminal = TerminalRow(
                party_id=right.party_id,
                terminal_id=self._ids.local(),
                name=enrolment.name,
                kind=right.kind,
                status=TerminalStatus.ACTIVE.value,
                scopes=right.scopes,
                public_key=der,
                created_at=now,
            )
            await repository.add(session, terminal)
            settings = await self._parties.settings(session, right.party_id)
        return Enrolled(
            client_id=self._parties.terminal_name(terminal.party_id, terminal.terminal_id),
            party=settings.name,
            kind=terminal.kind,
            scopes=terminal.scopes,
            token_url=self.token_url,
        )

    async def token(self, asked: TokenAsked) -> TokenIssued:
        """
        Issue a token for a client assertion that is used up by it.

        Raises:
            ValidationFailedError: a parameter is wrong; ``error`` says which way (RFC 6749 §5.2).
            TerminalUnknownError: whatever else is wrong, one answer for all of it.
        """
        if asked.grant_type != GRANT_TYPE:
            raise oauth_error("unsupported_grant_type")
        if asked.assertion_type != ASSERTION_TYPE:
            raise oauth_error("invalid_request")
        terminal, claims, sign_resolve = await self._proven(asked)
        scopes = _granted(terminal.scopes, asked.scope)
        async with self._database.transaction() as session:
            still = await repository.active(session, terminal.party_id, terminal.terminal_id)
            fresh = still is not None and await repository.spend_token_id(
                session,
                terminal.party_id,
                terminal.terminal_id,
                claims.jti,
                datetime.fromtimestamp(claims.exp, UTC) + _TOKEN_ID_LIFE,
            )
        if not fresh:
            raise TerminalUnknownError
        text = self._parties.tokens.seal(
            AccessToken(
                party_id=terminal.party_id,
                terminal_id=terminal.terminal_id,
                scopes=tuple(scope.value for scope in Scope if scope in scopes),
                sign_resolve=sign_resolve,
                expires_at_seconds=seconds(self._clock.now()) + LIFE_SECONDS,
            )
        )
        return TokenIssued(token=text, expires_in=LIFE_SECONDS, scope=scope_text(scopes))

    async def _proven(self, asked: TokenAsked) -> tuple[TerminalRow, Claims, bool]:
        try:
            assertion = Assertion(asked.assertion)
        except ValueError as fault:
            raise TerminalUnknownError from fault
        subject = assertion.claimed_subject
        place = self._parties.terminal_named(subject)
        if place is None or asked.client_id not in {"", subject}:
            raise TerminalUnknownError
        async with self._database.reading() as session:
            known = await repository.active(session, *place)
        if known is None:
            raise TerminalUnknownError
        terminal, party = known
        claims = assertion.verified(
            from_der(terminal.public_key), self.token_url, seconds(self._clock.now())
        )
        if claims is None:
            raise TerminalUnknownError
        return terminal, claims, party.sign_resolve


def oauth_error(error: str) -> ValidationFailedError:
    """
    Return the problem for a malformed token request, with the member that OAuth clients read.
    """
    return ValidationFailedError(error=error)


def _granted(held: str, asked: str) -> frozenset[Scope]:
    mine = scopes_of(held)
    if not asked:
        return mine
    try:
        wanted = scopes_of(asked)
    except ValueError as fault:
        raise oauth_error("invalid_scope") from fault
    if not wanted <= mine:
        raise oauth_error("invalid_scope")
    return wanted
