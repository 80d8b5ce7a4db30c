"""
What a deployment and a party configure, and what the wallet keeps for this integration.
"""

from typing import Annotated

from msgspec import Meta

from integrations.spi.request import Sensitive

Url = Annotated[str, Meta(pattern=r"\Ahttps?://[!-~]{1,500}\Z")]
OptionalUrl = Annotated[str, Meta(pattern=r"\A(https?://[!-~]{1,500})?\Z")]
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_|.-]{1,64}\Z")]
OptionalName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_|.-]{0,64}\Z")]
Pem = Annotated[str, Meta(min_length=64, max_length=8_000)]
OptionalPem = Annotated[str, Meta(max_length=8_000)]


class AlipaySettings(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    The deployment's own application at Alipay: it signs up residents.

    Attributes:
        gateway_url: the gateway that answers all methods.
        app_id: the application's id.
        private_key_pem: our RSA private key (2048 bits).
        alipay_public_key_pem: verifies what Alipay sends to this application.
        sign_page_url: Alipay's page on which a resident signs the agreement.
        notify_url: where Alipay sends its notifications, or empty.
        personal_product_code: product of the agreement.
        sign_scene: scene of the agreement, as arranged with Alipay.
        single_limit_minor: the most that one charge by agreement may take, as arranged with
            Alipay; holds where an agreement's own ``single_quota`` is not told. 0: no limit.
    """

    gateway_url: Url
    app_id: Name
    private_key_pem: Pem
    alipay_public_key_pem: Pem
    sign_page_url: Url
    notify_url: OptionalUrl = ""
    personal_product_code: Name = "GENERAL_WITHHOLDING_P"
    sign_scene: Name = "INDUSTRY|MEDICAL"
    single_limit_minor: Annotated[int, Meta(ge=0, le=10_000_000_000)] = 0


class AlipayPartyProfile(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A party as merchant of record.

    Attributes:
        seller_id: its merchant number (``2088…``).
        store_id: its store number at Alipay, or empty.
        app_id: its own application, or empty when it was registered under the deployment's. The
            keys are given exactly when this is.
        private_key_pem: RSA private key of its own application.
        alipay_public_key_pem: verifies what Alipay sends to that application.
    """

    seller_id: Name
    store_id: OptionalName = ""
    app_id: OptionalName = ""
    private_key_pem: OptionalPem = ""
    alipay_public_key_pem: OptionalPem = ""


class Application(Sensitive, frozen=True, kw_only=True):
    """
    One application at Alipay, with the keys of both sides.
    """

    app_id: str
    private_key_pem: str
    alipay_public_key_pem: str


class Agreement(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A binding's subject: the agreement by which a resident is charged.
    """

    agreement_no: Name


class Call(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    An unsafe call as the wallet commits it; every repetition sends exactly this.

    Attributes:
        method: Alipay's method.
        biz_content: the business parameters, the text that is sent.
        out_trade_no: our number of the trade.
        out_request_no: our number of the refund, or empty.
        amount_minor: what is charged or refunded; 0 for a cancel.
        by_code: whether a scanned payment code is used up by it.
    """

    method: str
    biz_content: str
    out_trade_no: str
    out_request_no: str = ""
    amount_minor: int = 0
    by_code: bool = False


class Memory(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A continuation: what is remembered of a charge.
    """

    trade_no: str = ""


def application_of(
    settings: AlipaySettings, profile: AlipayPartyProfile | None = None
) -> Application:
    """
    Name the application that calls: the party's own where it has one.
    """
    if profile is not None and profile.app_id:
        return Application(
            app_id=profile.app_id,
            private_key_pem=profile.private_key_pem,
            alipay_public_key_pem=profile.alipay_public_key_pem,
        )
    return Application(
        app_id=settings.app_id,
        private_key_pem=settings.private_key_pem,
        alipay_public_key_pem=settings.alipay_public_key_pem,
    )
