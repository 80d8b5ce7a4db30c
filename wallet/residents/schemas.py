"""
The wire form of residents and their sessions.
"""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from integrations.spi import Person, PersonKey
from wallet.residents.masking import age_on, masked_document, masked_name, masked_phone
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

Handle = Annotated[str, Meta(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=50,
        pattern=r"\A[^\x00-\x20\x7f](?:[^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?\Z",
        examples=["张秀英"],
    ),
]


class _Redacted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"


class DemoSignIn(_Redacted, frozen=True, kw_only=True):
    """
    Who wants to sign in, for a demonstration.
    """

    name: Name
    document_type: PersonKey
    document_number: Annotated[
        str,
        Meta(
            min_length=5,
            max_length=20,
            pattern=r"\A[0-9A-Za-z ]{5,20}\Z",
            examples=["440106195603124028"],
        ),
    ]
    phone: Annotated[
        str, Meta(max_length=11, pattern=r"\A(1[0-9]{10})?\Z", examples=["13800138000"])
    ] = ""

    def person(self) -> Person:
        """
        Return the same as a person.
        """
        return Person(
            name=self.name,
            document_type=self.document_type,
            document_number=self.document_number,
            phone=self.phone,
        )


class SessionOpened(_Redacted, frozen=True, kw_only=True):
    """
    A session: send ``Authorization: Bearer <token>``.
    """

    token: Annotated[str, Meta(max_length=120)]
    expires_at: datetime
    resident: Handle


class MaskedPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    As a desk's screen shows the resident.
    """

    name: Annotated[str, Meta(max_length=60)]
    document: Annotated[str, Meta(max_length=20)]
    phone: Annotated[str, Meta(max_length=11)]
    age: Annotated[int, Meta(ge=0, le=300)] | None


class Me(_Redacted, frozen=True, kw_only=True):
    """
    What is kept about the resident, and how others see it.
    """

    resident: Handle
    name: Name
    document_type: PersonKey
    document_number: Annotated[str, Meta(max_length=20)]
    birth_date: date | None
    sex: Annotated[str, Meta(pattern=r"\A[MFU]\Z")]
    phone: Annotated[str, Meta(max_length=11)]
    shown_to_desks: MaskedPerson


def me_view(handle: str, person: Person, today: date) -> Me:
    """
    Return the wire form of a resident for themselves.
    """
    return Me(
        resident=handle,
        name=person.name,
        document_type=person.document_type,
        document_number=person.document_number,
        birth_date=person.birth_date,
        sex=person.sex,
        phone=person.phone,
        shown_to_desks=MaskedPerson(
            name=masked_name(person.name),
            document=masked_document(person.document_number),
            phone=masked_phone(person.phone),
            age=age_on(person.birth_date, today),
        ),
    )
