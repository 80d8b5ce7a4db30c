"""
What the resident's journal says of a scan. Pure.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from wallet.http.callers import TerminalCaller
from wallet.journal.service import Entry
from wallet.resolving.scans import Admitted
from wallet.resolving.verdicts import ContextVerdict
from wallet.resolving.words import Status

SCANNED: Final = "scanned"
DISCLOSED: Final = "disclosed"
IDENTITY_BASIS: Final = "contract"  # who somebody is, is told to the desk they come to on it


def scanned(caller: TerminalCaller, admitted: Admitted, at: datetime) -> Entry:
    """
    Return the entry of T1: who scanned, and what is going to be asked.
    """
    contexts = admitted.contexts
    basis = _basis(contexts, admitted.bases)
    return _entry(caller, admitted, at, kind=SCANNED, contexts=contexts, fields=(), basis=basis)


def disclosed(
    caller: TerminalCaller,
    admitted: Admitted,
    at: datetime,
    *,
    verdicts: Sequence[ContextVerdict],
    bases: Mapping[str, str],
    identity: Sequence[str],
) -> Entry:
    """
    Return the entry of T2: what left.

    Args:
        caller: to whom.
        admitted: of T1.
        at: aware UTC instant.
        verdicts: as they leave.
        bases: per context the legal basis, as it stands now.
        identity: names of what is told of the person.
    """
    valid = [verdict for verdict in verdicts if verdict.status is Status.VALID]
    contexts = tuple(verdict.context for verdict in valid)
    fields = (f"{each.context}.{name}" for each in valid for name in sorted(each.fields))
    return _entry(
        caller,
        admitted,
        at,
        kind=DISCLOSED,
        contexts=contexts,
        fields=(*identity, *fields),
        basis=_basis(contexts, bases),
    )


def _entry(
    caller: TerminalCaller,
    admitted: Admitted,
    at: datetime,
    *,
    kind: str,
    contexts: tuple[str, ...],
    fields: tuple[str, ...],
    basis: str,
) -> Entry:
    opening = admitted.opening
    return Entry(
        resident_id=opening.resident_id,
        kind=kind,
        party_id=caller.party_id,
        party_name=admitted.party_name,
        terminal_id=caller.terminal_id,
        purpose=opening.purpose.value,
        contexts=contexts,
        fields=fields,
        basis=basis,
        presentation_id=opening.presentation_id,
        at=at,
    )


def _basis(contexts: Sequence[str], bases: Mapping[str, str]) -> str:
    """
    Return the legal bases of a disclosure, joined.
    """
    known = {bases[name] for name in contexts if name in bases}
    return "+".join(sorted({IDENTITY_BASIS, *known}))
