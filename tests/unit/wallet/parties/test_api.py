"""Enrolment, tokens and signatures over HTTP."""

import asyncio
import base64

import msgspec
import pytest

from tests.fixtures.hospitals import Hospital, application, client_of
from wallet.parties.assertions import ASSERTION_TYPE, make
from wallet.parties.keys import enrolment_message, sign, to_der, to_jwk


def form(hospital, **changes):
    given = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": make(hospital.key, hospital.claims()),
    }
    return given | changes


class TestIssueToken:
    async def test_issues_a_bearer_token(self, hospital, client):
        """
        A proven terminal gets a token for five minutes with every scope it has.
        """
        response = await client.post("/oauth/token", data=form(hospital))

        assert 200 == response.status_code
        answer = response.json()
        assert ("Bearer", 300, "resolve:settlement visits:write") == (
            answer["token_type"],
            answer["expires_in"],
            answer["scope"],
        )

    async def test_unknown_client_is_told_in_both_ways(self, hospital, client):
        """
        A refusal is a problem that OAuth clients can read too.
        """
        hospital.client_id = "trm_" + "0" * 52
        response = await client.post("/oauth/token", data=form(hospital))

        assert 401 == response.status_code
        assert "application/problem+json" == response.headers["content-type"]
        assert 'Bearer realm="fusion-wallet"' == response.headers["www-authenticate"]
        answer = response.json()
        assert ("TERMINAL_UNKNOWN", "invalid_client") == (answer["code"], answer["error"])

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"client_assertion_type": "saml"}, "invalid_request"),
            ({"scope": "everything"}, "invalid_scope"),
            ({"scope": "refunds:write"}, "invalid_scope"),
            ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
            ({"more": "x"}, "invalid_request"),
            ({"client_assertion": "a b"}, "invalid_request"),
        ],
    )
    async def test_malformed(self, hospital, client, changes, error):
        """
        A malformed request is told apart as RFC 6749 wants it.
        """
        response = await client.post("/oauth/token", data=form(hospital, **changes))

        assert 400 == response.status_code
        answer = response.json()
        assert ("VALIDATION_FAILED", error) == (answer["code"], answer["error"])

    async def test_json_is_not_its_media_type(self, hospital, client):
        """
        The token endpoint takes a form and nothing else.
        """
        response = await client.post("/oauth/token", json=form(hospital))

        assert (415, "invalid_request") == (response.status_code, response.json()["error"])


class TestEnrolTerminal:
    def body(self, hospital, token, **changes):
        proof = sign(hospital.key, enrolment_message(token, to_der(hospital.key.public_key())))
        return {
            "token": token,
            "public_key": msgspec.to_builtins(to_jwk(hospital.key.public_key())),
            "name": "3 号窗口",
            "proof": base64.urlsafe_b64encode(proof).rstrip(b"=").decode(),
        } | changes

    async def test_enrols_a_jwk(self, hospital, client):
        """
        A terminal with a JWK and its proof gets an id of its own.
        """
        token = (await hospital.right()).token
        response = await client.post("/v1/terminals/enrol", json=self.body(hospital, token))

        assert 201 == response.status_code
        answer = response.json()
        assert hospital.party_id == hospital.parties.terminal_named(answer["terminal_id"])[0]
        assert "https://wallet.example/oauth/token" == answer["token_url"]

    @pytest.mark.parametrize(
        "key",
        [
            {"kty": "OKP", "crv": "Ed25519", "x": "!" * 43},
            {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
            {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            "-----BEGIN PUBLIC KEY-----\n" + "A" * 60 + "\n-----END PUBLIC KEY-----",
        ],
    )
    async def test_unusable_key(self, hospital, client, key):
        """
        What is no key of the two kinds is refused and leaves the token good.
        """
        token = (await hospital.right()).token
        refused = await client.post(
            "/v1/terminals/enrol", json=self.body(hospital, token, public_key=key)
        )
        accepted = await client.post("/v1/terminals/enrol", json=self.body(hospital, token))

        assert (400, 201) == (refused.status_code, accepted.status_code)


class TestTerminal:
    async def test_signed_call_is_known(self, hospital, client):
        """
        A token and a signature together say who calls.
        """
        headers = hospital.signed(await hospital.token())
        response = await client.post("/v1/visits", content=b'{"n":1}', headers=headers)

        assert 201 == response.status_code
        assert {
            "party": hospital.party_id,
            "terminal": hospital.terminal_id,
            "scopes": ["resolve:settlement", "visits:write"],
            "signed": True,
        } == response.json()

    async def test_bodyless_call_with_a_query(self, hospital, client):
        """
        The signature covers the query, and a body that is not there.
        """
        target = "/v1/visits/vis_1/cancel?reason=%E9%80%80"
        headers = hospital.signed(await hospital.token(), target, b"")
        del headers["content-type"]
        response = await client.post(target, headers=headers)

        assert 201 == response.status_code

    async def test_unsigned_write(self, hospital, client):
        """
        A token alone changes nothing.
        """
        headers = {"authorization": f"Bearer {await hospital.token()}"}
        response = await client.post("/v1/visits", json={"n": 1}, headers=headers)

        assert (401, "SIGNATURE_INVALID") == (response.status_code, response.json()["code"])

    async def test_resolve_and_read_need_no_signature(self, hospital, client):
        """
        A resolve and a read take the token alone.
        """
        headers = {"authorization": f"Bearer {await hospital.token()}"}
        resolved = await client.post("/v1/resolve", json={}, headers=headers)
        read = await client.get("/v1/visits", headers=headers)

        assert [(200, False), (200, False)] == [
            (response.status_code, response.json()["signed"]) for response in (resolved, read)
        ]

    async def test_wrong_signature_is_never_overlooked(self, hospital, client):
        """
        A resolve that is signed although it need not be must be signed right.
        """
        headers = hospital.signed(await hospital.token(), "/v1/resolve")
        response = await client.post("/v1/resolve", json={"n": 2}, headers=headers)

        assert 401 == response.status_code

    @pytest.mark.parametrize(
        "change",
        [
            {"authorization": "Bearer nonsense"},
            {"authorization": ""},
            {"authorization": "Basic eDp5"},
            {"authorization": "Bearer fwt_" + "A" * 80},
        ],
    )
    async def test_bad_token(self, client, change):
        """
        Anything but a token of ours is one and the same refusal.
        """
        response = await client.get("/v1/visits", headers=change)

        assert (401, "TOKEN_INVALID") == (response.status_code, response.json()["code"])

    async def test_two_tokens(self, hospital, client):
        """
        Two Authorization headers are as good as none.
        """
        value = f"Bearer {await hospital.token()}"
        response = await client.get(
            "/v1/visits", headers=[("authorization", value), ("authorization", value)]
        )

        assert 401 == response.status_code

    async def test_expired_token(self, hospital, client):
        """
        A token ends after five minutes.
        """
        headers = {"authorization": f"Bearer {await hospital.token()}"}
        hospital.clock.advance(299)
        before = await client.get("/v1/visits", headers=headers)
        hospital.clock.advance(1)
        after = await client.get("/v1/visits", headers=headers)

        assert (200, 401) == (before.status_code, after.status_code)

    async def test_revoked_terminal_is_out_at_once(self, hospital, client):
        """
        A revoked terminal's token and signature are worth nothing from that moment.
        """
        token = await hospital.token()
        await hospital.administration.revoke_terminal(hospital.party_id, hospital.terminal_id)
        read = await client.get("/v1/visits", headers={"authorization": f"Bearer {token}"})
        written = await client.post(
            "/v1/visits", content=b'{"n":1}', headers=hospital.signed(token)
        )

        assert ["TERMINAL_UNKNOWN"] * 2 == [read.json()["code"], written.json()["code"]]

    async def test_nonce_is_spent(self, hospital, client):
        """
        The same signed request, twice or side by side, is accepted once.
        """
        headers = hospital.signed(await hospital.token())
        responses = await asyncio.gather(
            *(client.post("/v1/visits", content=b'{"n":1}', headers=headers) for _ in range(4))
        )

        assert [201, 401, 401, 401] == sorted(response.status_code for response in responses)

    async def test_resolve_signed_where_the_party_wants_it(self, database, clock, ids, vault):
        """
        A party may have its resolves signed too.
        """
        hospital = await Hospital(database, clock, ids, vault).found(sign_resolve=True)
        token = await hospital.token()
        async with client_of(application(hospital)) as client:
            bare = await client.post(
                "/v1/resolve", json={"n": 1}, headers={"authorization": f"Bearer {token}"}
            )
            signed = await client.post(
                "/v1/resolve", content=b'{"n":1}', headers=hospital.signed(token, "/v1/resolve")
            )

        assert (401, 200) == (bare.status_code, signed.status_code)
