"""
What the health-card sandbox is told at start: applications, their keys, and time limits.
"""

import secrets
from typing import Annotated

import msgspec

Key = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Fa-f]{32}\Z")]
"""A key of 16 bytes in hexadecimal: SM4 takes the bytes, SM3 signing the text as issued."""

DEMO_APP_ID = "60D0A1B2C3D4E5F60718293A4B5C6D7E"
DEMO_ORG_CODE = "DEMO00020100000001"
DEMO_APP_RECORD_NO = "4401A0001DEMO0001"
DEMO_TERMINALS = ("T0001", "T0002")


class HealthCardKeys(msgspec.Struct, frozen=True):
    """
    The application's key, and the platform's own for the dynamic part of its codes.
    """

    app_key: Key
    qr_key: Key

    def __repr__(self) -> str:
        """Name the class only: all fields are secret."""
        return "HealthCardKeys(redacted)"


class HealthCardApp(msgspec.Struct, frozen=True, kw_only=True):
    """
    One application of one institution, as the platform has it on record.
    """

    app_id: str
    key: Key
    org_code: str
    app_record_no: str
    terminal_codes: tuple[str, ...]

    def __repr__(self) -> str:
        """Name the application only: its key is secret."""
        return f"HealthCardApp(app_id={self.app_id!r}, key=redacted)"


class HealthCardSandboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """
    The sandbox's settings, readable from JSON.

    `success_code` is what `returnCode` says of success: `"0"` here, `"000"` in another province,
    the number 0 in a third reading. `nonce_once` refuses a `nonceStr` seen before within the
    timestamp's window.
    """

    apps: tuple[HealthCardApp, ...]
    qr_key: Key
    success_code: str | int = "0"
    timestamp_skew_seconds: int = 300
    nonce_once: bool = True
    qr_life_seconds: int = 300

    def __repr__(self) -> str:
        """Name the applications only: the rest holds a secret."""
        return f"HealthCardSandboxSettings(apps={self.apps!r}, redacted)"


def make_keys() -> HealthCardKeys:
    """
    Fresh keys.
    """
    return HealthCardKeys(secrets.token_hex(16).upper(), secrets.token_hex(16).upper())


def default_settings(keys: HealthCardKeys | None = None) -> HealthCardSandboxSettings:
    """
    The demo hospital's application, with the keys given or with fresh ones.
    """
    keys = keys or make_keys()
    app = HealthCardApp(
        app_id=DEMO_APP_ID,
        key=keys.app_key,
        org_code=DEMO_ORG_CODE,
        app_record_no=DEMO_APP_RECORD_NO,
        terminal_codes=DEMO_TERMINALS,
    )
    return HealthCardSandboxSettings(apps=(app,), qr_key=keys.qr_key)
