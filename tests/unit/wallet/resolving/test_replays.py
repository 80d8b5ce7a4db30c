"""The same post again: after an answer, beside it, and after a crash."""

import asyncio

import pytest
from sqlmodel import select

from integrations.spi import Valid, ValidateRequest
from tests.fixtures.region import FULL, MASKED, verdict
from wallet.idempotency.errors import IdempotencyInProgressError, IdempotencyMismatchError
from wallet.parties.errors import TerminalUnknownError
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.models import PresentationRow
from wallet.resolving.errors import CodeUsedError
from wallet.resolving.schemas import PersonView

INSIDE = ["health_card", "payment"]


async def interrupted(region, attempt):
    """
    Let a post die between its two transactions.
    """
    insurer, reached = region.fake("insurance"), asyncio.Event()
    answer = insurer.verdict

    async def die(request):
        del request
        reached.set()
        await asyncio.Event().wait()

    insurer.verdict = die
    task = asyncio.create_task(region.resolving.resolve(attempt))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    insurer.verdict = answer


class TestReplay:
    async def test_answers_the_same(self, region, desk, phone, resident_id):
        """
        The same key answers the same, asks nobody again and journals nothing more.
        """
        attempt = region.attempt(desk, phone.show())
        first = await region.resolving.resolve(attempt)
        asked = len(region.fake("insurance").asked)
        again = await region.resolving.resolve(attempt)

        assert (first.resolved, False, True) == (again.resolved, first.replayed, again.replayed)
        assert asked == len(region.fake("insurance").asked)
        assert ["scanned", "disclosed"] == [
            entry.kind for entry in await region.journal(resident_id)
        ]

    async def test_outlives_the_code(self, region, desk, phone):
        """
        The answer can be fetched again when the code itself is too old, and says what is left.
        """
        attempt = region.attempt(desk, phone.show())
        await region.resolving.resolve(attempt)
        region.clock.advance(299)
        again = await region.resolving.resolve(attempt)

        assert (True, 1) == (again.replayed, again.resolved.expires_in)

    async def test_ends_with_the_handle(self, region, desk, phone):
        """
        Once the handle's life is over the key answers HANDLE_EXPIRED.
        """
        attempt = region.attempt(desk, phone.show())
        await region.resolving.resolve(attempt)
        region.clock.advance(300)
        with pytest.raises(HandleExpiredError):
            await region.resolving.resolve(attempt)

    async def test_another_terminal(self, region, desk, phone):
        """
        Another terminal of the party that sends the very same post learns nothing.
        """
        code, neighbour = phone.show(), await desk.neighbour()
        await region.resolving.resolve(region.attempt(desk, code, key="k"))
        with pytest.raises(HandleMismatchError):
            await region.resolving.resolve(region.attempt(neighbour, code, key="k"))

    async def test_another_party(self, region, desk, phone):
        """
        Another party's key of the same name is its own: its post finds the code used.
        """
        code, elsewhere = phone.show(), await region.hospital()
        await region.resolving.resolve(region.attempt(desk, code, key="k"))
        with pytest.raises(CodeUsedError):
            await region.resolving.resolve(region.attempt(elsewhere, code, key="k"))

    async def test_another_body(self, region, desk, phone):
        """
        A key that stands for another post is a mismatch, and the fresh code is not burnt.
        """
        await region.resolving.resolve(region.attempt(desk, phone.show(), key="k"))
        fresh = phone.show(1)
        with pytest.raises(IdempotencyMismatchError):
            await region.resolving.resolve(region.attempt(desk, fresh, key="k"))

        assert await region.resolve(desk, fresh)

    async def test_consent_is_checked_again(self, region, desk, phone, resident_id):
        """
        What the resident withdrew since is left out, and why is told.
        """
        attempt = region.attempt(desk, phone.show())
        await region.resolving.resolve(attempt)
        await region.withdraw(resident_id, "payment")
        again = (await region.resolving.resolve(attempt)).resolved

        assert ("refused", "CONSENT_REQUIRED", {}) == (
            verdict(again, "payment").status,
            verdict(again, "payment").refusal,
            verdict(again, "payment").fields,
        )
        assert "居民未同意提供" == verdict(again, "payment").message.zh
        assert "valid" == verdict(again, "insurance").status

    async def test_bindings_are_checked_again(self, region, desk, phone, resident_id):
        """
        What was unlinked or linked anew since is left out.
        """
        attempt = region.attempt(desk, phone.show())
        await region.resolving.resolve(attempt)
        linking, payment = region.people.linking, region.fake("payment")
        for binding in await linking.of_resident(resident_id):
            if binding.context in ("payment", "health_card"):
                await linking.unlink(resident_id, linking.handle(binding))
        payment.link_result = type(payment.link_result)(subject="another", label="")
        await region.link(resident_id, "payment")
        again = (await region.resolving.resolve(attempt)).resolved

        assert ["NOT_BOUND", "", "NOT_BOUND"] == [each.refusal for each in again.verdicts]

    async def test_a_refusal_stays_one(self, region, desk, phone, resident_id):
        """
        What was refused is answered as it was, though the resident consents by now.
        """
        await region.withdraw(resident_id, "payment")
        attempt = region.attempt(desk, phone.show())
        first = await region.resolving.resolve(attempt)
        await region.people.consents.grant(resident_id, "payment", "settlement")

        assert first.resolved == (await region.resolving.resolve(attempt)).resolved

    async def test_a_narrower_token_sees_less(self, region, desk, phone):
        """
        A token without identity:full does not get the identity that another token was told.
        """
        code = phone.show()
        await region.resolving.resolve(region.attempt(desk, code, key="k", scopes=FULL))
        again = await region.resolving.resolve(region.attempt(desk, code, key="k", scopes=MASKED))

        assert (
            PersonView(masked=True, name="李*", document="4****************4", age=37)
            == again.resolved.person
        )

    async def test_of_a_barcode(self, region, desk, resident_id):
        """
        A numeric code's answer can be fetched again too.
        """
        attempt = region.attempt(desk, await region.barcode(resident_id))
        first = await region.resolving.resolve(attempt)

        assert first.resolved == (await region.resolving.resolve(attempt)).resolved


class TestTwins:
    async def test_inside(self, region, desk, phone):
        """
        Of two equal posts at once one works and the other gets its answer.
        """
        attempt = region.attempt(desk, phone.show(), contexts=INSIDE)
        answers = await asyncio.gather(*(region.resolving.resolve(attempt) for _ in range(2)))

        assert [False, True] == sorted(answer.replayed for answer in answers)
        assert answers[0].resolved == answers[1].resolved

    async def test_outside(self, region, desk, phone):
        """
        While the first post asks outside, its twin hears that it is in progress.
        """
        insurer, heard = region.fake("insurance"), []

        async def ask_too(request):
            del request
            with pytest.raises(IdempotencyInProgressError) as caught:
                await region.resolving.resolve(attempt)
            heard.append(caught.value.retry_after_seconds)
            return answer

        answer, insurer.verdict = insurer.verdict, ask_too
        attempt = region.attempt(desk, phone.show())
        resolved = (await region.resolving.resolve(attempt)).resolved

        assert ([1], "valid") == (heard, verdict(resolved, "insurance").status)


class TestCrash:
    async def test_in_progress_at_first(self, region, desk, phone):
        """
        Right after a crash nobody can tell it from a post that is still worked on.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        region.clock.advance(14)
        with pytest.raises(IdempotencyInProgressError):
            await region.resolving.resolve(attempt)

    async def test_is_taken_up(self, region, desk, phone, resident_id):
        """
        Fifteen seconds later the same post asks again and is answered under the same handle.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        async with region.database.reading() as session:
            (row,) = (await session.execute(select(PresentationRow))).scalars()
        region.clock.advance(15)
        answer = await region.resolving.resolve(attempt)
        handle = region.people.presentations.handle(
            desk.party_id, resident_id, row.presentation_id
        )

        assert (handle, 285, False) == (
            answer.resolved.presentation,
            answer.resolved.expires_in,
            answer.replayed,
        )
        assert ["valid"] * 3 == [each.status for each in answer.resolved.verdicts]
        assert ["scanned", "disclosed"] == [
            entry.kind for entry in await region.journal(resident_id)
        ]

    async def test_names_the_same_presentation_to_the_insurer(self, region, desk, phone):
        """
        The evidence of the second try names the presentation of the first.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        region.clock.advance(15)
        await region.resolving.resolve(attempt)
        insurer = region.fake("insurance")
        references = {
            request.evidence.reference for request in insurer.asked if hasattr(request, "evidence")
        }

        assert (1, 2) == (len(references), len(insurer.requests(ValidateRequest)))

    async def test_is_not_taken_up_by_a_revoked_terminal(self, region, desk, phone):
        """
        A terminal that was revoked meanwhile gets nothing.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        await desk.administration.revoke_terminal(desk.party_id, desk.terminal_id)
        region.clock.advance(15)
        with pytest.raises(TerminalUnknownError):
            await region.resolving.resolve(attempt)

    async def test_expires_with_the_handle(self, region, desk, phone):
        """
        What nobody took up within the handle's life stays unanswered.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        region.clock.advance(300)
        with pytest.raises(HandleExpiredError):
            await region.resolving.resolve(attempt)

    async def test_taken_up_twice_at_once(self, region, desk, phone, resident_id):
        """
        Of two that take it up at once one answers, and the other answers the same.
        """
        attempt = region.attempt(desk, phone.show())
        await interrupted(region, attempt)
        region.clock.advance(15)
        insurer, both, labels = region.fake("insurance"), asyncio.Barrier(2), ["one", "two"]

        async def together(request):
            del request
            await both.wait()
            return Valid({"label": labels.pop()})

        insurer.verdict = together
        answers = await asyncio.gather(*(region.resolving.resolve(attempt) for _ in range(2)))

        assert [False, True] == sorted(answer.replayed for answer in answers)
        assert answers[0].resolved == answers[1].resolved
        assert ["scanned", "disclosed"] == [
            entry.kind for entry in await region.journal(resident_id)
        ]
