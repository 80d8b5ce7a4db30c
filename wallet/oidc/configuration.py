"""
The settings of providers: one for residents, one for operators (docs/sign-in.md).
"""

import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from integrations.spi import PersonKey
from wallet.oidc.clients import ClientKey, UnusableClientKeyError
from wallet.oidc.errors import ConfigurationError

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_SCOPE: Final = re.compile(r"\A[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*\Z")

_Word = Annotated[str, Meta(min_length=1, max_length=256)]
_Words = tuple[_Word, ...]


class Names(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What the provider is called on the sign-in page.
    """

    zh: Annotated[str, Meta(min_length=1, max_length=40)] = msgspec.field(name="zh-CN")
    en: Annotated[str, Meta(min_length=1, max_length=40)]


class Client(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What residents' and operators' providers have in common.

    Attributes:
        issuer: exactly as the provider writes it in its tokens.
        client_id: who we are there.
        client_key: our private key as JWK; we sign what we authenticate with (private_key_jwt).
        client_secret: what the provider gave us instead (client_secret_basic).
        assertion_audience: what `client_key` signs for; some providers want their token endpoint.
        name: of the provider, for people.
        scope: what is asked for, ``openid`` among it.
        acr, amr: one of each list has to be in the token, if the list is not empty.
        required: claims that must be there with exactly this value.
        max_age_seconds: people who signed in there longer ago have to do it again.
    """

    issuer: _Word
    client_id: _Word
    client_key: dict[str, Any] | None = None
    client_secret: Annotated[str, Meta(max_length=512)] = ""
    assertion_audience: Literal["issuer", "token_endpoint"] = "issuer"
    name: Names
    scope: str = "openid"
    acr: _Words = ()
    amr: _Words = ()
    required: dict[str, str | int | bool] = {}
    max_age_seconds: Annotated[int, Meta(ge=1, le=86_400 * 30)] | None = None

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"

    def key(self) -> ClientKey | None:
        """
        Return our private key at the provider, if that is how we authenticate.

        Raises:
            ConfigurationError: it is none that we can sign with.
        """
        if self.client_key is None:
            return None
        try:
            return ClientKey(self.client_key)
        except UnusableClientKeyError as fault:
            raise ConfigurationError(f"client_key: {fault}") from None


class PersonClaims(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Which claims tell who somebody is.
    """

    name: _Word = "name"
    document_type: _Word = "document_type"
    document_number: _Word = "document_number"
    phone: str = ""


def _our_own_words() -> dict[str, PersonKey]:
    return {each.value: each for each in PersonKey}


class ResidentClient(Client, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The residents' provider.

    Attributes:
        claims: which claims tell who somebody is.
        document_types: the provider's word for a document to ours; what stands for the empty word
            is taken where the provider says none. Our own words by default.
        level: how well the provider proves who somebody is, 1 to 4.
    """

    claims: PersonClaims = PersonClaims()
    document_types: dict[str, PersonKey] = msgspec.field(default_factory=_our_own_words)
    level: Annotated[int, Meta(ge=1, le=4)] = 2


class OperatorClient(Client, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The operators' provider. A second factor has to be claimed, by `acr` or by `amr`.

    Twelve hours are what a session of an operator lives.
    """

    max_age_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 43_200


class Providers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The file of providers; who is not in it does not sign in that way.
    """

    resident: ResidentClient | None = None
    operator: OperatorClient | None = None


def read(content: bytes) -> Providers:
    """
    Read the file of providers.

    Raises:
        ConfigurationError: it is not of the documented form.
    """
    try:
        providers = msgspec.json.decode(content, type=Providers)
    except msgspec.ValidationError as fault:
        place = re.search(r"at `\$?\.?([^`]*)`", str(fault))
        raise ConfigurationError(place[1] if place else "the outermost object") from None
    except (msgspec.DecodeError, RecursionError):
        raise ConfigurationError("not JSON") from None
    for who, client in (("resident", providers.resident), ("operator", providers.operator)):
        if client is not None:
            _check(who, client)
    return providers


def is_endpoint(address: str, *, plain: bool = False) -> bool:
    """
    Tell whether an address is one we talk to: TLS, or this very machine where `plain` allows it.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment or not address.isascii():
        return False
    if not address.isprintable() or " " in address:
        return False
    return parts.scheme == "https" or (plain and parts.scheme == "http" and host in _LOOPBACK)


def _check(who: str, client: Client) -> None:
    if not is_endpoint(client.issuer, plain=True) or urlsplit(client.issuer).query:
        raise ConfigurationError(f"{who}.issuer: https is needed, without query and fragment")
    if (client.client_key is None) == (not client.client_secret):
        raise ConfigurationError(f"{who}: either client_key or client_secret")
    if "openid" not in client.scope.split(" ") or _SCOPE.match(client.scope) is None:
        raise ConfigurationError(f"{who}.scope: words, `openid` among them")
    if isinstance(client, OperatorClient) and not (client.acr or client.amr):
        raise ConfigurationError(f"{who}: acr or amr has to say what a second factor is")
    client.key()
