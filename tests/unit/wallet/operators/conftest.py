"""Operators over a fresh database, and one who enrolled."""

import pytest

from codes import otp
from tests.unit.wallet.operators.cheap import CHEAP
from wallet.operators.passwords import Passwords
from wallet.operators.service import operator_services
from wallet.operators.words import Role

PASSWORD = "山上有棵树 and a quiet river"
SOURCE = "192.0.2.7"


class Desk:
    """
    The services, and what an operator does with them.

    Attributes:
        secrets: TOTP secrets by login name.
        password: everybody's.
    """

    password = PASSWORD

    def __init__(self, database, clock, ids, vault):
        self.database, self.clock, self.vault = database, clock, vault
        self.secrets = {}
        self.services = operator_services(
            database=database,
            clock=clock,
            ids=ids,
            vault=vault,
            issuer="fusion-wallet test",
            passwords=Passwords(CHEAP),
        )
        self.administration = self.services.administration
        self.events = self.services.events
        self.sessions = self.services.sessions

    def code(self, name="zhang", steps=0):
        """
        Return the code that the authenticator shows so many steps from now.
        """
        step = int(self.clock.now().timestamp()) // otp.TOTP_SECONDS + steps
        return otp.totp(self.secrets[name], step)

    async def redeemed(self, token, password=PASSWORD):
        """
        Redeem a token, and let the authenticator learn the secret.
        """
        ids = self.services.enrolment._ids
        made, secret = [], ids.secret

        def noted(size=32):
            made.append(secret(size))
            return made[-1]

        ids.secret = noted
        enrolling = await self.services.enrolment.redeem(token, password)
        ids.secret = secret
        self.secrets[enrolling.name] = next(
            each for each in made if len(each) == otp.TOTP_SECRET_LENGTH
        )
        return enrolling

    async def enrolled(self, name="zhang", role=Role.OPERATOR):
        """
        Add an operator who enrols; a step later, so that the next code is fresh.
        """
        issued = await self.administration.add(name, display=name.title(), role=role)
        return await self.confirmed(issued.token)

    async def confirmed(self, token):
        """
        Enrol with a token.
        """
        enrolling = await self.redeemed(token)
        done = await self.services.enrolment.confirm(
            enrolling.confirmation, self.code(enrolling.name)
        )
        self.clock.advance(otp.TOTP_SECONDS)
        return done

    async def sign_in(self, name="zhang", password=PASSWORD, code=None, source=SOURCE):
        """
        Sign in, with the present code unless another is given.
        """
        return await self.services.signing_in.sign_in(
            name=name, password=password, code=self.code() if code is None else code, source=source
        )

    async def told(self):
        """
        Return the kinds, names and details of all events, oldest first.
        """
        page = await self.events.page(limit=100)
        return [(each.kind, each.name, each.detail) for each in reversed(page.events)]

    async def outcome(self, awaitable):
        """
        Return the code of the refusal, or ``fine``.
        """
        try:
            await awaitable
        except Exception as fault:  # noqa: BLE001 - told by its code
            return getattr(fault, "code", repr(fault))
        return "fine"


@pytest.fixture
async def desk(database, clock, ids, vault):
    """
    Operators, and nobody there.
    """
    return Desk(database, clock, ids, vault)


@pytest.fixture
async def zhang(desk):
    """
    The enrolment of an operator named zhang.
    """
    return await desk.enrolled()
