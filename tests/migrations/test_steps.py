"""Steps of the schema expand it; what contracts it is marked, and comes later."""

from pathlib import Path

import pytest

from tests.migrations.judging import contracts, taken_away
from wallet.db import migrate

# no program of before them ever ran anywhere
BEFORE_THE_RULE = {"0001", "0002_oidc", "0003_figures", "0004_takings", "0005_screen_approvals"}
_PLACE = Path(migrate.__file__).parent / "migrations" / "versions"
_FILES = {
    step.revision: next(
        path
        for path in _PLACE.glob("v*.py")
        if f'revision = "{step.revision}"' in path.read_text()
    )
    for step in migrate.steps()
}
RULED = sorted(set(_FILES) - BEFORE_THE_RULE)
HARMFUL = [
    'op.drop_column("parties", "name")',
    'op.drop_table("parties")',
    'op.rename_table("parties", "others")',
    'op.alter_column("parties", "name", new_column_name="title")',
    'op.alter_column("parties", "name", nullable=False)',
    'op.add_column("parties", Column("more", Text, nullable=False))',
    'op.create_index("ix_more", "parties", ["name"])',
    'op.drop_constraint("ck_parties_kind", "parties")',
    'op.execute("UPDATE parties SET name = 1")',
    'op.execute("ALTER TABLE parties DROP COLUMN name")',
]
HARMLESS = [
    'op.add_column("parties", Column("more", Text, nullable=True))',
    'op.add_column("parties", Column("more", Text, nullable=False, server_default=""))',
    'create_table("more", Column("name", Text))\n    op.create_index("ix", "more", ["name"])',
    'add_index("ix_more", "parties", ["name"])',
]


def step(line: str) -> str:
    return f"def upgrade():\n    {line}\n"


class TestSteps:
    @pytest.mark.parametrize("revision", RULED)
    def test_expands_or_says_that_it_contracts(self, revision):
        """
        A step only adds, or it names an earlier step that programs have to know from then on.
        """
        source = _FILES[revision].read_text()
        floor, raised = contracts(source)
        names = [each.revision for each in migrate.steps()]
        earlier = floor in names[: names.index(revision)]

        assert (earlier and raised) if floor else (taken_away(source), raised) == ([], False)

    @pytest.mark.parametrize("line", HARMFUL)
    def test_harm_is_seen(self, line):
        """
        What takes something away, or makes writers wait, is seen.
        """
        assert 1 == len(taken_away(step(line)))

    @pytest.mark.parametrize("line", HARMLESS)
    def test_additions_are_let_pass(self, line):
        """
        What only adds is let pass.
        """
        assert [] == taken_away(step(line))


class TestFits:
    def test_behind(self):
        """
        A schema that lacks a step that expands is not enough.
        """
        before = migrate.steps()[-2].revision

        assert not migrate.fits(before, migrate.head())

    @pytest.mark.parametrize(("floor", "fit"), [(migrate.head(), True), ("9000", False)])
    def test_ahead(self, floor, fit):
        """
        A schema of a later program will do, unless programs have to know what we do not.
        """
        assert fit == migrate.fits("9001_later", floor)
