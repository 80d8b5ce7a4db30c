"""
What everything else stands on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.registry import Registry
from wallet.calls.guard import Guard
from wallet.clock import Clock
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.figures.collecting import Collector
from wallet.http.draining import Draining
from wallet.http.metrics import Metrics
from wallet.http.tally import Both, Tally
from wallet.http.timekeeping import Timekeeping
from wallet.ids import Ids
from wallet.instances.service import Identity, Membership
from wallet.oidc.configuration import Providers
from wallet.restoring.service import Restoring
from wallet.settings import Settings
from wallet.vault.keyfile import KeyFile
from wallet.vault.renewal import KeyWatch
from wallet.vault.service import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """
    Settings, time, ids, database, keys, integrations and sign-in providers.

    Attributes:
        elapsed: a clock that only moves forward, in seconds.
        metrics: what this process counts, for Prometheus.
        collector: the same for the operators' pages, until it is written down.
        timekeeping: whether the clock can be trusted.
        membership: whether this process may write money.
        key_watch: takes over keys that changed; a real process has it look.
        draining: whether this process is about to end.
    """

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    vault: Vault
    registry: Registry
    guard: Guard
    collector: Collector
    timekeeping: Timekeeping
    membership: Membership
    restoring: Restoring
    key_watch: KeyWatch
    elapsed: Callable[[], float] = time.monotonic
    metrics: Metrics = field(default_factory=Metrics)
    providers: Providers = field(default_factory=Providers)
    draining: Draining = field(default_factory=Draining)

    @property
    def tally(self) -> Tally:
        """
        Whoever counts.
        """
        return Both(self.metrics, self.collector)


def basis(  # noqa: PLR0913 - collaborators, by keyword
    settings: Settings,
    *,
    clock: Clock,
    elapsed: Callable[[], float],
    ids: Ids,
    keys: KeyFile,
    registry: Registry,
    providers: Providers,
    identity: Identity,
) -> Basis:
    """
    Open the database and the vault.
    """
    metrics = Metrics()
    collector = Collector(clock)
    engine = create_engine(
        settings.database_url.get_secret_value(), pool_size=settings.database_pool
    )
    database = Database(engine, elapsed=elapsed)
    timekeeping = Timekeeping(clock, elapsed)
    vault = Vault(keys, issuer_region=settings.issuer_region, ids=ids, clock=clock)
    return Basis(
        settings=settings,
        clock=clock,
        elapsed=elapsed,
        metrics=metrics,
        collector=collector,
        restoring=Restoring(database=database, clock=clock, ids=ids, elapsed=elapsed),
        ids=ids,
        database=database,
        vault=vault,
        key_watch=KeyWatch(settings.key_file, vault),
        registry=registry,
        guard=Guard(clock=clock, tally=Both(metrics, collector), elapsed=elapsed),
        providers=providers,
        timekeeping=timekeeping,
        membership=Membership(
            database=database, clock=clock, ids=ids, timekeeping=timekeeping, identity=identity
        ),
    )
