"""When a context is asked, and when its last answer will do."""

import pytest

from integrations.spi import Purpose, Refused, Valid, ValidateRequest
from tests.fixtures.region import LI, Region, insurance, verdict
from tests.fixtures.traffic import Traffic
from wallet.resolving.verdicts import ContextVerdict, Inquiry
from wallet.resolving.words import Status

IDENTIFY = {"purpose": Purpose.IDENTIFICATION}
AGES = {Purpose.IDENTIFICATION: 600, Purpose.SETTLEMENT: 600}


@pytest.fixture
def region(database, clock, ids, vault):
    """
    A wallet whose insurer lets its last answer stand for ten minutes, but for settlement.
    """
    releases = {
        Purpose.IDENTIFICATION: ("label",),
        Purpose.SETTLEMENT: ("label", "place"),
    }
    return Region(database, clock, ids, vault, insurance(snapshot_ages=AGES, releases=releases))


@pytest.fixture
async def resident_id(region):
    return await region.resident(LI, "insurance")


@pytest.fixture
def insurer(region):
    insurer = region.fake("insurance")
    insurer.verdict = Valid({"label": "one", "place": "440100", "secret": "never"})
    return insurer


async def snapshot(region, resident_id):
    """
    Return the fields of the snapshot that is kept.
    """
    async with region.database.reading() as session:
        (binding,) = await region.people.bindings.live(session, resident_id)
    return binding.snapshot and binding.snapshot.fields


class TestSnapshots:
    async def test_stands_in(self, region, desk, phone, insurer):
        """
        Within its age the last answer stands in, in one transaction and unasked.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        insurer.verdict = RuntimeError()
        region.clock.advance(600)
        traffic = Traffic(region.plainly().database.engine)
        answer = verdict(await region.resolve(desk, phone.show(), **IDENTIFY), "insurance")

        assert ("valid", {"label": "one"}) == (answer.status, answer.fields)
        assert ["BEGIN", "COMMIT"] == traffic.transactions
        assert 1 == len(insurer.requests(ValidateRequest))

    async def test_grows_old(self, region, desk, phone, insurer):
        """
        One second later the insurer is asked.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        region.clock.advance(601)
        await region.resolve(desk, phone.show(), **IDENTIFY)

        assert 2 == len(insurer.requests(ValidateRequest))

    async def test_from_the_future(self, region, desk, phone, insurer):
        """
        A snapshot taken before the clock was set back does not stand in.
        """
        region.clock.advance(3_600)
        await region.resolve(desk, phone.show(), **IDENTIFY)
        region.clock.advance(-3_600)
        await region.resolve(desk, await region.barcode(phone.resident_id), **IDENTIFY)

        assert 2 == len(insurer.requests(ValidateRequest))

    async def test_not_for_a_purpose_that_needs_a_credential(self, region, desk, phone, insurer):
        """
        Where a credential of this visit is needed the insurer is always asked.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        await region.resolve(desk, phone.show(1))

        assert 2 == len(insurer.requests(ValidateRequest))

    async def test_not_for_a_purpose_that_is_not_listed(self, region, desk, phone, insurer):
        """
        A purpose without an age always asks.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        await region.resolve(desk, phone.show(1), purpose=Purpose.REGISTRATION)

        assert 2 == len(insurer.requests(ValidateRequest))

    async def test_keeps_what_any_purpose_releases(
        self, region, desk, phone, insurer, resident_id
    ):
        """
        A snapshot keeps what some purpose releases, and nothing that none does.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)

        assert {"label": "one", "place": "440100"} == await snapshot(region, resident_id)
        assert insurer

    async def test_each_purpose_gets_its_own_fields(self, region, desk, phone, insurer):
        """
        What one purpose may see is not shown for another.
        """
        first = verdict(await region.resolve(desk, phone.show()), "insurance")
        second = verdict(await region.resolve(desk, phone.show(1), **IDENTIFY), "insurance")
        third = await region.resolve(desk, phone.show(2), purpose=Purpose.PAYMENT)

        assert ({"label": "one", "place": "440100"}, {"label": "one"}) == (
            first.fields,
            second.fields,
        )
        assert ("valid", {}) == (
            verdict(third, "insurance").status,
            verdict(third, "insurance").fields,
        )
        assert insurer

    async def test_a_refusal_ends_it(self, region, desk, phone, insurer, resident_id):
        """
        Once the insurer refuses, the snapshot is forgotten.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        insurer.verdict = Refused("SUSPENDED")
        await region.resolve(desk, phone.show(1))

        assert None is await snapshot(region, resident_id)

    async def test_a_withdrawn_consent_is_no_refusal_of_the_insurer(
        self, region, desk, phone, insurer, resident_id
    ):
        """
        A context that is withheld keeps its snapshot, and does not show it.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        await region.withdraw(resident_id, "insurance", Purpose.IDENTIFICATION)
        answer = verdict(await region.resolve(desk, phone.show(1), **IDENTIFY), "insurance")

        assert ("CONSENT_REQUIRED", {}) == (answer.refusal, answer.fields)
        assert await snapshot(region, resident_id)
        assert insurer

    async def test_unavailable_leaves_it(self, region, desk, phone, insurer, resident_id):
        """
        An insurer that does not answer says nothing against its last answer.
        """
        await region.resolve(desk, phone.show(), **IDENTIFY)
        insurer.verdict = RuntimeError()
        await region.resolve(desk, phone.show(1))

        assert await snapshot(region, resident_id)


class TestRefusals:
    async def test_in_the_catalogues_words(self, region, desk, phone, insurer):
        """
        A refusal comes with its options and the catalogue's text.
        """
        insurer.verdict = Refused("SUSPENDED", ("another card",))
        answer = verdict(await region.resolve(desk, phone.show(), **IDENTIFY), "insurance")

        assert ("refused", "SUSPENDED", ["another card"], "测试", {}) == (
            answer.status,
            answer.refusal,
            answer.options,
            answer.message.zh,
            answer.fields,
        )


class TestRedaction:
    def test_reprs_show_nothing(self, clock):
        """
        Neither an inquiry nor a verdict shows anything personal.
        """
        inquiry = Inquiry(
            purpose=Purpose.SETTLEMENT,
            scene="consultation",
            parties={},
            person=LI,
            evidence=None,
            now=clock.now(),
        )
        given = ContextVerdict(
            context="payment",
            integration_id="x",
            binding=None,
            status=Status.VALID,
            fields={"name": "李明"},
        )

        assert "李" not in repr(inquiry) + repr(given)
