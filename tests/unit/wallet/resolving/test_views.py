"""What a desk gets to see."""

from datetime import UTC, date, datetime

from msgspec.structs import replace

from tests.fakes.integrations import person
from wallet.resolving.schemas import CardReading, PersonView, Resolve
from wallet.resolving.views import person_view, told_of

LI = replace(person(), birth_date=date(1988, 7, 21))
NOW = datetime(2026, 7, 20, 15, 59, 59, tzinfo=UTC)
FULL = frozenset({"identity:full"})


class TestPersonView:
    def test_age_by_the_date_in_china(self):
        """
        A birthday begins at midnight in China, eight hours before it does by UTC.
        """
        before = person_view(LI, frozenset(), NOW)
        after = person_view(LI, frozenset(), NOW.replace(hour=16, minute=0, second=0))

        assert (37, 38) == (before.age, after.age)

    def test_unknown_birth_date(self):
        """
        Where no birth date is known there is no age and no date.
        """
        view = person_view(replace(LI, birth_date=None), FULL, NOW)

        assert (None, "") == (view.age, view.birth_date)


class TestToldOf:
    def test_masked(self):
        """
        Of a masked view the names say that it was masked.
        """
        view = person_view(LI, frozenset(), NOW)

        assert ("person.masked_name", "person.masked_document", "person.age") == told_of(view)

    def test_only_what_was_there(self):
        """
        What is empty was not told.
        """
        view = PersonView(masked=False, name="李明", document="1", age=None, sex="U")

        assert ("person.name", "person.document", "person.sex") == told_of(view)


class TestRedaction:
    def test_reprs_show_nothing(self):
        """
        Neither a scan nor a card shows what was scanned.
        """
        card = CardReading(reader="R", card="id_card", number="440104198807213314")
        scan = Resolve(code="FW", purpose="settlement", scene="consultation", card=card)

        assert ("CardReading(…)", "Resolve('settlement')") == (repr(card), repr(scan))
