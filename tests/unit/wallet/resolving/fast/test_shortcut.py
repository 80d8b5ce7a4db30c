"""When the short way is taken, when it steps aside, and what happens in between."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlmodel import select

from integrations.spi import Purpose, Refused, Valid
from tests.fixtures.region import FULL, LI, Region, verdict
from wallet.db.engine import create_engine
from wallet.db.errors import NotServedError
from wallet.db.session import Database
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.models import DeviceRow, UsedCounterRow
from wallet.devices.topping_up import ProfileName
from wallet.errors import WalletError
from wallet.idempotency.models import IdempotencyRow
from wallet.parties.errors import TerminalUnknownError
from wallet.parties.words import PartyStatus
from wallet.presentations.models import PresentationRow
from wallet.residents.documents import check_character
from wallet.resolving.errors import CodeNotAcceptedError, CodeUsedError
from wallet.resolving.fast.shortcut import Shortcut
from wallet.resolving.schemas import CardReading
from wallet.vault import Keep

_NUMBERS = [f"44010419880721{number:03d}" for number in range(10)]
TOWN = [replace(LI, document_number=each + check_character(each)) for each in _NUMBERS]


def url_of(region):
    """
    Return where a region's database is.
    """
    return region.database.engine.url.render_as_string(hide_password=False)


async def count(region, model):
    """
    Return how many rows a table has.
    """
    async with region.database.reading() as session:
        return len((await session.execute(select(model))).scalars().all())


class TestOrdinary:
    """What is taken."""

    async def test_a_one_time_password_whose_contexts_stay_inside(self, region, desk, phone):
        """
        It is answered with every linked context, and nothing of the plain path runs.
        """
        resolved = await region.resolve(desk, phone.show(), scopes=FULL)

        assert 1 == region.short.done
        assert ["health_card", "payment"] == [each.context for each in resolved.verdicts]
        assert "李明" == resolved.person.name

    async def test_a_snapshot_in_the_place_of_an_answer(self, region, desk, phone, resident_id):
        """
        The insurer is asked outside once; from then on its snapshot stands in.
        """
        await region.link(resident_id, "insurance")
        purpose = {"purpose": Purpose.REGISTRATION}
        first = await region.resolve(desk, phone.show(0), **purpose)
        second = await region.resolve(desk, phone.show(1), **purpose)

        assert verdict(first, "insurance") == verdict(second, "insurance")
        assert 1 == region.short.done

    async def test_a_context_that_nobody_owns(self, region, desk, phone):
        """
        One that is not linked is NOT_BOUND, whoever answers.
        """
        resolved = await region.resolve(desk, phone.show(), contexts=["epidemic"])

        assert "NOT_BOUND" == verdict(resolved, "epidemic").refusal
        assert 1 == region.short.done

    async def test_a_withheld_context(self, region, desk, phone, resident_id):
        """
        A context without consent is refused and not asked.
        """
        await region.withdraw(resident_id, "payment")
        resolved = await region.resolve(desk, phone.show())

        assert "CONSENT_REQUIRED" == verdict(resolved, "payment").refusal
        assert 1 == region.short.done

    async def test_an_integration_that_is_gone(self, region, desk, phone):
        """
        A binding whose integration is not installed any more is unavailable.
        """
        region.registry._by_id.pop("fake_payment")
        resolved = await region.resolve(desk, phone.show())

        assert "unavailable" == verdict(resolved, "payment").status
        assert 1 == region.short.done

    async def test_a_clock_that_is_ahead(self, region, desk, resident_id):
        """
        A code of the next step is taken from a device that is known to be ahead.
        """
        phone = await region.phone(resident_id, ahead_seconds=30)
        await region.resolve(desk, phone.show())

        assert 1 == region.short.done

    async def test_can_be_claimed(self, region, desk, phone):
        """
        What was kept opens a settlement: the subject decrypts, the binding is named.
        """
        resolved = await region.resolve(desk, phone.show())
        async with region.database.transaction() as session:
            claimed = await region.people.presentations.claim(
                session, desk.caller(), resolved.presentation, "settlement"
            )

        assert "subject of fake_payment" == claimed.answered["payment"].subject
        assert claimed.answered["payment"].binding_id


class TestUnusual:
    """What is left to the plain path before anything is written."""

    async def test_a_signed_code(self, region, desk, resident_id):
        """
        Only one-time passwords are taken.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        await region.resolve(desk, phone.show())

        assert 0 == region.short.admitted

    async def test_a_card(self, region, desk, phone):
        """
        A card that was read beside the code is evidence for somebody outside.
        """
        card = CardReading(reader="R1", card="id_card", number="440104198807213314")
        await region.resolve(desk, phone.show(), card=card)

        assert 0 == region.short.admitted

    async def test_a_context_outside(self, region, desk, phone, resident_id):
        """
        One context that has to be asked outside, and the whole scan is.
        """
        await region.link(resident_id, "insurance")
        await region.resolve(desk, phone.show())

        assert 0 == region.short.admitted

    async def test_a_snapshot_that_would_change(self, region, desk, phone):
        """
        An integration in the process that keeps snapshots is asked on the plain path.
        """
        fake = region.fake("payment")
        fake.manifest = replace(fake.manifest, snapshot_ages={Purpose.SETTLEMENT: 60})
        await region.resolve(desk, phone.show(0))
        await region.resolve(desk, phone.show(1))

        assert 1 == region.short.done

    async def test_a_repeated_post(self, region, desk, phone):
        """
        A key that is known is answered from what was kept.
        """
        attempt = region.attempt(desk, phone.show(), key="once")
        first = await region.resolving.resolve(attempt)
        again = await region.resolving.resolve(attempt)

        assert again.replayed
        assert first.resolved == again.resolved
        assert (1, 1) == (region.short.admitted, await count(region, PresentationRow))

    async def test_a_used_code(self, region, desk, phone):
        """
        The second presentation of a code is the plain path's, with its alarm.
        """
        code = phone.show()
        await region.resolve(desk, code)
        region.clock.advance(11)
        with pytest.raises(CodeUsedError):
            await region.resolve(desk, code)

        assert 1 == region.short.admitted
        assert ["scanned", "disclosed", "alarmed", "alarmed"] == [
            entry.kind for entry in await region.journal(phone.resident_id)
        ]

    async def test_an_alarmed_device(self, region, desk, phone):
        """
        While the alarm is on, the plain path answers that the holder is to be checked.
        """
        code = phone.show(0)
        await region.resolve(desk, code)
        with pytest.raises(CodeUsedError):
            await region.resolve(await desk.neighbour(), code)
        resolved = await region.resolve(desk, phone.show(1))

        assert resolved.check_holder
        assert 1 == region.short.admitted

    async def test_a_resident_whose_key_was_destroyed(self, region, desk, phone, resident_id):
        """
        What nobody can decrypt is refused by the plain path.
        """
        async with region.database.transaction() as session:
            await region.vault.shred(session, resident_id, Keep.WALLET)
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, phone.show())

        assert 0 == region.short.admitted

    async def test_a_suspended_party(self, region, desk, phone):
        """
        A party that may not work is refused by the plain path.
        """
        await desk.administration.set_status(desk.party_id, PartyStatus.SUSPENDED)
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, phone.show())

        assert 0 == region.short.admitted

    async def test_a_broken_connection(self, region, desk, phone):
        """
        Where the database's raw connections do not serve, the plain path answers.
        """
        region.short._shortcut._store = _Broken()
        resolved = await region.resolve(desk, phone.show())

        assert "valid" == verdict(resolved, "payment").status
        assert 0 == region.short.admitted


class _Broken:
    """
    Connections that never serve.
    """

    async def read(self, _):
        raise NotServedError


class TestMeanwhile:
    """What changes between reading and writing: nothing is written, the plain path decides."""

    async def changed(self, region, desk, code, meanwhile):
        """
        Resolve a code, and let something happen after it was read.
        """
        region.short.between = meanwhile
        try:
            return await region.resolve(desk, code)
        except WalletError as error:
            return error
        finally:
            assert (1, 0) == (region.short.admitted, region.short.done)

    async def test_consent_is_withdrawn(self, region, desk, phone, resident_id):
        """
        What the resident withdrew a moment ago does not leave.
        """
        resolved = await self.changed(
            region, desk, phone.show(), lambda: region.withdraw(resident_id, "payment")
        )

        assert "CONSENT_REQUIRED" == verdict(resolved, "payment").refusal

    async def test_a_binding_ends(self, region, desk, phone, resident_id):
        """
        What was unlinked a moment ago does not leave.
        """
        linking = region.people.linking

        async def unlink():
            for binding in await linking.of_resident(resident_id):
                if binding.context == "payment":
                    await linking.unlink(resident_id, linking.handle(binding))

        resolved = await self.changed(region, desk, phone.show(), unlink)

        assert ["health_card"] == [each.context for each in resolved.verdicts]

    async def test_the_device_is_frozen(self, region, desk, phone, resident_id):
        """
        A frozen device is frozen at once, and its code is not used up.
        """
        error = await self.changed(
            region,
            desk,
            phone.show(),
            lambda: region.people.devices.keeping.freeze(resident_id),
        )

        assert isinstance(error, DeviceFrozenError)
        assert 0 == await count(region, UsedCounterRow)

    async def test_the_terminal_is_revoked(self, region, desk, phone):
        """
        A revoked terminal learns nothing any more.
        """
        error = await self.changed(
            region,
            desk,
            phone.show(),
            lambda: desk.administration.revoke_terminal(desk.party_id, desk.terminal_id),
        )

        assert isinstance(error, TerminalUnknownError)
        assert 0 == await count(region, IdempotencyRow)

    async def test_another_desk_was_quicker(self, region, desk, phone):
        """
        A code that somebody used up a moment ago is used up, and the alarm is raised.
        """
        code = phone.show()
        other = await desk.neighbour()

        async def quicker():
            short, region.resolving._shortcut = region.resolving._shortcut, None
            await region.resolve(other, code)
            region.resolving._shortcut = short

        error = await self.changed(region, desk, code, quicker)

        assert isinstance(error, CodeUsedError)
        assert {"check_holder": True} == dict(error.members)
        assert 1 == await count(region, PresentationRow)

    async def test_the_key_was_taken_for_another_code(self, region, desk, phone):
        """
        All or nothing: where the key is taken, the code is not used up by this post.
        """

        async def quicker():
            short, region.resolving._shortcut = region.resolving._shortcut, None
            await region.resolve(desk, phone.show(0), key="one key")
            region.resolving._shortcut = short

        region.short.between = quicker
        with pytest.raises(WalletError) as raised:
            await region.resolve(desk, phone.show(1), key="one key")

        assert "IDEMPOTENCY_MISMATCH" == raised.value.code
        assert (1, 1) == (
            await count(region, PresentationRow),
            await count(region, UsedCounterRow),
        )

    async def test_the_answer_to_writing_is_lost(self, region, desk, phone):
        """
        Where the statement was committed and nobody heard, the plain path repeats its answer.
        """
        short = region.short._shortcut
        region.short._shortcut = _Deaf(short)
        answer = await region.resolving.resolve(region.attempt(desk, phone.show()))

        assert answer.replayed
        assert (1, 2) == (await count(region, PresentationRow), len(answer.resolved.verdicts))


class _Deaf:
    """
    Writes and does not hear that it was written.
    """

    def __init__(self, shortcut: Shortcut):
        self._shortcut = shortcut
        self.admit = shortcut.admit

    async def disclose(self, *given):
        await self._shortcut.disclose(*given)
        return False


class TestAtOnce:
    """Many posts at the same moment."""

    async def test_of_one_code_exactly_one_is_accepted(self, region, desk, phone):
        """
        Of 64 posts of one code one is accepted, and it is used up once.
        """
        code = phone.show()
        attempts = [region.attempt(desk, code) for _ in range(64)]
        results = await asyncio.gather(
            *(region.resolving.resolve(attempt) for attempt in attempts), return_exceptions=True
        )
        accepted = [each for each in results if not isinstance(each, BaseException)]
        errors = {each.code for each in results if isinstance(each, WalletError)}

        assert 1 == len(accepted)
        assert errors <= {"CODE_USED", "OVERLOADED"}
        assert (1, 1, 1) == (
            await count(region, UsedCounterRow),
            await count(region, PresentationRow),
            await count(region, IdempotencyRow),
        )

    async def test_of_one_post_all_get_one_answer(self, region, desk, phone):
        """
        Eight copies of one post, and there is one presentation.
        """
        attempt = region.attempt(desk, phone.show(), key="once")
        answers = await asyncio.gather(
            *(region.resolving.resolve(attempt) for _ in range(8)), return_exceptions=True
        )
        handles = {
            each.resolved.presentation for each in answers if not isinstance(each, BaseException)
        }

        assert 1 == len(handles)
        assert 1 == await count(region, PresentationRow)

    async def test_of_many_residents_all_are_accepted(self, region, desk):
        """
        Posts of different residents do not meet, and go together.
        """
        phones = [await region.phone(await region.resident(each, "payment")) for each in TOWN]
        for sub in range(2):
            await asyncio.gather(*(region.resolve(desk, phone.show(sub)) for phone in phones))

        assert 2 * len(TOWN) == region.short.done

    async def test_of_two_processes_each_code_is_accepted_once(self, region, desk):
        """
        Two processes take the same codes in lots, in different orders; each is used up once.
        """
        phones = [await region.phone(await region.resident(each, "payment")) for each in TOWN]
        codes = [phone.show() for phone in phones]
        other = Database(create_engine(url_of(region)))
        second = Region(other, region.clock, region.ids, region.vault, *region.registry)
        posts = [
            where.resolving.resolve(region.attempt(desk, code))
            for where, order in ((region, codes), (second, codes[::-1]), (region, codes[1:]))
            for code in order
        ]
        results = await asyncio.gather(*posts, return_exceptions=True)
        await other.close()
        accepted = [each for each in results if not isinstance(each, BaseException)]
        errors = {each.code for each in results if isinstance(each, WalletError)}

        assert len(codes) == len({each.resolved.presentation for each in accepted})
        assert len(codes) == len(accepted)
        assert errors <= {"CODE_USED", "OVERLOADED"}
        assert (len(codes), len(codes)) == (
            await count(region, UsedCounterRow),
            await count(region, PresentationRow),
        )


class TestRefusingVerdict:
    """A context in the process that refuses."""

    async def test_is_kept_with_its_code(self, region, desk, phone):
        """
        The refusal of the catalogue goes to the desk and is kept with the presentation.
        """
        region.fake("payment").verdict = Refused("SUSPENDED")
        resolved = await region.resolve(desk, phone.show())

        assert "SUSPENDED" == verdict(resolved, "payment").refusal
        assert 1 == region.short.done

    async def test_a_device_is_marked(self, region, desk, phone):
        """
        The mark of the device is the code's counter, and the device was seen now.
        """
        region.fake("payment").verdict = Valid({"label": "x"})
        await region.resolve(desk, phone.show())
        async with region.database.reading() as session:
            rows = (await session.execute(select(DeviceRow))).scalars().all()
            used = (await session.execute(select(UsedCounterRow))).scalars().one()
        device = next(row for row in rows if row.device_no == phone.device_no)

        assert (used.counter, region.clock.now()) == (device.high_water, device.last_seen_at)
