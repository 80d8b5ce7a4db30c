"""
What an integration declares about itself, read by the wallet before anything is called.
"""

from collections.abc import Mapping

from msgspec import Struct

from integrations.spi.words import Purpose

SPI_VERSION = 1


class Text(Struct, frozen=True):
    """
    A user-facing text in both languages.
    """

    zh: str
    en: str


_SLACK_MS = 300


class Deadlines(Struct, frozen=True, kw_only=True):
    """
    How long the wallet waits, in milliseconds.

    Attributes:
        validate_ms: one verdict, `obtain` and `decode` included.
        perform_ms: one unsafe call, one query.
    """

    validate_ms: int = 2_000
    perform_ms: int = 10_000

    @property
    def own_validate_ms(self) -> int:
        """
        What an integration's own request for a verdict may take; see `own_perform_ms`.
        """
        return self.validate_ms - _SLACK_MS

    @property
    def own_perform_ms(self) -> int:
        """
        What an integration's own request for an unsafe call may take.

        Less than the wallet waits, so that it is the integration, which knows what was sent, that
        says what became of a partner that hangs.
        """
        return self.perform_ms - _SLACK_MS


class PollPolicy(Struct, frozen=True, kw_only=True):
    """
    How a pending or unknown outcome is followed up.

    Attributes:
        interval_seconds: between two queries.
        budget_seconds: from the first answer to the last query; then the wallet cancels at once
            and queries again.
    """

    interval_seconds: int = 3
    budget_seconds: int = 60


class Manifest(Struct, frozen=True, kw_only=True):
    """
    The face of an integration.

    Attributes:
        id: equals the folder's name and the entry point's name.
        spi_version: the contract it was written against.
        context: ``health_card``, ``insurance``, ``payment``, …
        title: its name for people.
        releases: per purpose the names of the fields it may release; an absent purpose releases
            nothing but the fact of validity.
        refusals: its catalogue of refusal codes, with a text for people.
        deadlines: see `Deadlines`.
        snapshot_ages: per purpose the age in seconds up to which the last validated answer may
            stand in for a new one; an absent purpose always asks.
        foreign_families: the code families it can decode (`codes.foreign` ids).
        credential_purposes: purposes for which a credential of this visit is obtained first.
        poll: see `PollPolicy`.
        local: true when `validate` never leaves the process.
        settings: closed Struct of the deployment's settings for it.
        party_profile: closed Struct of one party's profile towards it, or None.
        needs_person: true when `link` and `obtain` need name and document number.
    """

    id: str
    spi_version: int
    context: str
    title: Text
    releases: Mapping[Purpose, tuple[str, ...]]
    refusals: Mapping[str, Text]
    deadlines: Deadlines = Deadlines()
    snapshot_ages: Mapping[Purpose, int] = {}
    foreign_families: tuple[str, ...] = ()
    credential_purposes: tuple[Purpose, ...] = ()
    poll: PollPolicy = PollPolicy()
    local: bool = False
    settings: type[Struct] | None = None
    party_profile: type[Struct] | None = None
    needs_person: bool = False
