"""
Every service of the wallet, made once, from settings, keys and integrations.
"""

from dataclasses import dataclass

from integrations.registry import Registry
from wallet.bindings.linking import LinkingService
from wallet.bindings.service import BindingsService
from wallet.calls.guard import Guard
from wallet.calls.outside import Outside
from wallet.calls.service import CallsService
from wallet.clock import Clock
from wallet.consents.service import ConsentsService
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.idempotency.service import IdempotencyService
from wallet.ids import Ids
from wallet.journal.service import JournalService
from wallet.ledger.service import LedgerService
from wallet.parties.access import AccessService
from wallet.parties.administration import PartiesAdministration
from wallet.parties.service import PartiesService
from wallet.presentations.service import PresentationsService
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService
from wallet.settings import Settings
from wallet.vault.keyfile import KeyFile
from wallet.vault.service import Vault
from wallet.work.service import WorkService


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """
    What everything else stands on.
    """

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    vault: Vault
    registry: Registry
    guard: Guard


def basis(settings: Settings, *, clock: Clock, keys: KeyFile, registry: Registry) -> Basis:
    """
    Open the database and the vault.
    """
    ids = Ids(clock)
    engine = create_engine(
        settings.database_url.get_secret_value(), pool_size=settings.database_pool
    )
    return Basis(
        settings=settings,
        clock=clock,
        ids=ids,
        database=Database(engine),
        vault=Vault(keys, issuer_region=settings.issuer_region, ids=ids, clock=clock),
        registry=registry,
        guard=Guard(clock=clock),
    )
