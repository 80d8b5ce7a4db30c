"""What operators do about work that waits for a person, and about residents."""

import json

import pytest

from integrations.spi import Person, PersonKey
from tests.fakes.clock import START
from wallet.visiting.machine import VisitState
from wallet.visiting.service import Details, Insurance, Visit

LI = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="440104198807213314")
GROUNDS = ("--purpose", "clearing with the insurer", "--ticket", "OPS-17")
WHY = "clearing with the insurer (OPS-17)"


def visit(resident_id, party_id):
    """
    Return a visit of which nobody knows whether the insurer registered it.
    """
    return Visit(
        resident_id=resident_id,
        visit_id=9,
        party_id=party_id,
        terminal_id=1,
        presentation_id=1,
        version=1,
        state=VisitState(phase="review", resume_phase="registering", reason="OUTCOME_UNKNOWN"),
        insurance=Insurance(integration_id="nhsa", binding_id=None, subject="P1", credential=b"c"),
        visit_number="V9",
        details=Details(
            department_code="0101",
            department_name="心内科",
            doctor_code="D01",
            doctor_name="陈医生",
            operator="OP1",
        ),
        continuation=b"",
        visit_reference="",
        open_settlement_id=None,
        standing=0,
        opened_at=START,
        closes_at=START,
    )


@pytest.fixture
def resident_id(deployment):
    """
    A resident with a visit that was left to a person.
    """
    party_id = int(deployment.party())

    async def seed(services):
        async with services.basis.database.transaction() as session:
            resident_id = await services.people.residents.match_or_create(session, LI, 2)
            records = services.money.visiting.records
            await records.add(session, visit(resident_id, party_id))
        return resident_id

    return deployment.use(seed)


def listed(deployment, *arguments):
    return [json.loads(line) for line in deployment.told("work", "list", *arguments).splitlines()]


def journal(deployment, resident_id):
    """
    Return kind and purpose of what the resident reads.
    """
    page = deployment.use(lambda s: s.people.journal.of_resident(resident_id))
    return [(each.entry.kind, each.entry.purpose) for each in page.entries]


class TestList:
    def test_review(self, deployment, resident_id):
        """
        What waits for a person is listed by an id of its own, without the person.
        """
        (waiting,) = listed(deployment)

        assert ("visit", "review", "registering", "OUTCOME_UNKNOWN", None) == tuple(
            waiting[name] for name in ("kind", "phase", "step", "reason", "asked")
        )
        assert str(resident_id) not in json.dumps(waiting)

    def test_other_phase(self, deployment, resident_id):
        """
        Another phase may be asked for; one that does not exist may not.
        """
        del resident_id
        unknown = deployment.run("work", "list", "--phase", "lost")

        assert ([], 2) == (listed(deployment, "--phase", "open"), unknown.exit_code)


class TestReexamine:
    def test_goes_on(self, deployment, resident_id):
        """
        It leaves review, a worker has it due, and the resident reads why.
        """
        (waiting,) = listed(deployment)
        said = deployment.told("work", "reexamine", "visit", waiting["id"], *GROUNDS)
        (again,) = listed(deployment, "--phase", "registering")

        assert ("asked again", [], "unknown") == (said, listed(deployment), again["status"])
        assert [("reexamined", WHY)] == journal(deployment, resident_id)

    def test_twice(self, deployment, resident_id):
        """
        What does not wait any more is refused, and not journalled again.
        """
        (waiting,) = listed(deployment)
        arguments = ("work", "reexamine", "visit", waiting["id"], *GROUNDS)
        deployment.told(*arguments)
        again = deployment.run(*arguments)

        assert (1, True) == (again.exit_code, "does not wait" in again.output)
        assert 1 == len(journal(deployment, resident_id))

    @pytest.mark.parametrize("kind", ["visit", "settlement", "refund"])
    def test_unknown(self, deployment, kind):
        """
        An id that means nothing is nobody's.
        """
        result = deployment.run("work", "reexamine", kind, "vis_0", *GROUNDS)

        assert (1, True) == (result.exit_code, f"no such {kind}" in result.output)

    @pytest.mark.parametrize(
        "grounds",
        [
            (),
            ("--purpose", "clearing"),
            ("--ticket", "OPS-17"),
            ("--purpose", " ", "--ticket", "OPS-17"),
            ("--purpose", "x" * 61, "--ticket", "OPS-17"),
            ("--purpose", "a\x1b[2J", "--ticket", "OPS-17"),
            ("--purpose", "clearing", "--ticket", "no ticket"),
        ],
    )
    def test_without_grounds(self, deployment, grounds):
        """
        Nobody touches anything without purpose and ticket.
        """
        result = deployment.run("work", "reexamine", "visit", "vis_0", *grounds)

        assert 2 == result.exit_code


class TestResidentsKnown:
    @pytest.mark.parametrize(
        ("number", "answer", "entries"),
        [
            (LI.document_number, "known", [("operator_look", WHY)]),
            ("440106195603124028", "unknown", []),
        ],
    )
    def test_look(self, deployment, resident_id, number, answer, entries):
        """
        A look tells yes or no, and whom it concerns reads of it.
        """
        said = deployment.told("residents", "known", *GROUNDS, input=f"{number}\n")

        assert (answer, entries) == (said.splitlines()[-1], journal(deployment, resident_id))
