"""
Sign-in through providers, as far as there are any.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.oidc import repository
from wallet.oidc.configuration import Client, Providers
from wallet.oidc.fetching import Fetcher
from wallet.oidc.service import RelyingParty
from wallet.vault import Vault

RESIDENT_SIGN_IN = "/sign-in"
OPERATOR_SIGN_IN = "/operator/sign-in"
START = "/oidc"
CALLBACK = "/oidc/callback"
LEAVE = "/oidc/leave"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderServices:
    """
    The providers of residents and of operators; None where there is none.
    """

    resident: RelyingParty | None
    operator: RelyingParty | None
    clock: Clock
    fetcher: Fetcher

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget finished sign-ins whose time is over; returns how many rows went.
        """
        return await repository.prune(session, self.clock.now())

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self.fetcher.close()


def provider_services(
    providers: Providers,
    *,
    origin: str,
    database: Database,
    clock: Clock,
    ids: Ids,
    vault: Vault,
) -> ProviderServices:
    """
    Return the services over what they stand on.

    Args:
        providers: their settings.
        origin: ours, under which providers know us.
        database: where finished sign-ins are kept.
        clock: times sign-ins.
        ids: source of what nobody may guess.
        vault: seals what browsers keep.
    """
    fetcher = Fetcher()

    def party(client: Client | None, audience: str, sign_in: str) -> RelyingParty | None:
        if client is None:
            return None
        return RelyingParty(
            client,
            redirect_uri=f"{origin}{sign_in}{CALLBACK}",
            leave_uri=f"{origin}{sign_in}",
            audience=audience,
            database=database,
            clock=clock,
            ids=ids,
            vault=vault,
            fetcher=fetcher,
        )

    return ProviderServices(
        resident=party(providers.resident, "resident", RESIDENT_SIGN_IN),
        operator=party(providers.operator, "operator", OPERATOR_SIGN_IN),
        clock=clock,
        fetcher=fetcher,
    )
