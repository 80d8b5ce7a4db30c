"""
What a deployment and a party configure, and what the wallet keeps for this integration.
"""

from typing import Annotated

from msgspec import Meta, field

from integrations.spi import Scene
from integrations.spi.request import Sensitive

Url = Annotated[str, Meta(pattern=r"\Ahttps?://[!-~]{1,500}\Z")]
Key = Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f]{32}\Z")]
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.-]{1,64}\Z")]
StepCode = Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]
ReturnCode = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,20}\Z")]


class Application(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    An application on record at the platform, for one institution.

    Attributes:
        app_id: as issued.
        key: 16 bytes in hexadecimal; encrypts fields (the bytes) and signs (the text).
        org_code: the institution's code at the platform.
        app_record_no: the record number (应用备案号).
        app_mode: ``appMode``; the kind of application.
    """

    app_id: Name
    key: Key
    org_code: Name
    app_record_no: Name
    app_mode: Annotated[str, Meta(pattern=r"\A[0-9]{1,2}\Z")] = "1"


class HealthCardSettings(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    The platform and the deployment's own application: it applies for residents' cards.

    Attributes:
        url: where requests are posted.
        application: the deployment's own.
        success_codes: what ``returnCode`` says of success; provinces differ.
        return_codes: the region's own return codes, each with the refusal code it means; beside
            and before the table in `rules`.
        med_step_codes: the region's step codes (``medStepCode``) where they differ from `rules`.
        timestamp_skew_seconds: how far an answer's time may be off.
    """

    url: Url
    application: Application
    success_codes: tuple[ReturnCode, ...] = ("0", "000")
    return_codes: dict[ReturnCode, Annotated[str, Meta(pattern=r"\A[A-Z_]{1,64}\Z")]] = field(
        default_factory=dict
    )
    med_step_codes: dict[Scene, StepCode] = field(default_factory=dict)
    timestamp_skew_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300


class HealthCardPartyProfile(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A party as an institution that reads codes.

    Attributes:
        application: its own.
        terminal_code: a terminal on record, in whose name codes are read.
    """

    application: Application
    terminal_code: Name


class Subject(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A binding's subject: the card.

    Attributes:
        erhc_card_no: the card's number (``erhcCardNo``, 64 characters).
        empi: the main index (``empi``, 64 characters).
    """

    erhc_card_no: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]{1,64}\Z")]
    empi: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]{1,64}\Z")]
