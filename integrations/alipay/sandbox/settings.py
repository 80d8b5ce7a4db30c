"""
What the Alipay sandbox is told at start: the merchant's application, keys and time limits.
"""

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

DEMO_APP_ID = "2021000000000001"
DEMO_SELLER_ID = "2088000000000001"


class AlipayKeys(msgspec.Struct, frozen=True):
    """
    Both key pairs between one application and Alipay, as PEM text (PKCS#8, SubjectPublicKeyInfo).
    """

    merchant_private_key: str
    merchant_public_key: str
    alipay_private_key: str
    alipay_public_key: str

    def __repr__(self) -> str:
        """Name the class only: half of the fields are secret."""
        return "AlipayKeys(redacted)"


class AlipayApp(msgspec.Struct, frozen=True, kw_only=True):
    """
    One registered application.

    `methods` are the interfaces the application was granted; empty means all that are played.
    `merchant_private_key` is not needed by the sandbox: it lets one settings file configure both
    sides of a demonstration.
    """

    app_id: str
    seller_id: str
    merchant_public_key: str
    alipay_private_key: str
    alipay_public_key: str
    merchant_private_key: str | None = None
    methods: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the application only: two of the fields are secret."""
        return f"AlipayApp(app_id={self.app_id!r}, keys=redacted)"


class AlipaySandboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """
    The sandbox's settings, readable from JSON.

    `timestamp_skew_seconds` is how far a request's timestamp may be off. `tick_seconds` is how
    often trades whose time has come are moved on without a request (0: only when asked).
    `notify_retry_seconds` are the pauses before an unacknowledged notification is sent again.
    """

    apps: tuple[AlipayApp, ...]
    timestamp_skew_seconds: int = 600
    barcode_life_seconds: int = 60
    auto_close_seconds: int = 180
    bill_link_life_seconds: int = 30
    tick_seconds: float = 0.2
    notify_retry_seconds: tuple[float, ...] = (240, 600, 600, 3600, 7200, 21600, 54000)


def make_keys() -> AlipayKeys:
    """
    Two fresh RSA 2048 pairs, the merchant's and Alipay's own for that merchant.
    """
    merchant_private, merchant_public = _make_pair()
    alipay_private, alipay_public = _make_pair()
    return AlipayKeys(merchant_private, merchant_public, alipay_private, alipay_public)


def default_settings(keys: AlipayKeys | None = None) -> AlipaySandboxSettings:
    """
    The demo hospital's application, with the keys given or with fresh ones.
    """
    keys = keys or make_keys()
    app = AlipayApp(
        app_id=DEMO_APP_ID,
        seller_id=DEMO_SELLER_ID,
        merchant_public_key=keys.merchant_public_key,
        merchant_private_key=keys.merchant_private_key,
        alipay_private_key=keys.alipay_private_key,
        alipay_public_key=keys.alipay_public_key,
    )
    return AlipaySandboxSettings(apps=(app,))


def _make_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()
