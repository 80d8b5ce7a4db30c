"""A provider that lies, hangs and floods, on loopback, in the test's own process."""

import asyncio
import json

from aiohttp import web
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from wallet.clock import seconds
from wallet.oidc.clients import quiet

SECRET = "between the two of us, 32 letters at least"
_RSA = RSAKey.generate_key(2048)
# a provider may publish what nobody here has heard of
FUTURE = (
    {"kty": "future", "kid": "x"},
    {"kty": "OKP", "crv": "Ed25520", "x": "AAAA", "kid": "y"},
    {"kty": "EC", "crv": 1, "x": "AAAA", "y": [], "kid": "z"},
)


def key_of(algorithm):
    """
    Return a new key of an algorithm.
    """
    if algorithm in ("RS256", "PS256"):
        return _RSA
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return ECKey.generate_key({"ES384": "P-384"}.get(algorithm, "P-256"))


class Liar:
    """
    Signs whatever a test wants it to sign.

    Attributes:
        answers: what to do at a path instead of the right thing.
        asked: how often each path was asked for.
    """

    def __init__(self, clock):
        self.clock = clock
        self.key = ECKey.generate_key("P-256")
        self.published = {"one": self.key}
        self.nonce = ""
        self.token = None
        self.answers = {}
        self.asked = {}
        self.metadata = {}
        self.userinfo = {}

    async def start(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.issuer = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self):
        await self._runner.cleanup()

    def settings(self, **changes):
        resident = {
            "issuer": self.issuer,
            "client_id": "us",
            "client_secret": SECRET,
            "name": {"zh-CN": "谎", "en": "Liar"},
            "document_types": {"": "id_card"},
        }
        return {"resident": resident | changes}

    def claims(self, **changes):
        """
        Return right claims of Li Ming, changed; None takes one away.
        """
        now = seconds(self.clock.now())
        right = {
            "iss": self.issuer,
            "sub": "li",
            "aud": "us",
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "name": "李明",
            "document_number": "440104198807213314",
        }
        return {name: value for name, value in (right | changes).items() if value is not None}

    def signed(self, claims, *, algorithm="ES256", key=None, **header):
        """
        Return a token.
        """
        header = {"alg": algorithm, "kid": "one"} | header
        header = {name: value for name, value in header.items() if value is not None}
        payload = json.dumps(claims).encode()
        registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
        with quiet():
            return jws.serialize_compact(header, payload, key or self.key, [algorithm], registry)

    async def _answer(self, request):
        path = request.path
        self.asked[path] = self.asked.get(path, 0) + 1
        if path in self.answers:
            return await self.answers[path](request)
        return web.json_response(self._right(path))

    def _right(self, path):
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
            } | self.metadata
        if path == "/keys":
            listed = [key.as_dict(private=False, kid=kid) for kid, key in self.published.items()]
            return {"keys": [*FUTURE, *listed]}
        if path == "/me":
            return self.userinfo
        return {"id_token": self.token(), "access_token": "opaque", "token_type": "Bearer"}


async def huge(_request):
    """
    A body that does not end.
    """
    return web.Response(body=b'{"a": "' + b"a" * 300_000 + b'"}', content_type="application/json")


async def hang(_request):
    """
    No answer.
    """
    await asyncio.sleep(30)
    return web.Response()


async def loop(request):
    """
    A redirect to itself.
    """
    return web.Response(status=307, headers={"location": str(request.url)})


async def prose(_request):
    """
    Something else than JSON.
    """
    return web.Response(text="<h1>Welcome</h1>")


async def deep(_request):
    """
    JSON that recursion would not end in.
    """
    return web.Response(body=b'{"a":' * 5_000, content_type="application/json")


async def broken(_request):
    """
    A fault of theirs.
    """
    return web.json_response({"error": "server_error"}, status=500)


async def bomb(_request):
    """
    Little that says it will be much.
    """
    return web.Response(body=b"\x1f\x8b\x08", headers={"content-encoding": "gzip"})


async def cut(request):
    """
    The connection ends.
    """
    request.transport.abort()
    return web.Response()


def oct_key(text):
    """
    Return a shared secret as a key.
    """
    return OctKey.import_key(text)
