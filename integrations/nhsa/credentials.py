"""
What counts as presence at an institution, and what to show instead. Pure.
"""

from datetime import datetime
from typing import Any

from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.memory import ID_CARD, SOCIAL_SECURITY_CARD, Credential, decode
from integrations.spi import CardRead, Refused

_CARDS = {"id_card": ID_CARD, "social_security_card": SOCIAL_SECURITY_CARD}


def what_to_show(profile: InstitutionProfile) -> tuple[str, ...]:
    """
    Say what would be a credential at this institution.
    """
    cards = ("id_card", "social_security_card") if profile.readers else ()
    return ("nhsa_ec", *cards) if profile.ec_query_url or not cards else cards


def present_credential(
    data: bytes, now: datetime, profile: InstitutionProfile
) -> Credential | Refused:
    """
    Read a credential that the wallet kept; it must be this institution's and still alive.
    """
    credential = decode(data, Credential)
    if credential is None or credential.fixmedins_code != profile.fixmedins_code:
        return Refused("CREDENTIAL_REQUIRED", what_to_show(profile))
    if credential.expires_at <= now:
        return Refused("CREDENTIAL_EXPIRED", what_to_show(profile))
    return credential


def read_card(profile: InstitutionProfile, card: CardRead, now: datetime) -> Credential | Refused:
    """
    Turn a card that a registered reader of this institution read into a credential.
    """
    kind = _CARDS.get(card.card)
    if card.reader not in profile.readers or kind is None or not card.number:
        return Refused("CREDENTIAL_REFUSED", what_to_show(profile))
    if kind == SOCIAL_SECURITY_CARD and not card.serial:
        return Refused("CREDENTIAL_REFUSED", what_to_show(profile))
    return Credential(
        fixmedins_code=profile.fixmedins_code,
        cert_type=kind,
        cert_no=card.number.upper(),
        card_sn=card.serial if kind == SOCIAL_SECURITY_CARD else "",
        reader=card.reader,
        expires=int(now.timestamp()) + profile.card_seconds,
    )


def credential_fields(credential: Credential) -> dict[str, Any]:
    """
    Name a credential in the fields that 1101, 2201, 2206 and 2207 share.
    """
    return {
        "mdtrt_cert_type": credential.cert_type,
        "mdtrt_cert_no": credential.cert_no,
        "card_sn": credential.card_sn,
    }
