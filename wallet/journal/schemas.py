"""
The wire form of the journal.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.journal.service import Page, Written
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

Cursor = Annotated[str, Meta(max_length=TEXT_MAX_LENGTH, pattern=TEXT_PATTERN)]


class JournalEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Something that happened: who looked, why, and what was released.
    """

    id: Annotated[str, Meta(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
    kind: Annotated[str, Meta(max_length=32, examples=["scanned", "disclosed", "alarmed"])]
    at: datetime
    party_name: Annotated[
        str, Meta(max_length=200, description="Who looked; empty when nobody did.")
    ]
    purpose: Annotated[str, Meta(max_length=100)]
    contexts: Annotated[list[str], Meta(max_length=16)]
    fields: Annotated[
        list[str], Meta(max_length=256, description="Names of what was released, never values.")
    ]
    basis: Annotated[str, Meta(max_length=64, description="The legal basis.")]
    digest: Annotated[
        str,
        Meta(
            pattern=r"\A([0-9a-f]{64})?\Z",
            description="SHA-256 of what was approved by a signature; see docs/settlement.md.",
        ),
    ]


class JournalPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A page, newest first. Pass `next_cursor` on as `cursor` for the next one; null is the end.
    """

    entries: Annotated[list[JournalEntry], Meta(max_length=100)]
    next_cursor: Cursor | None


def page_view(page: Page) -> JournalPage:
    """
    Return the wire form of a page.
    """
    return JournalPage(
        entries=[_entry_view(written) for written in page.entries],
        next_cursor=page.next_cursor,
    )


def _entry_view(written: Written) -> JournalEntry:
    entry = written.entry
    return JournalEntry(
        id=written.id,
        kind=entry.kind,
        at=entry.at,
        party_name=entry.party_name,
        purpose=entry.purpose,
        contexts=list(entry.contexts),
        fields=list(entry.fields),
        basis=entry.basis,
        digest=entry.digest,
    )
