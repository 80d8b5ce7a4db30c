"""
What an integration says of its own context.
"""

from msgspec import Struct

Json = str | int | bool | None
Fields = dict[str, Json | list[Json | dict[str, Json]]]


class Valid(Struct, frozen=True, tag="valid"):
    """
    The context holds for this person, purpose and party.

    Attributes:
        fields: what may be shown; the wallet releases only what the manifest lists for the
            purpose, whatever stands here.
    """

    fields: Fields


class Refused(Struct, frozen=True, tag="refused"):
    """
    The context does not hold; the code is one of the manifest's catalogue.

    Attributes:
        code: stable, upper case, such as ``NOT_BOUND`` or ``CREDENTIAL_REQUIRED``.
        options: what would help, in the catalogue's words: what to show, or what to choose from.
            Never personal.
    """

    code: str
    options: tuple[str, ...] = ()


Verdict = Valid | Refused
