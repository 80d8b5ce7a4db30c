"""Codes of other issuers."""

import asyncio

import pytest
from sqlmodel import select

from integrations.spi import (
    CredentialRequest,
    DecodeRequest,
    Purpose,
    Refused,
    ScannedCode,
    UnavailableError,
    ValidateRequest,
)
from tests.fakes.integrations import FakeIntegration, decoded, manifest, person
from tests.fixtures.region import ZHANG, Region, insurance, verdict
from wallet.bindings.errors import IntegrationUnavailableError
from wallet.parties.errors import ScopeDeniedError, TerminalUnknownError
from wallet.presentations.models import AnswerRow
from wallet.resolving.errors import (
    CodeMalformedError,
    CodeNotAcceptedError,
    CodeUnsupportedError,
    CodeUsedError,
)

CODE = "2" * 28  # shaped as a code of the family that the fake insurer decodes
WECHAT = "131234567890123456"


@pytest.fixture
def insurer(region):
    return region.fake("insurance")


async def answers(region):
    """
    Return what is kept of every answer, by context.
    """
    async with region.database.reading() as session:
        return {row.context: row for row in (await session.execute(select(AnswerRow))).scalars()}


class TestDecoded:
    async def test_of_nobody_known(self, region, desk, insurer):
        """
        Without a binding the code stands for itself, for its own context alone.
        """
        resolved = await region.resolve(desk, CODE)
        (asked,) = insurer.requests(ValidateRequest)

        assert ["insurance"] == [each.context for each in resolved.verdicts]
        assert ("valid", "李*") == (verdict(resolved, "insurance").status, resolved.person.name)
        assert ("", b"decoded") == (asked.subject, asked.credential)

    async def test_names_a_subject(self, region, desk, insurer):
        """
        The subject that decoding named is the one that is asked about.
        """
        insurer.decoded = decoded("named")
        await region.resolve(desk, CODE)

        assert "named" == insurer.requests(ValidateRequest)[0].subject
        assert None is (await answers(region))["insurance"].binding_id

    async def test_of_somebody_linked(self, region, desk, insurer, resident_id):
        """
        A resident's own binding to that integration is used, found by their document.
        """
        resolved = await region.resolve(desk, CODE)

        assert "subject of fake_insurance" == insurer.requests(ValidateRequest)[0].subject
        assert ["insurance"] == [each.context for each in resolved.verdicts]
        assert (await answers(region))["insurance"].resident_id == resident_id

    async def test_needs_no_further_credential(self, region, desk, insurer):
        """
        The credential that came with the code is used; none is obtained besides.
        """
        await region.resolve(desk, CODE)

        assert [] == insurer.requests(CredentialRequest)

    async def test_without_a_credential_the_code_is_the_evidence(self, region, desk, insurer):
        """
        Where decoding gave none, it is asked for with the foreign code, not with one of ours.
        """
        insurer.decoded = decoded(credential=b"")
        await region.resolve(desk, f" {CODE}\r\n")

        assert (
            ScannedCode(family="nhsa_ec", text=CODE)
            == insurer.requests(CredentialRequest)[0].evidence
        )

    async def test_consent_of_a_linked_context(self, region, desk, insurer, resident_id):
        """
        A resident who linked the context and withdrew their consent is respected.
        """
        await region.withdraw(resident_id, "insurance")
        resolved = await region.resolve(desk, CODE)

        assert "CONSENT_REQUIRED" == verdict(resolved, "insurance").refusal
        assert [] == insurer.requests(ValidateRequest)

    async def test_is_never_a_suspect(self, region, desk):
        """
        A foreign code has no device of ours, and so no clone alarm.
        """
        assert not (await region.resolve(desk, CODE)).check_holder

    async def test_is_no_suspect_for_a_code_of_the_server(self, region, desk, resident_id):
        """
        The alarm of the device that the server shows codes under is not a foreign code's.
        """
        shown = await region.people.devices.showing.show(resident_id)
        await region.resolve(desk, shown.text)
        with pytest.raises(CodeUsedError):
            await region.resolve(await region.hospital(), shown.text)

        assert not (await region.resolve(desk, CODE)).check_holder

    async def test_the_contexts_asked_for(self, region, desk, insurer):
        """
        Of the contexts asked for only the code's own is answered.
        """
        resolved = await region.resolve(desk, CODE, contexts=["insurance", "payment"])

        assert ["insurance"] == [each.context for each in resolved.verdicts]
        assert 1 == len(insurer.requests(DecodeRequest))

    async def test_journal(self, region, desk, resident_id):
        """
        The holder sees the scan of a foreign code in their journal.
        """
        await region.resolve(desk, CODE)

        assert [("scanned", ("insurance",)), ("disclosed", ("insurance",))] == [
            (entry.kind, entry.contexts) for entry in await region.journal(resident_id)
        ]


class TestAnotherIntegrationOfTheContext:
    async def test_the_code_decides(self, database, clock, ids, vault):
        """
        A code of one insurer is not answered by another that the resident has as the default.
        """
        first = FakeIntegration(manifest("insurance", id="first"))
        second = insurance(id="second")
        region = Region(database, clock, ids, vault, first, second)
        desk, resident_id = await region.hospital(), await region.resident()
        await region.people.linking.link(resident_id, "first")
        unlinked = verdict(await region.resolve(desk, CODE), "insurance")
        await region.people.linking.link(resident_id, "second")
        linked = verdict(await region.resolve(desk, CODE), "insurance")

        assert ("second", "second") == (unlinked.integration, linked.integration)
        assert ["", "subject of second"] == [
            request.subject for request in second.requests(ValidateRequest)
        ]
        assert [] == first.requests(ValidateRequest)


class TestNotDecoded:
    async def test_refused(self, region, desk, insurer):
        """
        A refusal of the partner is CODE_NOT_ACCEPTED with its catalogue's word.
        """
        insurer.decoded = Refused("NOT_KNOWN")
        with pytest.raises(CodeNotAcceptedError) as caught:
            await region.resolve(desk, CODE)

        assert {"refusal": "NOT_KNOWN"} == caught.value.members

    @pytest.mark.parametrize(
        "bad",
        [
            UnavailableError("down"),
            RuntimeError(),
            SystemExit(1),
            None,
            Refused("NOT_LISTED"),
            decoded(person=None),
            decoded(credential="text"),
            decoded(person=person(name=7)),
        ],
        ids=range(8),
    )
    async def test_unavailable(self, region, desk, insurer, bad):
        """
        Whatever else comes back is INTEGRATION_UNAVAILABLE, to be tried again.
        """
        insurer.decoded = bad
        with pytest.raises(IntegrationUnavailableError) as caught:
            await region.resolve(desk, CODE)

        assert 2 == caught.value.retry_after_seconds

    async def test_an_impossible_document(self, region, desk, insurer):
        """
        A partner that names a person of an impossible document has named nobody.
        """
        insurer.decoded = decoded(person=person(number="440104198807213315"))
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, CODE)

    async def test_unsupported(self, region, desk):
        """
        A family that no integration decodes is named.
        """
        with pytest.raises(CodeUnsupportedError) as caught:
            await region.resolve(desk, WECHAT)

        assert {"family": "wechat_pay"} == caught.value.members

    async def test_asked_for_something_else(self, region, desk, insurer):
        """
        A code that cannot stand for what the desk asked for is not decoded, so not voided.
        """
        with pytest.raises(CodeUnsupportedError):
            await region.resolve(desk, CODE, contexts=["payment"])

        assert [] == insurer.asked

    async def test_refused_scope(self, region, desk, insurer):
        """
        A refused scope does not void a foreign code either.
        """
        with pytest.raises(ScopeDeniedError):
            await region.resolve(desk, CODE, scopes=frozenset())

        assert [] == insurer.asked

    async def test_revoked_terminal(self, region, desk, insurer):
        """
        A revoked terminal's scan is not shown to the partner.
        """
        await desk.administration.revoke_terminal(desk.party_id, desk.terminal_id)
        with pytest.raises(TerminalUnknownError):
            await region.resolve(desk, CODE)

        assert [] == insurer.asked


class TestRepeated:
    async def test_is_decoded_once(self, region, desk, insurer):
        """
        The same post again is answered without asking the partner, which would refuse it.
        """
        attempt = region.attempt(desk, CODE)
        first = await region.resolving.resolve(attempt)
        insurer.decoded = Refused("NOT_KNOWN")
        again = await region.resolving.resolve(attempt)

        assert (first.resolved, True) == (again.resolved, again.replayed)
        assert 1 == len(insurer.requests(DecodeRequest))

    async def test_twin(self, region, desk, insurer):
        """
        A twin that the partner refuses gets the answer of the one it accepted.
        """
        once, both = [decoded()], asyncio.Barrier(2)

        async def decode(request):
            del request
            await both.wait()
            return once.pop() if once else Refused("NOT_KNOWN")

        insurer.decoded = decode
        attempt = region.attempt(desk, CODE, purpose=Purpose.IDENTIFICATION)
        answers = await asyncio.gather(
            *(region.resolving.resolve(attempt) for _ in range(2)), return_exceptions=True
        )
        told = {getattr(answer, "code", "answered") for answer in answers}

        assert "answered" in told
        assert told <= {"answered", "IDEMPOTENCY_IN_PROGRESS", "CODE_NOT_ACCEPTED"}

    async def test_a_crash_between(self, region, desk, insurer):
        """
        What decoding brought outlives a crash, and stands for its own context alone.
        """
        await region.resident(ZHANG, "health_card", "payment")
        insurer.decoded = decoded("named", person=ZHANG)
        reached, answer = asyncio.Event(), insurer.verdict

        async def die(request):
            del request
            reached.set()
            await asyncio.Event().wait()

        insurer.verdict = die
        attempt = region.attempt(desk, CODE)
        task = asyncio.create_task(region.resolving.resolve(attempt))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        insurer.verdict = answer
        region.clock.advance(15)
        resolved = (await region.resolving.resolve(attempt)).resolved
        last = insurer.requests(ValidateRequest)[-1]

        assert [("insurance", "valid")] == [(e.context, e.status) for e in resolved.verdicts]
        assert ("named", b"decoded") == (last.subject, last.credential)
        assert 1 == len(insurer.requests(DecodeRequest))
        assert [] == insurer.requests(CredentialRequest)
        assert {"insurance"} == set(await answers(region))


class TestClassified:
    @pytest.mark.parametrize("text", ["", "hello", "FWIL", "９" * 20, "FW", "x" * 512])
    async def test_not_a_code(self, region, desk, text):
        """
        What is no code of any kind is CODE_MALFORMED.
        """
        with pytest.raises(CodeMalformedError):
            await region.resolve(desk, text)

    async def test_of_a_later_version(self, region, desk, phone):
        """
        A code of ours of a version that is not served is CODE_UNSUPPORTED.
        """
        later = "FW" + "Z" * 87
        with pytest.raises(CodeUnsupportedError) as caught:
            await region.resolve(desk, later)

        assert {"family": "fusion"} == caught.value.members
        assert await region.resolve(desk, f"\t{phone.show()} \n")
