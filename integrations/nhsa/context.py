"""
What a deployment and a party configure, and the facts of one call's own context.
"""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

from msgspec import Meta, field

from integrations.spi.request import Sensitive

INTEGRATION_ID = "nhsa"
CHINA = timezone(timedelta(hours=8))
"""China Standard Time; the platform knows no other and no daylight saving."""

_YEARS = range(1970, 2200)

Url = Annotated[str, Meta(pattern=r"\Ahttps?://[^\s?#]+\Z", max_length=300)]
OptionalUrl = Annotated[str, Meta(pattern=r"\A(https?://[^\s?#]+)?\Z", max_length=300)]
InstitutionCode = Annotated[str, Meta(pattern=r"\A[A-Z][0-9]{11}\Z")]
Division = Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]


class TifGateway(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="tif"):
    """
    The signed gateway; the transaction number is the last step of the path.

    Attributes:
        url: base address, without the transaction number.
        paasid: the institution's account at the gateway.
        secret: signs each request.
    """

    url: Url
    paasid: Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{1,100}\Z")]
    secret: Annotated[str, Meta(min_length=1, max_length=200)]


class SingleUrlGateway(
    Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="single_url"
):
    """
    One unsigned address for every transaction; only the body names the transaction.
    """

    url: Url


Gateway = TifGateway | SingleUrlGateway


class InstitutionProfile(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One designated institution (定点医药机构) towards the platform; a party's profile.

    Attributes:
        fixmedins_code, fixmedins_name: as the insurance bureau registered it.
        admvs: medical-insurance division of the place of treatment.
        gateway: how the platform is reached.
        sign_no: standing sign-in number (9001), or empty where the region has none.
        recer_sys_code: receiving system.
        readers: registration numbers (``dev_no``) of its card readers.
        ec_query_url: decodes a scanned 医保码; empty where it is not offered.
        regional_grant: the insurance bureau granted that a resolved fused code counts.
        grant_url: where the grant is asked.
        caty: department class (``caty``) where `caty_of_department` has none.
        caty_of_department: class by department code.
        operator: who calls where no desk is involved (linking, verdicts).
        operator_name: its name.
        opter_type: ``1`` staff, ``2`` self-service, ``3`` mobile.
        psn_setlway: settlement way (``psn_setlway``).
        ec_token_seconds: assumed life of an ecToken whose answer names none.
        card_seconds: how long a read card counts as present.
        answer_signature: what to do with an answer that claims a signature (``signtype``,
            ``cainfo``); no source says how to verify one, so it is ``refused`` unless the region
            is known to fill these fields without meaning (``ignored``).
    """

    fixmedins_code: InstitutionCode
    fixmedins_name: Annotated[str, Meta(min_length=1, max_length=200)]
    admvs: Division
    gateway: Gateway
    sign_no: Annotated[str, Meta(max_length=30)] = ""
    recer_sys_code: Annotated[str, Meta(min_length=1, max_length=10)] = "YBXT"
    readers: tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...] = ()
    ec_query_url: OptionalUrl = ""
    regional_grant: bool = False
    grant_url: OptionalUrl = ""
    caty: Annotated[str, Meta(min_length=1, max_length=6)] = "A03"
    caty_of_department: dict[str, Annotated[str, Meta(min_length=1, max_length=6)]] = field(
        default_factory=dict
    )
    operator: Annotated[str, Meta(min_length=1, max_length=30)] = "wallet"
    operator_name: Annotated[str, Meta(min_length=1, max_length=50)] = "融合码"
    opter_type: Annotated[str, Meta(pattern=r"\A[123]\Z")] = "1"
    psn_setlway: Annotated[str, Meta(min_length=1, max_length=6)] = "01"
    ec_token_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 600
    card_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 1_800
    answer_signature: Literal["refused", "ignored"] = "refused"

    @property
    def grants(self) -> bool:
        """
        Tell whether a resolved fused code can become an ecToken here.
        """
        return self.regional_grant and bool(self.grant_url)


class NhsaSettings(Sensitive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One deployment's settings.

    Attributes:
        linking: the institution in whose name residents are linked and proved; linking needs
            its regional grant. None switches both off.
        infcodes: the region's own result codes, each with the catalogue code it means; beside
            the table in `rules`.
    """

    linking: InstitutionProfile | None = None
    infcodes: dict[Annotated[str, Meta(pattern=r"\A-?[0-9]{1,4}\Z")], str] = field(
        default_factory=dict
    )


def china_compact(at: datetime) -> str:
    """
    Write an instant as ``yyyyMMddHHmmss``, China Standard Time.
    """
    return at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def china_time(at: datetime) -> str:
    """
    Write an instant as ``yyyy-MM-dd HH:mm:ss``, China Standard Time.
    """
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def from_china(text: str) -> datetime | None:
    """
    Read ``yyyy-MM-dd HH:mm:ss``, China Standard Time, as an aware instant; None for another text.

    A year that nothing can have happened in is none: near the ends of the calendar there is no
    day before or after, or no UTC.
    """
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    return local if local.year in _YEARS else None
