"""
The services of operators, made once.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.operators import lockouts, repository
from wallet.operators.administration import OperatorsAdministration
from wallet.operators.enrolment import EnrolmentService
from wallet.operators.events import EventsService
from wallet.operators.linked_sign_in import LinkedSignInService
from wallet.operators.passwords import Passwords
from wallet.operators.sessions import SessionsService
from wallet.operators.signing_in import SigningInService
from wallet.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorServices:
    """
    Everything about operators.
    """

    clock: Clock
    administration: OperatorsAdministration
    enrolment: EnrolmentService
    signing_in: SigningInService
    linked_sign_in: LinkedSignInService
    sessions: SessionsService
    events: EventsService

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget ended sessions, void enrolments and old failures; returns how many rows went.
        """
        now = self.clock.now()
        return await repository.prune(session, now) + await lockouts.prune(session, now)


def operator_services(
    *,
    database: Database,
    clock: Clock,
    ids: Ids,
    vault: Vault,
    issuer: str,
    passwords: Passwords | None = None,
) -> OperatorServices:
    """
    Return the services over what they stand on.

    Args:
        database: where everything is kept.
        clock: tells TOTP steps, waits and ends.
        ids: source of ids and secrets.
        vault: encrypts TOTP secrets, seals handles, hides names and sources.
        issuer: what an authenticator app shows beside the login name; without a colon.
        passwords: hashes and judges them; with the present parameters unless given.
    """
    hashing = passwords or Passwords()
    events = EventsService(database=database, clock=clock, ids=ids, vault=vault)
    sessions = SessionsService(database=database, clock=clock, ids=ids, vault=vault, events=events)
    return OperatorServices(
        clock=clock,
        administration=OperatorsAdministration(
            database=database, clock=clock, ids=ids, vault=vault, sessions=sessions, events=events
        ),
        enrolment=EnrolmentService(
            database=database,
            clock=clock,
            ids=ids,
            vault=vault,
            passwords=hashing,
            events=events,
            issuer=issuer,
        ),
        signing_in=SigningInService(
            database=database,
            clock=clock,
            vault=vault,
            passwords=hashing,
            sessions=sessions,
            events=events,
        ),
        linked_sign_in=LinkedSignInService(
            database=database, clock=clock, vault=vault, sessions=sessions, events=events
        ),
        sessions=sessions,
        events=events,
    )
