"""
An operator looks at a person: written down for both sides in the transaction that discloses.
"""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Person
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import NotFoundError
from wallet.http.callers import OperatorCaller
from wallet.journal.service import Entry, JournalService, Page
from wallet.operators.grounds import Grounds
from wallet.operators.service import OperatorServices
from wallet.residents.masking import masked_document, masked_name
from wallet.residents.service import ResidentsService

A_PAGE = 50
DISCLOSED = ("person.masked_name", "person.masked_document", "journal")


class Seen(Struct, frozen=True, kw_only=True):
    """
    What an operator is shown of a person.

    Attributes:
        handle: under which operators know the person.
        name, document: masked.
        document_type: which document it is.
        journal: a part of what the person reads at ``/looks``, the newest first.
    """

    handle: str
    name: str
    document: str
    document_type: str
    journal: Page

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Seen(…)"


class Look(Struct, frozen=True, kw_only=True):
    """
    What is wanted, by whom and why.

    Attributes:
        caller: who looks.
        code: a fresh one of the authenticator, which is used up; empty for who has none here and
            showed the provider's factors within ten minutes.
        grounds: why.
    """

    caller: OperatorCaller
    code: str
    grounds: Grounds

    def __repr__(self) -> str:
        """
        Show no code.
        """
        return "Look(…)"


class Looking:
    """
    Looks people up for operators.

    Each look takes a TOTP code, a purpose and a ticket; the person reads who looked and why.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        operators: OperatorServices,
        residents: ResidentsService,
        journal: JournalService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._operators = operators
        self._residents = residents
        self._journal = journal

    async def by_document(self, look: Look, person: Person) -> Seen | None:
        """
        Look somebody up by document; None when it is nobody's, which is written down too.

        Raises:
            DocumentInvalidError: the number cannot be one of that type; no code was used up.
            TokenInvalidError: the code is not right or was used.
            RateLimitedError: too many wrong codes.
        """
        self._residents.check(person)
        caller = await self._operators.sessions.refreshed(look.caller, look.code)
        async with self._database.transaction() as session:
            resident_id = await self._residents.find(session, person)
            if resident_id is None:
                await self._operators.events.sought(session, caller, look.grounds)
                return None
            return await self._disclosed(session, caller, look.grounds, resident_id, None)

    async def further(self, look: Look, handle: str, cursor: str) -> Seen:
        """
        Look on in a journal; it is a look like any other.

        Raises:
            NotFoundError: the handle is nobody's.
            TokenInvalidError: the code is not right or was used.
            RateLimitedError: too many wrong codes.
            ValidationFailedError: the cursor is not of this person's journal.
        """
        resident_id = self._operators.events.whose(handle)
        if resident_id is None:
            raise NotFoundError
        caller = await self._operators.sessions.refreshed(look.caller, look.code)
        async with self._database.transaction() as session:
            return await self._disclosed(session, caller, look.grounds, resident_id, cursor)

    async def _disclosed(
        self,
        session: AsyncSession,
        caller: OperatorCaller,
        grounds: Grounds,
        resident_id: int,
        cursor: str | None,
    ) -> Seen:
        await self._operators.events.looked(session, caller, resident_id, grounds)
        person = await self._residents.person(session, resident_id)
        page = await self._journal.page(session, resident_id, cursor=cursor, limit=A_PAGE)
        entry = Entry(
            resident_id=resident_id,
            kind="operator_look",
            purpose=grounds.told,
            fields=DISCLOSED,
            at=self._clock.now(),
        )
        await self._journal.write(session, entry)
        return Seen(
            handle=self._operators.events.person(resident_id),
            name=masked_name(person.name),
            document=masked_document(person.document_number),
            document_type=person.document_type.value,
            journal=page,
        )
