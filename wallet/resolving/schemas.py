"""
The wire form of one scan.
"""

from typing import Annotated

from msgspec import Meta, Struct

from integrations.spi import Fields, Purpose, Scene
from wallet.http.described import one_of
from wallet.resolving.words import Status

CodeText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=512,
        description="What the scanner read, unchanged; blanks around it do not matter.",
        examples=["FW00…"],
    ),
]
ContextName = Annotated[
    str,
    Meta(pattern=r"\A[a-z][a-z0-9_]{1,31}\Z", description="A context.", examples=["insurance"]),
]
Ascii = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z-]{1,50}\Z")]


class CardReading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A card that a registered reader has just read, as the credential for this visit.
    """

    reader: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z-]{1,64}\Z", examples=["RDR-0001"])]
    card: Annotated[str, Meta(pattern=r"\A(id_card|social_security_card)\Z", examples=["id_card"])]
    number: Ascii
    serial: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]{0,32}\Z")] = ""

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "CardReading(…)"


class Resolve(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Resolve one code.
    """

    code: CodeText
    purpose: Purpose
    scene: Scene
    contexts: Annotated[
        list[ContextName],
        Meta(
            max_length=16,
            description=(
                "Which contexts to ask; none named means all that are linked. A code of another "
                "issuer stands for its own context alone, and only that one is answered."
            ),
        ),
    ] = []
    card: CardReading | None = None

    def __repr__(self) -> str:
        """
        Show nothing of the code.
        """
        return f"Resolve({self.purpose!r})"


class PersonView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Who was scanned: masked, or in full for a terminal with the scope ``identity:full``.
    """

    masked: bool
    name: str
    document: str
    age: Annotated[int, Meta(ge=0, le=300)] | None
    sex: Annotated[str, one_of(("", "M", "F", "U"))] = ""
    birth_date: str = ""
    phone: str = ""


class VerdictMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A text in both languages.
    """

    zh: str
    en: str


class VerdictView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One context's verdict.
    """

    context: str
    status: Status
    integration: str = ""
    fields: Fields = {}
    refusal: str = ""
    options: list[str] = []
    message: VerdictMessage | None = None


class Resolved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    An accepted code.
    """

    presentation: Annotated[str, Meta(description="Handle for follow-up calls, for five minutes.")]
    expires_in: Annotated[int, Meta(ge=0, le=300, description="Seconds the handle lives.")]
    check_holder: Annotated[
        bool, Meta(description="True when the desk should compare the holder with the person.")
    ]
    person: PersonView
    verdicts: list[VerdictView]
