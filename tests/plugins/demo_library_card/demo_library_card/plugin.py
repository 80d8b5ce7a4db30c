"""
The library card as the wallet sees it. It never leaves the process.
"""

import msgspec

from demo_library_card import rules
from demo_library_card.context import LibrarySettings
from integrations.spi import (
    SPI_VERSION,
    Environment,
    Fields,
    InvalidSettingsError,
    Linked,
    LinkRequest,
    Manifest,
    Purpose,
    Refused,
    Text,
    Unlinked,
    Valid,
    ValidateRequest,
    Verdict,
)

MANIFEST = Manifest(
    id="demo_library_card",
    spi_version=SPI_VERSION,
    context="library_card",
    title=Text("图书证", "Library card"),
    releases={Purpose.IDENTIFICATION: ("card", "until")},
    refusals=rules.REFUSALS,
    local=True,
    settings=LibrarySettings,
    needs_person=True,
)


class LibraryCardPlugin:
    """
    The library card before it is opened.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def open(self, environment: Environment) -> "LibraryCard":
        """
        Open it.

        Raises:
            InvalidSettingsError: the register cannot be read.
        """
        try:
            settings = msgspec.json.decode(environment.settings, type=LibrarySettings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidSettingsError(str(error)) from None
        return LibraryCard(settings)


class LibraryCard:
    """
    The library card, opened.
    """

    def __init__(self, settings: LibrarySettings) -> None:
        self._members = settings.members

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether the card is good today.
        """
        member = rules.find(self._members, request.subject)
        if member is None:
            return Refused("NO_MEMBER")
        if not rules.is_good(member, request.now.date()):
            return Refused("CARD_EXPIRED")
        shown: Fields = {"card": member.card, "until": member.until.isoformat()}
        return Valid({name: shown[name] for name in MANIFEST.releases.get(request.purpose, ())})

    async def link(self, request: LinkRequest) -> Linked | Refused:
        """
        Find the person's card by name and document.
        """
        asked = (request.person.name, request.person.document_number)
        for member in self._members:
            if (member.name, member.document_number) == asked:
                return Linked(subject=member.card, label=f"图书证 {member.card}")
        return Refused("NO_MEMBER")

    async def unlink(self, subject: str) -> Unlinked | Refused:  # noqa: ARG002
        """
        Forget the card; the library keeps no record of who uses it where.
        """
        return Unlinked()

    def scrub(self, transcript: str) -> str:
        """
        Withhold everything: nothing is ever sent.
        """
        return "***" if transcript.strip() else ""

    async def close(self) -> None:
        """
        Nothing to give up.
        """
