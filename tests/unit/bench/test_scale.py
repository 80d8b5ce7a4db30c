"""A run of the scale measurement with a small crowd, and that a copied resident is a resident."""

import asyncio

import pytest

from bench import scale
from bench.deployment import services_of
from bench.scale import Plan
from bench.stage import Wallet, make_keys
from integrations.spi import PersonKey


@pytest.fixture(scope="module")
def found():
    """
    The findings of a moment on SQLite.
    """
    return scale.run(
        Plan(
            seconds=0.3,
            rounds=1,
            connections=1,
            few=10,
            many=40,
            engines=("SQLite",),
            forked=True,
        )
    )


class TestRun:
    def test_measures_both_sizes(self, found):
        """
        Few and many residents have a rate and a cost each.
        """
        assert ["SQLite, 10 residents", "SQLite, 40 residents"] * 2 == [
            series.name for series in found.series
        ]

    def test_has_every_scan_accepted(self, found):
        """
        A copied resident's code resolves like anybody's.
        """
        assert ["0", "0"] == [series.more["refused"] for series in found.series if series.more]
        assert all(series.median > 0 for series in found.series)

    def test_judges_what_a_scan_costs_with_many(self, found):
        """
        The target is about the cost with many beside the cost with few.
        """
        assert ["cost of a scan, SQLite, 40 residents ÷ 10"] == [
            target.what for target in found.targets
        ]


class TestCrowd:
    def test_makes_people_of_their_own(self, tmp_path):
        """
        Each copy opens under its own number, and is somebody else.
        """
        make_keys(tmp_path / "keys.json")
        wallet = Wallet(f"sqlite:///{tmp_path / 'wallet.db'}", tmp_path / "keys.json", 3)
        wallet.crowded = True

        async def people():
            await wallet.prepare()
            services = services_of(wallet.settings())
            try:
                async with services.basis.database.reading() as session:
                    return [
                        await services.people.residents.person(session, number)
                        for number in (1, 2, 3)
                    ]
            finally:
                await services.close()

        persons = asyncio.run(people())

        assert {PersonKey.ID_CARD} == {person.document_type for person in persons}
        assert 3 == len({person.document_number for person in persons})
