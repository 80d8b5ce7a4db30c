"""What a resident allows."""

import asyncio

import pytest

from wallet.consents.service import EVERY_PARTY, NOTICE_VERSION, PURPOSES, Consent, ConsentsService
from wallet.errors import NotFoundError

RESIDENT, PARTY = 4711, 7


@pytest.fixture
def consents(database, clock, ids, vault):
    return ConsentsService(database=database, clock=clock, ids=ids, vault=vault)


async def bases(consents, purpose="settlement", party_id=PARTY, resident_id=RESIDENT):
    async with consents._database.reading() as session:
        return await consents.bases(session, resident_id, purpose, party_id)


async def linked(consents, context="payment"):
    async with consents._database.transaction() as session:
        await consents.grant_linked(session, RESIDENT, context)


class TestGrant:
    async def test_returns_what_stands(self, consents, clock):
        """
        A consent names context, purpose, basis and the notice that was shown.
        """
        consent = await consents.grant(RESIDENT, "payment", "settlement")

        assert (
            Consent(
                consent_id=consent.consent_id,
                context="payment",
                purpose="settlement",
                party_id=EVERY_PARTY,
                basis="contract",
                notice_version=NOTICE_VERSION,
                granted_at=clock.now(),
            )
            == consent
        )

    async def test_repeated(self, consents, clock):
        """
        Granting it again returns the one that stands.
        """
        first = await consents.grant(RESIDENT, "payment", "settlement")
        clock.advance(60)

        assert first == await consents.grant(RESIDENT, "payment", "settlement")
        assert [first] == await consents.of_resident(RESIDENT)

    async def test_many_at_once(self, consents):
        """
        Of eight that grant the same at once one consent comes, so that one withdrawal ends it.
        """
        granted = await asyncio.gather(
            *(consents.grant(RESIDENT, "payment", "settlement") for _ in range(8))
        )
        await consents.withdraw(RESIDENT, consents.handle(RESIDENT, granted[0]))

        assert 1 == len({consent.consent_id for consent in granted})
        assert {} == await bases(consents)

    async def test_parties_are_told_apart(self, consents):
        """
        A consent for one party is another one than that for every party.
        """
        for party_id in (EVERY_PARTY, PARTY, 8):
            await consents.grant(RESIDENT, "payment", "settlement", party_id)

        assert 3 == len(await consents.of_resident(RESIDENT))


class TestGrantLinked:
    async def test_every_purpose(self, consents):
        """
        Linking a context allows it for every purpose, once.
        """
        await linked(consents)
        await linked(consents)

        assert [("payment", purpose) for purpose in PURPOSES] == [
            (each.context, each.purpose) for each in await consents.of_resident(RESIDENT)
        ]

    async def test_at_once(self, consents):
        """
        Two links at once allow it once.
        """
        await asyncio.gather(linked(consents), linked(consents))

        assert len(PURPOSES) == len(await consents.of_resident(RESIDENT))


class TestBases:
    async def test_by_purpose_and_party(self, consents):
        """
        Only what stands for the purpose, and for the party or everybody, counts.
        """
        await consents.grant(RESIDENT, "payment", "settlement")
        await consents.grant(RESIDENT, "insurance", "settlement", PARTY)
        await consents.grant(RESIDENT, "health_card", "settlement", 8)
        await consents.grant(RESIDENT, "records", "identification")
        await consents.grant(RESIDENT + 1, "other", "settlement")

        assert {"payment": "contract", "insurance": "contract"} == await bases(consents)


class TestWithdraw:
    async def test_ends_it(self, consents):
        """
        A withdrawn consent allows nothing and can be granted anew.
        """
        consent = await consents.grant(RESIDENT, "payment", "settlement")
        await consents.withdraw(RESIDENT, consents.handle(RESIDENT, consent))
        gone = await bases(consents)
        again = await consents.grant(RESIDENT, "payment", "settlement")

        assert {} == gone
        assert consent.consent_id != again.consent_id
        assert [again] == await consents.of_resident(RESIDENT)

    async def test_once(self, consents):
        """
        What does not stand cannot be withdrawn, nor can anybody else's.
        """
        consent = await consents.grant(RESIDENT, "payment", "settlement")
        with pytest.raises(NotFoundError):
            await consents.withdraw(RESIDENT + 1, consents.handle(RESIDENT, consent))
        await consents.withdraw(RESIDENT, consents.handle(RESIDENT, consent))
        with pytest.raises(NotFoundError):
            await consents.withdraw(RESIDENT, consents.handle(RESIDENT, consent))
