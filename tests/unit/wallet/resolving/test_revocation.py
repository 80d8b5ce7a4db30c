"""What was withdrawn, ended, revoked or frozen counts at once."""

import pytest
from sqlmodel import select

from integrations.spi import Purpose, ValidateRequest
from tests.fixtures.region import verdict
from wallet.devices.errors import DeviceFrozenError
from wallet.parties.errors import TerminalUnknownError
from wallet.parties.words import PartyStatus
from wallet.presentations.models import AnswerRow
from wallet.resolving.errors import CodeRevokedError

INSIDE = ["health_card", "payment"]


def meanwhile(integration, happen):
    """
    Let something happen while an integration is asked.
    """
    answer = integration.verdict

    async def asked(request):
        del request
        await happen()
        return answer

    integration.verdict = asked


class TestBefore:
    async def test_consent_withdrawn(self, region, desk, phone, resident_id):
        """
        A context whose consent was withdrawn is not even asked.
        """
        await region.withdraw(resident_id, "insurance")
        answer = verdict(await region.resolve(desk, phone.show()), "insurance")

        assert ("refused", "CONSENT_REQUIRED") == (answer.status, answer.refusal)
        assert [] == region.fake("insurance").requests(ValidateRequest)

    async def test_consent_is_per_purpose(self, region, desk, phone, resident_id):
        """
        Withdrawing one purpose leaves the others.
        """
        await region.withdraw(resident_id, "payment", Purpose.IDENTIFICATION)
        answer = verdict(await region.resolve(desk, phone.show()), "payment")

        assert "valid" == answer.status

    async def test_consent_for_another_party(self, region, desk, phone, resident_id):
        """
        A consent that names one party is of no use to another.
        """
        await region.withdraw(resident_id, "payment")
        other = await region.hospital()
        grant = region.people.consents.grant
        await grant(resident_id, "payment", "settlement", other.party_id)
        here = verdict(await region.resolve(desk, phone.show()), "payment")
        there = verdict(await region.resolve(other, phone.show(1)), "payment")

        assert ("CONSENT_REQUIRED", "valid") == (here.refusal, there.status)

    async def test_terminal_revoked(self, region, desk, phone):
        """
        A revoked terminal's code is not burnt.
        """
        code, neighbour = phone.show(), await desk.neighbour()
        await desk.administration.revoke_terminal(desk.party_id, desk.terminal_id)
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, code)

        assert await region.resolve(neighbour, code)

    async def test_party_suspended(self, region, desk, phone):
        """
        No terminal of a suspended party works, until it may again.
        """
        code = phone.show()
        await desk.administration.set_status(desk.party_id, PartyStatus.SUSPENDED)
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, code)
        await desk.administration.set_status(desk.party_id, PartyStatus.ACTIVE)

        assert await region.resolve(desk, code)

    async def test_device_revoked(self, region, desk, phone, resident_id):
        """
        A code of a revoked device says so.
        """
        code = phone.show()
        await region.people.devices.keeping.revoke(resident_id, phone.device_no)
        with pytest.raises(CodeRevokedError):
            await region.resolve(desk, code)

    async def test_device_frozen(self, region, desk, phone, resident_id):
        """
        A frozen resident's code is refused, and good again once they unfreeze.
        """
        code = phone.show()
        await region.people.devices.keeping.freeze(resident_id)
        with pytest.raises(DeviceFrozenError):
            await region.resolve(desk, code)
        await region.people.devices.keeping.unfreeze(resident_id)

        assert await region.resolve(desk, code)


class TestMeanwhile:
    async def test_consent_withdrawn(self, region, desk, phone, resident_id):
        """
        A consent withdrawn after the verdict and before T2 releases nothing and keeps nothing.
        """
        meanwhile(region.fake("insurance"), lambda: region.withdraw(resident_id, "insurance"))
        resolved = await region.resolve(desk, phone.show())
        answer = verdict(resolved, "insurance")
        async with region.database.reading() as session:
            rows = {r.context: r for r in (await session.execute(select(AnswerRow))).scalars()}
        kept = rows["insurance"]

        assert ("refused", {}, "CONSENT_REQUIRED") == (
            answer.status,
            answer.fields,
            answer.refusal,
        )
        assert (False, None, None) == (kept.valid, kept.subject, kept.credential)
        assert ("health_card", "payment") == (await region.journal(resident_id))[-1].contexts

    async def test_binding_ended(self, region, desk, phone, resident_id):
        """
        A binding that ended after the verdict and before T2 releases nothing.
        """
        linking = region.people.linking

        async def unlink():
            for binding in await linking.of_resident(resident_id):
                if binding.context == "insurance":
                    await linking.unlink(resident_id, linking.handle(binding))

        meanwhile(region.fake("insurance"), unlink)
        answer = verdict(await region.resolve(desk, phone.show()), "insurance")

        assert ("refused", {}, "NOT_BOUND", "未关联此项服务") == (
            answer.status,
            answer.fields,
            answer.refusal,
            answer.message.zh,
        )

    async def test_terminal_revoked(self, region, desk, phone, resident_id):
        """
        A terminal that was revoked after T1 gets no answer, and none is kept.
        """
        revoke = desk.administration.revoke_terminal
        meanwhile(region.fake("insurance"), lambda: revoke(desk.party_id, desk.terminal_id))
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, phone.show())
        async with region.database.reading() as session:
            kept = (await session.execute(select(AnswerRow))).scalars().all()

        assert ([], ["scanned"]) == (
            kept,
            [entry.kind for entry in await region.journal(resident_id)],
        )

    async def test_party_suspended(self, region, desk, phone):
        """
        A party that was suspended after T1 gets no answer.
        """
        suspend = desk.administration.set_status
        meanwhile(region.fake("insurance"), lambda: suspend(desk.party_id, PartyStatus.SUSPENDED))
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, phone.show())

    async def test_device_frozen(self, region, desk, phone, resident_id):
        """
        A code whose resident froze their devices after T1 gets no answer, and none is kept.
        """
        freeze = region.people.devices.keeping.freeze
        meanwhile(region.fake("insurance"), lambda: freeze(resident_id))
        with pytest.raises(DeviceFrozenError):
            await region.resolve(desk, phone.show())
        async with region.database.reading() as session:
            kept = (await session.execute(select(AnswerRow))).scalars().all()

        assert [] == kept

    async def test_device_revoked(self, region, desk, phone, resident_id):
        """
        A device that was revoked after T1 gets no answer.
        """
        revoke = region.people.devices.keeping.revoke
        meanwhile(region.fake("insurance"), lambda: revoke(resident_id, phone.device_no))
        with pytest.raises(CodeRevokedError):
            await region.resolve(desk, phone.show())
