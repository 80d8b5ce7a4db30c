"""
One admitted call, and reading its body.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from integrations.health_card.sandbox.answers import Datas, Refusal
from integrations.health_card.sandbox.books import Books
from integrations.health_card.sandbox.crypto import decrypt, encrypt
from integrations.health_card.sandbox.settings import HealthCardApp, HealthCardSandboxSettings

Form = TypeVar("Form", bound=msgspec.Struct)
Method = Callable[[Books, "Call"], Datas | Refusal]

ENCRYPTED = frozenset(
    {"name", "idCode", "phone", "linkman", "telephone", "motherName", "motherIdCode"}
)
"""The fields of a body that travel under SM4."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    A request that passed the envelope's checks; `body` is as it was sent.
    """

    app: HealthCardApp
    method: str
    body: dict[str, str]
    now: datetime
    settings: HealthCardSandboxSettings

    def __repr__(self) -> str:
        """Name the method only."""
        return f"Call(method={self.method!r}, redacted)"


def read(call: Call, form: type[Form]) -> Form | Refusal:
    """
    The body in the form its method demands, its encrypted fields opened.
    """
    opened = dict(call.body)
    for name in ENCRYPTED & opened.keys():
        text = decrypt(opened[name], call.app.key) if opened[name] else ""
        if text is None:
            return Refusal("1011")
        opened[name] = text
    try:
        return msgspec.convert(opened, form)
    except msgspec.ValidationError:
        missing = {field.encode_name for field in msgspec.structs.fields(form) if field.required}
        return Refusal("1002" if missing <= {name for name in opened if opened[name]} else "1001")


def sealed_fields(datas: Datas, key: str) -> Datas:
    """
    Data with its personal fields under SM4.
    """
    return {
        name: encrypt(value, key) if name in ENCRYPTED and isinstance(value, str) else value
        for name, value in datas.items()
    }
