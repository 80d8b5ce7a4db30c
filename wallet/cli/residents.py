"""
``fusion-wallet residents``: what operators do about residents; every look is journalled.
"""

import click

from integrations.spi import Person, PersonKey
from wallet.app import Services
from wallet.cli.grounds import grounds, why
from wallet.cli.running import with_services
from wallet.journal.service import Entry

_DOCUMENTS = click.Choice([key.value for key in PersonKey])


@click.group("residents")
def command() -> None:
    """
    What operators do about residents; every look needs purpose and ticket and is journalled.
    """


@command.command("known")
@click.option("--document-type", type=_DOCUMENTS, default=PersonKey.ID_CARD.value)
@grounds
def known(document_type: str, purpose: str, ticket: str) -> None:
    """
    Tell whether a document (asked for, never an argument) belongs to a resident.
    """
    number = click.prompt("document number", hide_input=True)
    person = Person(name="", document_type=PersonKey(document_type), document_number=number)

    async def look(services: Services) -> int | None:
        people = services.people
        async with services.basis.database.transaction() as session:
            resident_id = await people.residents.find(session, person)
            if resident_id is not None:
                entry = Entry(
                    resident_id=resident_id,
                    kind="operator_look",
                    purpose=why(purpose, ticket),
                    at=services.basis.clock.now(),
                )
                await people.journal.write(session, entry)
        return resident_id

    click.echo("known" if with_services(look) else "unknown")
