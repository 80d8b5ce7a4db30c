"""
The relying party: sends people to a provider, and judges what they come back with.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import structlog
from msgspec import Struct

from integrations.spi import Person
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.oidc import judging, pending, repository, tokens
from wallet.oidc.configuration import Client, Names, ResidentClient
from wallet.oidc.errors import Reason, SignInRefusedError, SignInStaleError, SignInUnavailableError
from wallet.oidc.fetching import Fetcher
from wallet.oidc.pending import Pending
from wallet.oidc.provider import Metadata, Provider
from wallet.oidc.redeeming import TokenEndpoint
from wallet.vault import Vault

_CODE_MAX: Final = 4096
_CANCELLED: Final = (
    "access_denied",
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
)
_TEMPORARY: Final = ("temporarily_unavailable", "server_error")
_log = structlog.get_logger("wallet.oidc")


class Begun(Struct, frozen=True, kw_only=True):
    """
    Where the browser goes, and what it keeps meanwhile.
    """

    address: str
    cookie: str

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Begun(…)"


class Identity(Struct, frozen=True, kw_only=True):
    """
    Who somebody is at the provider.

    Attributes:
        issuer, subject: the two that stay the same for ever.
        signed_in_at: when they signed in there, if the provider was asked to tell.
        back: where they were going here.
        claims: of the token.
        access_token: opens the provider's userinfo for a moment; kept nowhere.
    """

    issuer: str
    subject: str
    signed_in_at: datetime | None
    back: str
    claims: Mapping[str, Any]
    access_token: str

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Identity(…)"


class RelyingParty:
    """
    Sign-in with one provider, for residents or for operators.

    Args:
        client: the settings of the provider.
        redirect_uri: where it sends people back to, exactly.
        leave_uri: where it sends people to who signed out there.
        audience: a word that keeps sign-ins of residents and operators apart.
        database: where finished sign-ins are kept.
        clock: times sign-ins.
        ids: source of what nobody may guess.
        vault: seals what browsers keep.
        fetcher: talks to the provider.
    """

    def __init__(  # noqa: PLR0913 - what it stands on
        self,
        client: Client,
        *,
        redirect_uri: str,
        leave_uri: str,
        audience: str,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        fetcher: Fetcher,
    ) -> None:
        self._client = client
        self._redirect_uri = redirect_uri
        self._leave_uri = leave_uri
        self._audience = audience
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._fetcher = fetcher
        self._provider = Provider(client.issuer, clock=clock, fetcher=fetcher)
        self._endpoint = TokenEndpoint(
            client, redirect_uri=redirect_uri, clock=clock, ids=ids, fetcher=fetcher
        )

    @property
    def names(self) -> Names:
        """
        What the provider is called.
        """
        return self._client.name

    @property
    def level(self) -> int:
        """
        How well the provider proves who residents are; 0 where nobody asks.
        """
        return self._client.level if isinstance(self._client, ResidentClient) else 0

    @property
    def issuer(self) -> str:
        """
        The provider, as its tokens name it.
        """
        return self._client.issuer

    async def begin(self, *, back: str, again: bool = False, language: str = "") -> Begun:
        """
        Begin a sign-in.

        Args:
            back: where to go afterwards, a path of ours.
            again: the person has to sign in there anew, whatever session they have.
            language: BCP 47 tag of what the person reads.

        Raises:
            SignInUnavailableError: the provider does not tell where to go.
        """
        metadata = await self._provider.metadata()
        begun = pending.begun(
            self._ids, back=back, again=again, now_seconds=seconds(self._clock.now())
        )
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._client.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        if language:
            asked["ui_locales"] = language
        if self._client.acr:
            asked["acr_values"] = " ".join(self._client.acr)
        if again:
            asked |= {"prompt": "login", "max_age": "0"}
        elif self._client.max_age_seconds is not None:
            asked["max_age"] = str(self._client.max_age_seconds)
        return Begun(
            address=_with(metadata.authorization_endpoint, asked),
            cookie=pending.seal(self._vault, self._audience, begun),
        )

    async def finish(self, answer: Mapping[str, str], cookie: str) -> Identity:
        """
        Judge what somebody came back with. A sign-in is finished once, whatever comes of it.

        No transaction is open while the provider is asked.

        Args:
            answer: parameters of the address that the provider sent the browser to.
            cookie: what the browser kept.

        Raises:
            SignInStaleError: not begun in this browser, too long ago, or finished already.
            SignInRefusedError: cancelled, or the token is not right or not strong enough.
            SignInUnavailableError: the provider does not answer as it should.
        """
        begun = await self._spent(answer, cookie)
        metadata = await self._provider.metadata()
        code = _code(answer, metadata)
        tokens_told = await self._endpoint.redeem(metadata, code, begun.verifier)
        token = await self._verified(tokens_told.get("id_token"), begun)
        judging.insist_on_assurance(self._client, token)
        now = seconds(self._clock.now())
        oldest = self._client.max_age_seconds
        not_before = begun.begun_at if begun.again else None if oldest is None else now - oldest
        return Identity(
            issuer=token.iss,
            subject=token.sub,
            signed_in_at=judging.signed_in_at(token, not_before=not_before, now_seconds=now),
            back=begun.back,
            claims=token.everything,
            access_token=str(tokens_told.get("access_token") or ""),
        )

    async def person(self, identity: Identity) -> Person:
        """
        Return who somebody is, by the token or else by the provider's userinfo.

        Raises:
            SignInRefusedError: the provider does not tell name and document.
            SignInUnavailableError: it does not answer.
        """
        client, claims = self._client, identity.claims
        if not isinstance(client, ResidentClient):
            raise SignInRefusedError(Reason.INCOMPLETE)
        address = (await self._provider.metadata()).userinfo_endpoint
        if judging.lacks_person(client, claims) and address and identity.access_token:
            told = await self._fetcher.get(address, bearer=identity.access_token)
            # an answer about somebody else must not be mixed in (Core §5.3.2)
            if told.get("sub") != identity.subject:
                raise SignInRefusedError(Reason.TOKEN)
            claims = {**told, **claims}
        return judging.person(client, claims)

    async def leave_address(self) -> str | None:
        """
        Return where somebody signs out at the provider, or None where it offers no such thing.

        Nothing is told of the person, so the provider may ask whether they really want to.
        """
        try:
            address = (await self._provider.metadata()).end_session_endpoint
        except SignInUnavailableError:
            return None
        asked = {
            "client_id": self._client.client_id,
            "post_logout_redirect_uri": self._leave_uri,
        }
        return _with(address, asked) if address else None

    async def _spent(self, answer: Mapping[str, str], cookie: str) -> Pending:
        now = self._clock.now()
        begun = pending.unseal(self._vault, self._audience, cookie)
        if begun is None or not begun.is_answered_by(answer.get("state", ""), seconds(now)):
            raise SignInStaleError
        async with self._database.transaction() as session:
            spent = await repository.spend(
                session, begun.digest, now + pending.LIFE + pending.SKEW
            )
        if not spent:
            raise SignInStaleError
        named = answer.get("iss")
        if named is not None and named != self._client.issuer:
            raise SignInRefusedError(Reason.TOKEN)
        return begun

    async def _verified(self, text: object, begun: Pending) -> tokens.IdToken:
        expected = tokens.Expected(
            issuer=self._client.issuer,
            client_id=self._client.client_id,
            nonce=begun.nonce,
            now_seconds=seconds(self._clock.now()),
        )
        token = await tokens.verified(text, self._provider, expected)
        if token is None:
            _log.error("sign-in provider sent a token that is not right", state="refused")
            raise SignInRefusedError(Reason.TOKEN)
        return token


def _code(answer: Mapping[str, str], metadata: Metadata) -> str:
    if metadata.authorization_response_iss_parameter_supported and "iss" not in answer:
        raise SignInRefusedError(Reason.TOKEN)
    error = answer.get("error")
    if error in _TEMPORARY:
        raise SignInUnavailableError
    if error is not None:
        raise SignInRefusedError(Reason.CANCELLED if error in _CANCELLED else Reason.TOKEN)
    code = answer.get("code", "")
    if not 0 < len(code) <= _CODE_MAX:
        raise SignInStaleError
    return code


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
