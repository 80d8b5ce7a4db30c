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
from wallet.ids import Ids
from wallet.oidc.configuration import Providers
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


def basis(
    settings: Settings,
    *,
    clock: Clock,
    elapsed: Callable[[], float],
    ids: Ids,
    keys: KeyFile,
    registry: Registry,
    providers: Providers,
) -> Basis:
    """
    Open the database and the vault.
    """
    metrics = Metrics()
    collector = Collector(clock)
    engine = create_engine(
        settings.database_url.get_secret_value(), pool_size=settings.database_pool
    )
    vault = Vault(keys, issuer_region=settings.issuer_region, ids=ids, clock=clock)
    return Basis(
        settings=settings,
        clock=clock,
        elapsed=elapsed,
        metrics=metrics,
        collector=collector,
        ids=ids,
        database=Database(engine),
        vault=vault,
        key_watch=KeyWatch(settings.key_file, vault),
        registry=registry,
        guard=Guard(clock=clock, tally=Both(metrics, collector), elapsed=elapsed),
        providers=providers,
    )
