"""
The provider's token endpoint: an authorization code becomes tokens.
"""

from typing import Any, Final

import structlog

from wallet.clock import Clock, seconds
from wallet.ids import Ids
from wallet.oidc.clients import ASSERTION_TYPE, basic
from wallet.oidc.configuration import Client
from wallet.oidc.errors import SignInStaleError, SignInUnavailableError
from wallet.oidc.fetching import Fetcher
from wallet.oidc.provider import Metadata

_OK: Final = 200
_TOKEN_ID_BYTES: Final = 16
_log = structlog.get_logger("wallet.oidc")


class TokenEndpoint:
    """
    Redeems codes, and proves who we are while doing so.

    Args:
        client: the settings of the provider.
        redirect_uri: the one that the code was sent to.
        clock: dates our signatures.
        ids: source of their ids.
        fetcher: talks to the provider.
    """

    def __init__(
        self, client: Client, *, redirect_uri: str, clock: Clock, ids: Ids, fetcher: Fetcher
    ) -> None:
        self._client = client
        self._key = client.key()
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._ids = ids
        self._fetcher = fetcher

    async def redeem(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        """
        Return what the endpoint told.

        Raises:
            SignInStaleError: the code was redeemed before, is too old, or was another browser's.
            SignInUnavailableError: the endpoint does not answer, or does not know us.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if self._key is None:
            headers["authorization"] = basic(self._client.client_id, self._client.client_secret)
        else:
            by_issuer = self._client.assertion_audience == "issuer"
            form["client_id"] = self._client.client_id
            form["client_assertion_type"] = ASSERTION_TYPE
            form["client_assertion"] = self._key.assertion(
                client_id=self._client.client_id,
                audience=metadata.issuer if by_issuer else metadata.token_endpoint,
                token_id=self._ids.secret(_TOKEN_ID_BYTES).hex(),
                now_seconds=seconds(self._clock.now()),
            )
        told = await self._fetcher.post(metadata.token_endpoint, form, headers)
        if told.status == _OK:
            return told.body
        if told.body.get("error") == "invalid_grant":
            raise SignInStaleError
        _log.error("sign-in provider gave no token", status=told.status)
        raise SignInUnavailableError
