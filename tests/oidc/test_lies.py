"""A provider that lies: its tokens let nobody in, its troubles are told at once."""

import asyncio
import base64
import json

import httpx
import pytest
from joserfc import jws

from tests.oidc import liar as lies
from tests.oidc.conftest import Browser, parameters
from tests.oidc.liar import SECRET, Liar, key_of, oct_key


@pytest.fixture
def url(sqlite_url):
    """
    One kind of database is enough here.
    """
    return sqlite_url


@pytest.fixture
async def liar(anyio_backend, clock):
    """
    A provider that a test makes lie.
    """
    del anyio_backend
    liar = await Liar(clock).start()
    yield liar
    await liar.stop()


@pytest.fixture
def region(make_region, liar):
    """
    A wallet that trusts it.
    """
    return make_region(liar.settings())


@pytest.fixture
async def browser(region):
    """
    A browser of the wallet alone.
    """
    region.people.providers.fetcher._seconds = 0.5
    async with region.client() as wallet, httpx.AsyncClient() as outside:
        wallet.headers["accept"] = "text/html"
        yield Browser(wallet, outside)
    await region.people.providers.close()


async def come_back(browser, liar, token=None, behind=0):
    """
    Begin, and come back with a code for a token, to a machine so many seconds behind.
    """
    asked = parameters(await browser.begin())
    liar.clock.advance(-behind)
    liar.nonce = asked["nonce"]
    liar.token = token or (lambda: liar.signed(liar.claims()))
    answer = {"code": "code", "state": asked["state"]}
    return await browser.wallet.get("/sign-in/oidc/callback", params=answer)


class TestRight:
    @pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
    async def test_algorithms(self, liar, browser, algorithm):
        """
        Each algorithm of the list is taken, with and without the name of the only key.
        """
        liar.key = key_of(algorithm)
        liar.published = {"one": liar.key}
        named = await come_back(
            browser, liar, lambda: liar.signed(liar.claims(), algorithm=algorithm)
        )
        nameless = await come_back(
            browser, liar, lambda: liar.signed(liar.claims(), algorithm=algorithm, kid=None)
        )

        assert [303, 303] == [named.status_code, nameless.status_code]

    async def test_other_members(self, liar, browser):
        """
        What a token has besides does no harm: another audience with us as its party, headers.
        """
        plain = await come_back(browser, liar, lambda: rightly(liar))
        answer = await come_back(
            browser,
            liar,
            lambda: liar.signed(liar.claims(aud=["us", "them"], azp="us"), typ="JWT", extra="x"),
        )

        assert [303, 303] == [plain.status_code, answer.status_code]

    @pytest.mark.parametrize(("behind", "status"), [(2, 303), (30, 400)])
    async def test_another_machines_clock(self, liar, browser, behind, status):
        """
        Who comes back at once, to a machine whose clock is a little behind, is in time.
        """
        answer = await come_back(browser, liar, behind=behind)

        assert status == answer.status_code

    async def test_userinfo_of_another(self, liar, browser):
        """
        An answer about somebody else is not mixed with the token.
        """
        liar.userinfo = {"sub": "zhang", "document_number": "440106195603124028"}
        answer = await come_back(
            browser, liar, lambda: liar.signed(liar.claims(document_number=None))
        )

        assert 403 == answer.status_code


def rightly(it, **header):
    """
    Sign right claims rightly, under a header that no library would write.
    """
    header = json.dumps({"alg": "ES256", "kid": "one"} | header).encode()
    parts = [header, json.dumps(it.claims()).encode()]
    signed = b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") for each in parts)
    signature = jws.JWSRegistry.algorithms["ES256"].sign(signed, it.key)
    return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


LIES = {
    "none": lambda it: it.signed(it.claims(), algorithm="none", key=it.key),
    "secret": lambda it: it.signed(it.claims(), algorithm="HS256", key=oct_key(SECRET)),
    "public key as secret": lambda it: it.signed(
        it.claims(), algorithm="HS256", key=oct_key(it.key.as_pem(private=False).hex())
    ),
    "curve": lambda it: it.signed(it.claims(), algorithm="ES384", key=key_of("ES384")),
    "foreign key": lambda it: it.signed(it.claims(), key=key_of("ES256")),
    "unknown key": lambda it: it.signed(it.claims(), key=key_of("ES256"), kid="two"),
    "key in header": lambda it: it.signed(
        it.claims(), jwk=it.key.as_dict(private=False), key=key_of("ES256")
    ),
    "unknown duty": lambda it: rightly(it, crit=["duty"], duty=1),
    "key's name": lambda it: rightly(it, kid=7),
    "algorithm's name": lambda it: rightly(it, alg=["ES256"]),
    "audience": lambda it: it.signed(it.claims(aud="them")),
    "no audience": lambda it: it.signed(it.claims(aud=None)),
    "two audiences": lambda it: it.signed(it.claims(aud=["us", "them"])),
    "party": lambda it: it.signed(it.claims(azp="them")),
    "issuer": lambda it: it.signed(it.claims(iss="https://another.example")),
    "expired": lambda it: it.signed(it.claims(exp=it.claims()["iat"] - 30)),
    "endless": lambda it: it.signed(it.claims(exp=None)),
    "old": lambda it: it.signed(it.claims(iat=it.claims()["iat"] - 631)),
    "to come": lambda it: it.signed(it.claims(iat=it.claims()["iat"] + 31)),
    "nonce": lambda it: it.signed(it.claims(nonce="x" * 43)),
    "half a character": lambda it: it.signed(it.claims(nonce="\ud800")),
    "no nonce": lambda it: it.signed(it.claims(nonce=None)),
    "nobody": lambda it: it.signed(it.claims(sub="")),
    "long subject": lambda it: it.signed(it.claims(sub="x" * 256)),
    "text as time": lambda it: it.signed(it.claims(exp="later")),
    "changed": lambda it: it.signed(it.claims())[:-4] + "AAAA",
    "no token": lambda _: "a.b",
    "nothing": lambda _: None,
}


class TestTokens:
    async def test_lies(self, liar, browser):
        """
        A token that is wrong in any way lets nobody in.
        """
        answers = {
            lie: await come_back(browser, liar, lambda lie=lie: LIES[lie](liar)) for lie in LIES
        }

        assert [] == [lie for lie in LIES if answers[lie].status_code != 403]
        assert [] == [lie for lie in LIES if "登录平台的答复无效" not in answers[lie].text]
        assert "__Host-session" not in browser.wallet.cookies

    async def test_weak_keys(self, liar, browser):
        """
        A short key, one for encryption and a shared secret are not taken from the list.
        """

        async def keys(_request):
            return lies.web.json_response({"keys": WEAK})

        liar.answers["/keys"] = keys
        answer = await come_back(browser, liar)

        assert 403 == answer.status_code


WEAK = [
    {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
    key_of("ES256").as_dict(private=False, kid="one", use="enc"),
    {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "one"},
    {"kty": "RSA", "n": "u1SU", "e": "AQAB", "kid": "one"},
]


class TestRotation:
    async def test_new_key(self, region, liar, browser):
        """
        A key that is new is fetched; one that was taken away is not taken for long.
        """
        first = await come_back(browser, liar)
        old, liar.key = liar.key, key_of("ES256")
        liar.published = {"two": liar.key}
        region.clock.advance(31)
        second = await come_back(browser, liar, lambda: liar.signed(liar.claims(), kid="two"))
        third = await come_back(browser, liar, lambda: liar.signed(liar.claims(), key=old))

        assert [303, 303, 403] == [each.status_code for each in (first, second, third)]

    async def test_bounded(self, region, liar, browser):
        """
        Unknown keys do not make us ask more than twice a minute.
        """
        for _ in range(5):
            region.clock.advance(2)
            await come_back(browser, liar, lambda: LIES["unknown key"](liar))

        assert 1 == liar.asked["/keys"]


TROUBLE = (
    lies.huge,
    lies.hang,
    lies.loop,
    lies.prose,
    lies.deep,
    lies.broken,
    lies.bomb,
    lies.cut,
)
PATHS = ("/.well-known/openid-configuration", "/keys", "/token")


ASTRAY = (
    {"issuer": "https://another.example"},
    {"token_endpoint": "http://10.0.0.1/token"},
    {"jwks_uri": "file:///etc/passwd"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"end_session_endpoint": "https://user@id.example/"},
    {"token_endpoint": None},
)


class TestTrouble:
    @pytest.mark.parametrize("trouble", TROUBLE, ids=lambda each: each.__name__)
    async def test_told(self, region, liar, browser, trouble):
        """
        Whatever the provider's trouble is, people are told within moments, and may try again.
        """
        for path in PATHS:
            region.clock.advance(3_600)
            liar.answers[path] = trouble
            if path == PATHS[0]:
                answer = await browser.wallet.get("/sign-in/oidc")
            else:
                answer = await come_back(browser, liar)
            liar.answers.clear()
            region.clock.advance(6)
            later = await come_back(browser, liar)

            assert (503, "10") == (answer.status_code, answer.headers["retry-after"])
            assert "登录平台暂时没有响应" in answer.text
            assert 303 == later.status_code

    async def test_whoever_leaves(self, liar, browser):
        """
        Somebody who was cancelled while the provider was slow keeps nobody else from signing in.
        """
        asked = asyncio.Event()

        async def slow(request):
            asked.set()
            return await lies.hang(request)

        liar.answers[PATHS[0]] = slow
        leaving = asyncio.create_task(browser.begin())
        await asked.wait()
        leaving.cancel()
        await asyncio.wait({leaving})
        liar.answers.clear()

        assert 303 == (await come_back(browser, liar)).status_code

    async def test_metadata(self, region, liar, browser):
        """
        A provider that is another than the configured one, or sends us astray, is none.
        """
        statuses = []
        for told in ASTRAY:
            liar.metadata = told
            statuses.append((await browser.wallet.get("/sign-in/oidc")).status_code)
            region.clock.advance(6)

        assert [503] * len(ASTRAY) == statuses

    @pytest.mark.parametrize("told", ["none", ["none"], [{}] * 65], ids=["text", "texts", "many"])
    async def test_keys(self, liar, browser, told):
        """
        A list of keys that is none, or without end, lets nobody in.
        """

        async def keys(_request):
            return lies.web.json_response({"keys": told})

        liar.answers["/keys"] = keys
        answer = await come_back(browser, liar)

        assert answer.status_code in (403, 503)

    async def test_leaving(self, liar, browser):
        """
        Where the provider has no way out, or does not answer, leaving leads to the sign-in page.
        """
        without = await browser.wallet.get("/sign-in/oidc/left")
        liar.metadata = {"issuer": "https://another.example"}
        down = await browser.wallet.get("/sign-in/oidc/leave")

        assert ["/sign-in", "/sign-in"] == [each.headers["location"] for each in (without, down)]

    async def test_pause(self, liar, browser):
        """
        A provider that failed is left alone for a moment, so that nobody waits in a row.
        """
        liar.answers[PATHS[0]] = lies.broken
        for _ in range(3):
            await browser.wallet.get("/sign-in/oidc")

        assert 1 == liar.asked[PATHS[0]]

    @pytest.mark.parametrize(
        ("told", "status"),
        [("invalid_grant", 400), ("invalid_client", 503), ("", 503)],
    )
    async def test_no_token(self, liar, browser, told, status):
        """
        A code that is not good any more is told apart from what is ours to mend.
        """

        async def refuse(_request):
            return lies.web.json_response({"error": told}, status=400)

        liar.answers["/token"] = refuse
        answer = await come_back(browser, liar)

        assert status == answer.status_code

    @pytest.mark.parametrize(
        ("error", "status"),
        [("access_denied", 403), ("server_error", 503), ("<script>", 403)],
    )
    async def test_error(self, liar, browser, error, status):
        """
        An error in the answer is told in our own words.
        """
        asked = parameters(await browser.begin())
        answer = await browser.wallet.get(
            "/sign-in/oidc/callback", params={"error": error, "state": asked["state"]}
        )

        assert status == answer.status_code
        assert error not in answer.text
        assert "/token" not in liar.asked

    @pytest.mark.parametrize("code", ["", "x" * 4097, None])
    async def test_no_code(self, liar, browser, code):
        """
        An answer without a usable code is not asked about.
        """
        answer = {"state": parameters(await browser.begin())["state"], "code": code}
        given = {name: value for name, value in answer.items() if value is not None}
        answer = await browser.wallet.get("/sign-in/oidc/callback", params=given)

        assert 400 == answer.status_code
        assert "/token" not in liar.asked
