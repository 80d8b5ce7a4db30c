"""The file of providers."""

import base64
import json
import re
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from wallet.oidc import configuration
from wallet.oidc.clients import basic, quiet
from wallet.oidc.errors import ConfigurationError

KEY = ECKey.generate_key("P-256").as_dict(private=True)
PUBLIC = {name: value for name, value in KEY.items() if name != "d"}
RIGHT = {
    "issuer": "https://id.example/realm",
    "client_id": "wallet",
    "client_secret": "s3cret-of-theirs",
    "name": {"zh-CN": "甲", "en": "A"},
}
PAGE = Path(__file__).parents[4] / "docs" / "sign-in.md"


def read(who, **changes):
    settings = {name: value for name, value in (RIGHT | changes).items() if value is not None}
    return configuration.read(json.dumps({who: settings}).encode())


class TestRead:
    @pytest.mark.parametrize(
        ("who", "changes", "where"),
        [
            ("resident", {"issuer": "http://id.example"}, "issuer"),
            ("resident", {"issuer": "https://id.example/?a=b"}, "issuer"),
            ("resident", {"issuer": "https://id.example/#a"}, "issuer"),
            ("resident", {"issuer": "https://u:p@id.example"}, "issuer"),
            ("resident", {"issuer": "https://[::1"}, "issuer"),
            ("resident", {"client_secret": None}, "either client_key or client_secret"),
            ("resident", {"client_key": KEY}, "either client_key or client_secret"),
            ("resident", {"client_secret": None, "client_key": PUBLIC}, "not a"),
            ("resident", {"client_secret": None, "client_key": {"kty": "oct"}}, "kty and alg"),
            ("resident", {"client_secret": None, "client_key": KEY | {"alg": "RS256"}}, "alg"),
            ("resident", {"client_secret": None, "client_key": KEY | {"x": "AA"}}, "not a key"),
            ("resident", {"scope": "profile"}, "scope"),
            ("resident", {"scope": "openid  profile"}, "scope"),
            ("resident", {"name": {"en": "A"}}, "name"),
            ("resident", {"level": 5}, "level"),
            ("resident", {"document_types": {"01": "library_card"}}, "document_types"),
            ("resident", {"surprise": 1}, "resident"),
            ("operator", {}, "acr or amr"),
            ("operator", {"amr": ["otp"], "level": 2}, "operator"),
            ("desk", {}, "outermost"),
        ],
    )
    def test_wrong(self, who, changes, where):
        """
        What is wrong is told by its place, without any value.
        """
        with pytest.raises(ConfigurationError) as caught:
            read(who, **changes)
        told = str(caught.value)
        assert where in told
        assert RIGHT["client_secret"] not in told
        assert KEY["d"] not in told

    @pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000])
    def test_not_an_object(self, content):
        """
        What is no JSON object is refused.
        """
        with pytest.raises(ConfigurationError):
            configuration.read(content)

    @pytest.mark.parametrize(
        "issuer", ["http://127.0.0.1:3000", "http://[::1]:1", RIGHT["issuer"]]
    )
    def test_issuer(self, issuer):
        """
        A provider has TLS, or is this very machine.
        """
        assert issuer == read("resident", issuer=issuer).resident.issuer

    @pytest.mark.parametrize(
        "key",
        [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)],
        ids=lambda key: key.key_type,
    )
    def test_keys(self, key):
        """
        A key of each kind signs, and shows nothing of itself.
        """
        jwk = key.as_dict(private=True)
        client = read("resident", client_secret=None, client_key=jwk).resident
        signed = client.key().assertion(client_id="a", audience="b", token_id="c", now_seconds=1)

        assert 3 == len(signed.split("."))
        assert jwk["d"] not in f"{client!r}{client.key()!r}"

    def test_short_key(self):
        """
        An RSA key that is too short is refused.
        """
        with quiet():
            jwk = RSAKey.generate_key(1024).as_dict(private=True)

        with pytest.raises(ConfigurationError, match="2048 bits"):
            read("resident", client_secret=None, client_key=jwk)

    def test_page(self):
        """
        The examples of the documentation are read as they stand.
        """
        examples = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
        found = [configuration.read(each.encode()) for each in examples]

        assert found
        assert found[0].resident
        assert found[0].operator


class TestBasic:
    def test_encoded_first(self):
        """
        Identifier and secret are form-encoded before they are joined (RFC 6749 §2.3.1).
        """
        told = basic("a:b", "c d%é").removeprefix("Basic ")

        assert b"a%3Ab:c+d%25%C3%A9" == base64.b64decode(told)
