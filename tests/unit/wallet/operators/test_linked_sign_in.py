"""Signing in with the provider's account, while an administrator acts on the operator."""

import asyncio

import pytest

from tests.unit.wallet.operators.conftest import SOURCE
from wallet.operators.words import Role

ACCOUNT = {"issuer": "https://id.example", "subject": "248289761001"}


class Held:
    """
    Opens a session only when it is told to.
    """

    def __init__(self, sessions):
        self._sessions = sessions
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def open(self, *given, **more):
        self.reached.set()
        await self.go.wait()
        return await self._sessions.open(*given, **more)


@pytest.fixture
async def gong(desk):
    """
    An operator who signs in with the provider.
    """
    await desk.administration.add("gong", display="Gong", role=Role.OPERATOR)
    await desk.administration.link("gong", **ACCOUNT)


@pytest.mark.usefixtures("gong")
class TestAtOnce:
    @pytest.mark.parametrize("act", ["unlink", "reset", "disable"])
    async def test_no_session_is_left(self, desk, act):
        """
        A sign-in that is under way while its link is taken away leaves no session behind.
        """
        linked = desk.services.linked_sign_in
        linked._sessions = held = Held(desk.sessions)
        signing_in = asyncio.create_task(
            linked.sign_in(**ACCOUNT, signed_in_at=None, source=SOURCE)
        )
        await held.reached.wait()
        acting = asyncio.create_task(getattr(desk.administration, act)("gong"))
        await asyncio.wait({acting}, timeout=0.3)
        held.go.set()
        opened = await signing_in
        await acting
        await desk.administration.enable("gong")

        assert "TOKEN_INVALID" == await desk.outcome(desk.sessions.operator(opened.token))

    async def test_nobody_waits_for_each_other(self, desk):
        """
        Signing in while the account is enabled again is no deadlock.
        """
        found = set()
        for _ in range(5):
            acts = [
                *(
                    desk.services.linked_sign_in.sign_in(
                        **ACCOUNT, signed_in_at=None, source=SOURCE
                    )
                    for _ in range(2)
                ),
                *(desk.administration.enable("gong") for _ in range(2)),
            ]
            found |= set(await asyncio.gather(*(desk.outcome(act) for act in acts)))

        assert {"fine"} == found
