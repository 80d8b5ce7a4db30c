"""
``/operator/systems``: integrations and processes; ``/operator/keys``: keys and their ages.
"""

from datetime import UTC, datetime

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from integrations.spi import Manifest
from wallet.figures.service import IntegrationFigures
from wallet.figures.words import LONGER, SPANS_MS
from wallet.http.callers import OperatorCaller
from wallet.pages.charts import Chart, Column, chart
from wallet.pages.live import live
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door
from wallet.pages.rendering import AnyRequest, page
from wallet.vault.ages import KeyAge


class Integrated(Struct, frozen=True, kw_only=True):
    """
    An integration, how it did, and how long it took.
    """

    manifest: Manifest
    figures: IntegrationFigures
    times: Chart


class Key(Struct, frozen=True, kw_only=True):
    """
    A key's age with its instants.
    """

    age: KeyAge
    since: datetime | None
    until: datetime | None


class SystemsController(Controller):
    """
    What the deployment consists of.
    """

    path = "/operator"
    include_in_schema = False

    @get("/systems")
    async def systems(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show integrations with health, breaker and latency, and who runs.
        """
        manifests = [each.manifest for each in books.registry]
        figures = await books.figures.integrations([each.id for each in manifests])
        return live(
            request,
            "operator/systems",
            csrf=door.proof(operator),
            operator=operator,
            integrations=[
                Integrated(manifest=each, figures=figures[each.id], times=_times(figures[each.id]))
                for each in manifests
            ],
            processes=await books.figures.processes(),
        )

    @get("/keys")
    async def keys(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show which keys there are and how old they are.
        """
        return page(
            request,
            "operator/keys",
            csrf=door.proof(operator),
            operator=operator,
            region=books.region,
            keys=[
                Key(age=age, since=_at(age.since_seconds), until=_at(age.until_seconds))
                for age in books.vault.ages()
            ],
        )


def _times(figures: IntegrationFigures) -> Chart:
    spans = [(span, f"≤{span}") for span in SPANS_MS] + [(LONGER, f">{SPANS_MS[-1]}")]
    return chart([Column(label=label, first=figures.times.get(span, 0)) for span, label in spans])


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
