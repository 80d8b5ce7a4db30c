"""Somebody with an operator's account, an authenticator and a browser."""

import re

import pyotp

from wallet.operators.words import Role

PROOF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
PASSWORD = "correct horse battery 9"


class Operator:
    """
    Somebody with an account, an authenticator and a browser.
    """

    def __init__(self, region, client):
        self.region, self.client = region, client
        self.secret = ""

    async def enrol(self, role=Role.OPERATOR):
        """
        Use a token up, set the authenticator up, confirm with a code; return the last page.
        """
        administration = self.region.people.operators.administration
        issued = await administration.add("zhang", display="张工", role=role)
        asked = {"token": issued.token, "password": PASSWORD}
        page = await self.client.post("/operator/enrol", data=asked)
        self.secret = re.search(r"<code>([A-Z2-7]+)</code>", page.text)[1]
        confirmation = re.search(r'name="confirmation" value="([^"]+)"', page.text)[1]
        return await self.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": self.code()}
        )

    def code(self):
        return pyotp.TOTP(self.secret).at(self.region.clock.now())

    async def sign_in(self, **other):
        """
        Sign in with the authenticator's next code.
        """
        self.region.clock.advance(30)
        fields = {"name": "zhang", "password": PASSWORD, "code": self.code()} | other
        return await self.client.post("/operator/sign-in", data=fields)

    async def send(self, page, action, **fields):
        """
        Send a form with what its page proves.
        """
        proof = PROOF.search((await self.client.get(page)).text)
        return await self.client.post(action, data={"csrf": proof[1], **fields})

    async def get(self, path):
        """
        Return the text of a page.
        """
        return (await self.client.get(path)).text
