"""
What this integration gives the wallet to keep: opaque there, closed Structs here.
"""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from integrations.spi.request import Sensitive

EC_TOKEN = "01"  # noqa: S105 -- a certificate type, not a secret
ID_CARD = "02"
SOCIAL_SECURITY_CARD = "03"


class Subject(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A person at the insurer, under one of their insurances.

    Attributes:
        psn_no: person number.
        insutype: ``310`` employees, ``390`` residents, …
        insuplc_admdvs: division of the place of insurance.
    """

    psn_no: str
    insutype: str
    insuplc_admdvs: str


class Credential(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Proof of presence for one visit.

    Attributes:
        fixmedins_code: the institution it was obtained for; it counts nowhere else.
        cert_type: ``01`` ecToken, ``02`` ID card, ``03`` social-security card.
        cert_no: the token, or the number that the reader read.
        card_sn: the card's serial number, for ``03``.
        reader: the reader's registration number (``dev_no``), for cards.
        insu_org: place of insurance as the decoding said it, for tokens.
        expires: Unix seconds.
    """

    fixmedins_code: str
    cert_type: str
    cert_no: str
    card_sn: str = ""
    reader: str = ""
    insu_org: str = ""
    expires: int

    @property
    def expires_at(self) -> datetime:
        """
        The same as an aware instant.
        """
        return datetime.fromtimestamp(self.expires, UTC)


class Continuation(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Where a visit, or one settlement of it, stands.

    Attributes:
        mdtrt_id: the insurer's visit; empty when none is open.
        ipt_otp_no: our visit number.
        begntime: begin of the visit, as sent.
        psn_no, insutype, insuplc_admdvs: whose visit, under which insurance.
        batch: the batch of the last upload.
        setl_id: the live settlement; empty when there is none.
        msgids: by operation the id of the last message that was carried out.
    """

    mdtrt_id: str = ""
    ipt_otp_no: str = ""
    begntime: str = ""
    psn_no: str = ""
    insutype: str = ""
    insuplc_admdvs: str = ""
    batch: str = ""
    setl_id: str = ""
    msgids: dict[str, str] = msgspec.field(default_factory=dict)


class Message(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One message to the platform, whole; the body is sent byte for byte.
    """

    infno: str
    msgid: str
    body: Raw


class Payload(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A prepared call.

    Attributes:
        fixmedins_code: whose call it is.
        messages: in the order of sending.
        before: the visit as it stood.
        after: what holds once it was done, as far as it is known beforehand.
        lines: how many bill lines it carries.
    """

    fixmedins_code: str
    messages: tuple[Message, ...]
    before: Continuation
    after: Continuation
    lines: int = 0


_S = TypeVar("_S", Subject, Credential, Continuation, Payload)


def encode(value: Subject | Credential | Continuation | Payload) -> bytes:
    """
    Encode what the wallet keeps.
    """
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[_S]) -> _S | None:
    """
    Decode what the wallet kept; None when it is not of that kind.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def replace(value: Continuation, **changes: Any) -> Continuation:  # noqa: ANN401
    """
    Copy a continuation with changes.
    """
    return msgspec.structs.replace(value, **changes)
