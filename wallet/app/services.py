"""
Every service of the wallet, made once, from settings, keys and integrations.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from integrations.registry import Registry
from wallet.app.basis import Basis, basis
from wallet.app.money import Money, money
from wallet.app.people import People, people, resolving
from wallet.clock import Clock
from wallet.figures.reporting import Reporter
from wallet.figures.service import FiguresService
from wallet.figures.words import ProcessKind
from wallet.ids import Ids
from wallet.instances.service import Identity
from wallet.oidc.configuration import Providers
from wallet.resolving.service import ResolvingService
from wallet.settings import Settings
from wallet.vault.keyfile import KeyFile
from wallet.work.duties import schedule
from wallet.work.loop import Loop


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """
    The wallet without its HTTP.
    """

    basis: Basis
    people: People
    resolving: ResolvingService
    money: Money

    def injected(self) -> dict[str, object]:
        """
        Return the services that controllers ask for, by name.
        """
        return {
            **self.people.injected(),
            **self.money.injected(),
            "resolving": self.resolving,
        }

    def loop(self, owner: str) -> Loop:
        """
        Return a worker's loop.

        Args:
            owner: its name, unique among the living.
        """
        return Loop(
            work=self.money.work,
            stepper=self.money.stepper,
            owner=owner,
            held_back=self.basis.restoring.pending,
        )

    @property
    def figures(self) -> FiguresService:
        """
        What all processes of the deployment counted and know.
        """
        return FiguresService(database=self.basis.database, clock=self.basis.clock)

    def reporter(self, kind: ProcessKind) -> Reporter:
        """
        Return what writes this process's figures down.
        """
        b = self.basis
        return Reporter(
            database=b.database,
            clock=b.clock,
            ids=b.ids,
            collector=b.collector,
            kind=kind,
            integrations=[each.manifest.id for each in b.registry],
        )

    async def begin_duties(self) -> None:
        """
        Make the duties of the whole deployment due, such as pruning.
        """
        b = self.basis
        await schedule(b.database, self.money.work, b.clock, *self.money.duties)

    async def close(self) -> None:
        """
        Let steps under way end, then close providers, integrations and database.
        """
        await self.people.feed.close()
        await self.money.inline.close()
        await self.people.providers.close()
        await self.basis.registry.close()
        await self.basis.database.close()


def compose(  # noqa: PLR0913 - what only a process knows, by keyword
    settings: Settings,
    *,
    clock: Clock,
    keys: KeyFile,
    registry: Registry,
    ids: Ids | None = None,
    elapsed: Callable[[], float] = time.monotonic,
    providers: Providers | None = None,
    identity: Identity | None = None,
) -> Services:
    """
    Make every service.

    Args:
        settings: what the operator decided.
        clock: the only source of time.
        keys: the deployment's.
        registry: the opened integrations.
        ids: source of ids and secrets; the system's unless given.
        elapsed: a clock that only moves forward, in seconds; `clock` has to keep step with it.
        providers: who can be signed in with; nobody unless given.
        identity: who this process is to the others of the deployment.
    """
    b = basis(
        settings,
        clock=clock,
        elapsed=elapsed,
        ids=ids or Ids(clock),
        keys=keys,
        registry=registry,
        providers=providers or Providers(),
        identity=identity or Identity(),
    )
    p = people(b)
    return Services(basis=b, people=p, resolving=resolving(b, p), money=money(b, p))
