"""
One scan as it goes through its two transactions.
"""

from collections.abc import Mapping

from msgspec import Struct

from integrations.spi import PartyView, Person
from wallet.bindings.service import Binding
from wallet.http.callers import TerminalCaller
from wallet.presentations.service import Brought, Opening
from wallet.resolving.schemas import Resolve, Resolved
from wallet.resolving.words import SHOWN_BY_CODE


class Attempt(Struct, frozen=True, kw_only=True):
    """
    One POST: who, what, and under which idempotency key.
    """

    caller: TerminalCaller
    scan: Resolve
    key: str
    fingerprint: bytes


class Answer(Struct, frozen=True, kw_only=True):
    """
    What goes back to the desk.
    """

    resolved: Resolved
    replayed: bool = False


class Shown(Struct, frozen=True, kw_only=True):
    """
    What was shown and for what, after verification.

    Attributes:
        opening: whose, which device, what kind of code, purpose and scene.
        contexts: which contexts the desk asks for; empty means all that are linked.
        brought: what decoding gave, where it was a foreign code; it stands for that context
            alone.
    """

    opening: Opening
    contexts: tuple[str, ...]
    brought: Brought | None = None


class Admitted(Struct, frozen=True, kw_only=True):
    """
    What T1 read, enough to ask every context without a database.

    Attributes:
        opening: as it was kept.
        contexts: which contexts are answered, sorted.
        bindings: the binding per context that has one.
        bases: per context the legal basis of disclosing it; a bound context that is missing here
            is not asked.
        person: who.
        parties: the party as each integration may know it.
        party_name: for the resident's log.
        credentials: what decoding gave already, by integration id.
        alarmed: whether the device's clone alarm is on.
    """

    opening: Opening
    contexts: tuple[str, ...]
    bindings: Mapping[str, Binding]
    bases: Mapping[str, str]
    person: Person
    parties: Mapping[str, PartyView]
    party_name: str
    credentials: Mapping[str, bytes]
    alarmed: bool

    def asked(self) -> dict[str, Binding]:
        """
        Return the bindings of the contexts that may be disclosed.
        """
        return {
            name: binding
            for name, binding in self.bindings.items()
            if name in self.bases or binding.binding_id == SHOWN_BY_CODE
        }

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Admitted(…)"
