"""
What the wallet hands to an integration, and what comes back from the safe calls.
"""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from integrations.spi.manifest import Text
from integrations.spi.transcript import Observer
from integrations.spi.words import PersonKey, Purpose, Scene


class Sensitive(Struct, frozen=True, kw_only=True):
    """
    A value whose text form never shows what is in it.
    """

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"


class Person(Sensitive, frozen=True, kw_only=True):
    """
    A natural person as the wallet knows them.

    Attributes:
        name: as on the document.
        document_type: which document.
        document_number: normalised; an ID-card number has 18 characters, X in upper case.
        birth_date: None where the document does not tell.
        sex: ``M``, ``F`` or ``U``.
        phone: 11 digits, or empty.
    """

    name: str
    document_type: PersonKey
    document_number: str
    birth_date: date | None = None
    sex: str = "U"
    phone: str = ""


class PartyView(Sensitive, frozen=True, kw_only=True):
    """
    What an integration learns of the relying party on whose behalf it is called.

    Attributes:
        id: stable opaque id of the party.
        name: its registered name.
        kind: ``hospital``, ``pharmacy`` or ``office``.
        profile: JSON of the manifest's `party_profile`, keys included; empty when there is none.
    """

    id: str
    name: str
    kind: str
    profile: bytes = b""


class Environment(Struct, frozen=True, kw_only=True):
    """
    What an integration lives on; it takes nothing else from outside.

    Attributes:
        settings: JSON of the manifest's `settings`.
        now: aware UTC instant.
        token: that many random bytes.
        observe: receives each exchange with the partner, already scrubbed.
    """

    settings: bytes
    now: Callable[[], datetime]
    token: Callable[[int], bytes]
    observe: Observer


class ValidateRequest(Sensitive, frozen=True, kw_only=True):
    """
    Ask for a verdict.

    Attributes:
        subject: the binding's opaque reference, as `link` gave it.
        purpose: why.
        scene: where in the visit.
        party: who asks.
        credential: what `obtain` or `decode` gave for this visit, if anything.
        now: aware UTC instant.
    """

    subject: str
    purpose: Purpose
    scene: Scene
    party: PartyView
    credential: bytes = b""
    now: datetime


class FusedCode(Sensitive, frozen=True, kw_only=True, tag="fused_code"):
    """
    The resident showed our own code; the reference names that presentation, once.
    """

    reference: str


class CardRead(Sensitive, frozen=True, kw_only=True, tag="card_read"):
    """
    A card was read by a registered reader.

    Attributes:
        reader: the reader's registration number.
        card: ``id_card`` or ``social_security_card``.
        number: the document number that the reader read.
        serial: the card's serial number (required for a social-security card).
    """

    reader: str
    card: str
    number: str
    serial: str = ""


class ScannedCode(Sensitive, frozen=True, kw_only=True, tag="scanned_code"):
    """
    A foreign code was scanned and belongs to one of the integration's families.
    """

    family: str
    text: str


Evidence = FusedCode | CardRead | ScannedCode


class CredentialRequest(Sensitive, frozen=True, kw_only=True):
    """
    Ask for a credential for one visit.
    """

    subject: str
    person: Person | None
    evidence: Evidence
    purpose: Purpose
    scene: Scene
    party: PartyView
    now: datetime


class Obtained(Sensitive, frozen=True, kw_only=True, tag="obtained"):
    """
    A credential for this visit; the wallet keeps it encrypted and forgets it at `expires_at`.
    """

    credential: bytes
    method: str
    expires_at: datetime


class DecodeRequest(Sensitive, frozen=True, kw_only=True):
    """
    Ask who shows a foreign code.
    """

    code: ScannedCode
    purpose: Purpose
    scene: Scene
    party: PartyView
    now: datetime


class Decoded(Sensitive, frozen=True, kw_only=True, tag="decoded"):
    """
    The person behind a foreign code, with the credential that came with it.

    Attributes:
        person: who.
        subject: the reference that `link` would give, or empty when it takes a link to know.
        credential: for this visit, or empty.
        expires_at: of the credential.
    """

    person: Person
    subject: str = ""
    credential: bytes = b""
    expires_at: datetime | None = None


class LinkRequest(Sensitive, frozen=True, kw_only=True):
    """
    Bind a person to the outside system.

    Attributes:
        person: who.
        reference: unique for this attempt, at most 32 letters and digits, stable over its steps.
        choice: the key of the option chosen after `ChoiceRequired`.
        now: aware UTC instant.
    """

    person: Person
    reference: str
    choice: str = ""
    now: datetime


class Linked(Sensitive, frozen=True, kw_only=True, tag="linked"):
    """
    Bound.

    Attributes:
        subject: opaque; the wallet keeps it encrypted and gives it back with every call.
        label: harmless text for the resident's list, such as a masked card number.
    """

    subject: str
    label: str


class LinkChoice(Struct, frozen=True):
    """
    One thing to choose from; the key goes back in `LinkRequest.choice`.
    """

    key: str
    text: Text


class ChoiceRequired(Struct, frozen=True, tag="choice_required"):
    """
    The person has several; the resident must choose.
    """

    choices: tuple[LinkChoice, ...]


class ActionRequired(Sensitive, frozen=True, kw_only=True, tag="action_required"):
    """
    The resident must agree on the partner's own page; call `link` again afterwards.
    """

    url: str


class Unlinked(Struct, frozen=True, tag="unlinked"):
    """
    The partner no longer knows the binding (also when it never did).
    """


class Proved(Struct, frozen=True, kw_only=True, tag="proved"):
    """
    Name and document belong together, says the outside system.

    Attributes:
        level: 1 records agree, 2 the person was authenticated, 3 seen in person.
    """

    level: int


LinkResult = Linked | ChoiceRequired | ActionRequired
