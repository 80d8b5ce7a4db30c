"""One scan, end to end."""

import pytest
from sqlmodel import select

from integrations.spi import (
    CardRead,
    CredentialRequest,
    FusedCode,
    Purpose,
    Refused,
    Valid,
    ValidateRequest,
)
from tests.fixtures.region import FULL, LI, MASKED, Region, insurance, verdict
from tests.fixtures.traffic import Traffic
from wallet.idempotency.models import IdempotencyRow
from wallet.journal.service import Entry
from wallet.parties.errors import ScopeDeniedError
from wallet.presentations.models import AnswerRow, PresentationRow
from wallet.resolving.errors import CodeNotAcceptedError, CodeUsedError
from wallet.resolving.schemas import CardReading, PersonView
from wallet.vault import Keep

INSIDE = ["health_card", "payment"]


async def rows(database, model):
    """
    Return every row of a table.
    """
    async with database.reading() as session:
        return (await session.execute(select(model))).scalars().all()


class TestResolve:
    async def test_answers_every_context(self, region, desk, phone):
        """
        A fresh code is answered with a verdict per linked context, in order.
        """
        resolved = await region.resolve(desk, phone.show())

        assert [("health_card", "valid"), ("insurance", "valid"), ("payment", "valid")] == [
            (each.context, each.status) for each in resolved.verdicts
        ]

    async def test_answers_what_was_asked_for(self, region, desk, phone):
        """
        Only the named contexts are asked, and one that is not linked is NOT_BOUND.
        """
        resolved = await region.resolve(desk, phone.show(), contexts=["payment", "epidemic"])

        assert [("epidemic", "refused", "NOT_BOUND"), ("payment", "valid", "")] == [
            (each.context, each.status, each.refusal) for each in resolved.verdicts
        ]
        assert [] == region.fake("insurance").requests(ValidateRequest)

    async def test_masks_the_person(self, region, desk, phone):
        """
        A terminal without identity:full sees one character of the name and two of the number.
        """
        resolved = await region.resolve(desk, phone.show(), scopes=MASKED)

        assert (
            PersonView(masked=True, name="李*", document="4****************4", age=37)
            == resolved.person
        )

    async def test_shows_the_person_in_full(self, region, desk, phone):
        """
        A terminal with identity:full gets what registration needs.
        """
        resolved = await region.resolve(desk, phone.show(), scopes=FULL)

        assert (
            PersonView(
                masked=False,
                name="李明",
                document="440104198807213314",
                age=37,
                sex="M",
                birth_date="1988-07-21",
                phone="13800138001",
            )
            == resolved.person
        )

    async def test_the_handle_lives_five_minutes(self, region, desk, phone):
        """
        The handle is sealed, and the answer says how long it lives.
        """
        resolved = await region.resolve(desk, phone.show())

        assert (True, 300) == (resolved.presentation.startswith("prs_"), resolved.expires_in)

    async def test_a_code_is_used_once(self, region, desk, phone):
        """
        The same desk that posts a code again under another key hears that it is used.
        """
        code = phone.show()
        await region.resolve(desk, code)
        with pytest.raises(CodeUsedError) as caught:
            await region.resolve(desk, code)

        assert {} == caught.value.members

    async def test_fields_beyond_the_manifest_are_dropped(self, region, desk, phone):
        """
        A plugin that says more than its manifest releases is cut short.
        """
        resolved = await region.resolve(desk, phone.show())

        assert {"label": "payment"} == verdict(resolved, "payment").fields

    async def test_a_code_of_somebody_forgotten(self, region, desk, phone, resident_id):
        """
        Once a resident's key is destroyed their codes are not accepted.
        """
        async with region.database.transaction() as session:
            await region.vault.shred(session, resident_id, Keep.WALLET)
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, phone.show())


class TestScope:
    @pytest.mark.parametrize("purpose", list(Purpose))
    async def test_each_purpose_is_a_scope(self, region, desk, phone, purpose):
        """
        A terminal needs the scope of the purpose it names, whatever others it has.
        """
        others = MASKED - {f"resolve:{purpose.value}"}
        with pytest.raises(ScopeDeniedError):
            await region.resolve(desk, phone.show(), purpose=purpose, scopes=others)

        assert await region.resolve(desk, phone.show(), purpose=purpose)

    async def test_a_refused_scope_costs_no_statement(self, region, desk, phone):
        """
        Nothing is asked of the database for a purpose that the terminal may not name.
        """
        traffic = Traffic(region.database.engine)
        with pytest.raises(ScopeDeniedError):
            await region.resolve(desk, phone.show(), scopes=frozenset())

        assert ([], []) == (traffic.transactions, traffic.statements)


class TestTransactions:
    @pytest.fixture(autouse=True)
    def plain(self, region):
        """
        The short way has transactions of its own, and tests of its own.
        """
        region.plainly()

    async def test_one_when_everything_stays_inside(self, region, desk, phone):
        """
        Where no context leaves the process, consuming and disclosing are one transaction.
        """
        traffic = Traffic(region.database.engine)
        await region.resolve(desk, phone.show(), contexts=INSIDE)

        assert ["BEGIN", "COMMIT"] == traffic.transactions

    async def test_two_around_an_outside_call(self, region, desk, phone):
        """
        No transaction is open while a context is asked outside.
        """
        traffic = Traffic(region.database.engine)
        insurer, seen = region.fake("insurance"), []

        async def look(request):
            del request
            seen.extend(traffic.transactions)
            return answer

        answer, insurer.verdict = insurer.verdict, look
        await region.resolve(desk, phone.show())

        assert ["BEGIN", "COMMIT"] == seen
        assert ["BEGIN", "COMMIT", "BEGIN", "COMMIT"] == traffic.transactions

    async def test_a_context_that_is_withheld_needs_not_leave(
        self, region, desk, phone, resident_id
    ):
        """
        Where the resident withdrew the only outside context, one transaction is enough.
        """
        await region.withdraw(resident_id, "insurance")
        traffic = Traffic(region.database.engine)
        await region.resolve(desk, phone.show())

        assert ["BEGIN", "COMMIT"] == traffic.transactions

    async def test_first_holds_what_was_consumed(self, region, desk, phone, resident_id):
        """
        While the contexts are asked, presentation, key and journal row are committed already.
        """
        seen = {}

        async def look(request):
            del request
            for model in (PresentationRow, IdempotencyRow, AnswerRow):
                seen[model] = await rows(region.database, model)
            seen[Entry] = await region.journal(resident_id)
            return answer

        insurer = region.fake("insurance")
        answer, insurer.verdict = insurer.verdict, look
        await region.resolve(desk, phone.show(), key="mine")
        (presentation,) = seen[PresentationRow]
        (key,) = seen[IdempotencyRow]

        assert (resident_id, desk.party_id, desk.terminal_id, 1, "otp", "settlement", None) == (
            presentation.resident_id,
            presentation.party_id,
            presentation.terminal_id,
            presentation.device_no,
            presentation.method,
            presentation.purpose,
            presentation.released_at,
        )
        assert ("mine", resident_id, presentation.presentation_id, None) == (
            key.key,
            key.target_resident_id,
            key.target_id,
            key.response,
        )
        assert ([], ["scanned"]) == (seen[AnswerRow], [entry.kind for entry in seen[Entry]])

    async def test_second_holds_what_was_answered(self, region, desk, phone, resident_id):
        """
        Afterwards each context's answer and the whole response are kept, encrypted.
        """
        await region.resolve(desk, phone.show())
        answers = {row.context: row for row in await rows(region.database, AnswerRow)}
        (presentation,) = await rows(region.database, PresentationRow)
        (key,) = await rows(region.database, IdempotencyRow)

        assert {"health_card", "insurance", "payment"} == set(answers)
        assert presentation.released_at == region.clock.now()
        assert (True, None) == (answers["payment"].valid, answers["payment"].credential)
        assert b"subject of" not in answers["insurance"].subject
        assert b"credential" != answers["insurance"].credential
        assert "李".encode() not in key.response
        assert answers["insurance"].resident_id == resident_id

    async def test_nothing_is_kept_of_a_fault(self, region, desk, phone, resident_id, monkeypatch):
        """
        A fault inside the single transaction leaves neither a used code nor a row.
        """
        code = phone.show()
        monkeypatch.setattr(region.people.journal, "write", None)
        with pytest.raises(TypeError):
            await region.resolve(desk, code, contexts=INSIDE)
        monkeypatch.undo()

        assert [] == await region.journal(resident_id)
        assert await region.resolve(desk, code, contexts=INSIDE)


class TestJournal:
    async def test_rows(self, region, desk, phone, resident_id):
        """
        A scan leaves one row of what was scanned and one of what was disclosed, names only.
        """
        region.fake("payment").verdict = Valid({})
        await region.resolve(desk, phone.show())
        (presentation,) = await rows(region.database, PresentationRow)
        common = {
            "resident_id": resident_id,
            "party_id": desk.party_id,
            "terminal_id": desk.terminal_id,
            "party_name": "第一人民医院",
            "purpose": "settlement",
            "contexts": ("health_card", "insurance", "payment"),
            "basis": "contract",
            "presentation_id": presentation.presentation_id,
            "at": region.clock.now(),
        }
        told = ("person.masked_name", "person.masked_document", "person.age")

        assert [
            Entry(kind="scanned", **common),
            Entry(
                kind="disclosed",
                fields=(*told, "health_card.label", "insurance.label"),
                **common,
            ),
        ] == await region.journal(resident_id)

    async def test_names_the_full_identity(self, region, desk, phone, resident_id):
        """
        What a terminal with identity:full learned of the person stands in the journal.
        """
        await region.resolve(desk, phone.show(), scopes=FULL, contexts=["epidemic"])
        disclosed = (await region.journal(resident_id))[-1]

        names = ("name", "document", "age", "sex", "birth_date", "phone")
        assert tuple(f"person.{name}" for name in names) == disclosed.fields
        assert ((), "contract") == (disclosed.contexts, disclosed.basis)

    async def test_what_was_refused_was_not_disclosed(self, region, desk, phone, resident_id):
        """
        A context that was refused or unavailable is scanned and not disclosed.
        """
        region.fake("payment").verdict = RuntimeError()
        await region.withdraw(resident_id, "health_card")
        await region.resolve(desk, phone.show())
        scanned, disclosed = await region.journal(resident_id)

        assert ("health_card", "insurance", "payment") == scanned.contexts
        assert ("insurance",) == disclosed.contexts


class TestEvidence:
    async def test_our_own_code(self, region, desk, phone):
        """
        The insurer's credential is asked for with the fused code that was shown.
        """
        await region.resolve(desk, phone.show())
        (asked,) = region.fake("insurance").requests(CredentialRequest)
        (presentation,) = await rows(region.database, PresentationRow)

        assert FusedCode(reference=f"{presentation.presentation_id:x}") == asked.evidence
        assert (LI.document_number, "fake_insurance") == (
            asked.person.document_number,
            asked.subject.removeprefix("subject of "),
        )

    async def test_a_card_that_was_read(self, region, desk, phone):
        """
        A card that was read beside the code is the evidence instead.
        """
        card = CardReading(reader="RDR-0001", card="id_card", number=LI.document_number)
        await region.resolve(desk, phone.show(), card=card)
        (asked,) = region.fake("insurance").requests(CredentialRequest)

        assert (
            CardRead(reader="RDR-0001", card="id_card", number=LI.document_number)
            == asked.evidence
        )

    async def test_the_credential_reaches_the_verdict(self, region, desk, phone):
        """
        What was obtained goes into the validation.
        """
        await region.resolve(desk, phone.show())
        (asked,) = region.fake("insurance").requests(ValidateRequest)

        assert b"credential" == asked.credential

    async def test_no_credential_for_other_purposes(self, region, desk, phone):
        """
        A purpose that needs no credential obtains none.
        """
        await region.resolve(desk, phone.show(), purpose=Purpose.IDENTIFICATION)

        assert [] == region.fake("insurance").requests(CredentialRequest)

    async def test_a_credential_refused(self, region, desk, phone):
        """
        A credential that is refused is the context's refusal, with what would help.
        """
        insurer = region.fake("insurance")
        insurer.credential = Refused("CREDENTIAL_REQUIRED", ("nhsa_ec",))
        answer = verdict(await region.resolve(desk, phone.show()), "insurance")

        assert ("refused", "CREDENTIAL_REQUIRED", ["nhsa_ec"], "测试") == (
            answer.status,
            answer.refusal,
            answer.options,
            answer.message.zh,
        )
        assert [] == insurer.requests(ValidateRequest)

    async def test_who_somebody_is_stays_with_those_who_need_it(self, database, clock, ids, vault):
        """
        An insurer whose manifest needs no person is not told who it is.
        """
        region = Region(database, clock, ids, vault, insurance(needs_person=False))
        desk = await region.hospital()
        phone = await region.phone(await region.resident(LI, "insurance"))
        await region.resolve(desk, phone.show())
        (asked,) = region.fake("insurance").requests(CredentialRequest)

        assert asked.person is None
