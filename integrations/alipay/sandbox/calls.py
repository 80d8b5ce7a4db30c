"""
One admitted call: who calls what, with which business content, at what moment.
"""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from integrations.alipay.sandbox.settings import AlipayApp, AlipaySandboxSettings

Biz = TypeVar("Biz", bound=msgspec.Struct)

OutTradeNo = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]{1,64}\Z")]
"""The merchant's own number: letters, digits and underscores, at most 64."""
Text64 = Annotated[str, msgspec.Meta(max_length=64)]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    A request that passed the gateway.
    """

    app: AlipayApp
    method: str
    biz: dict[str, object]
    now: datetime
    settings: AlipaySandboxSettings
    origin: str
    """Scheme and host under which the caller reached the platform."""
    notify_url: str | None = None


def read(call: Call, form: type[Biz]) -> Biz | None:
    """
    The business content in the form its interface demands, or None when it is not.
    """
    try:
        return msgspec.convert(call.biz, form)
    except msgspec.ValidationError:
        return None
