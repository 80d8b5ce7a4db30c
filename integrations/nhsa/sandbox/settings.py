"""
Which institutions the platform knows, and how strict its clocks are.
"""

import secrets
from collections.abc import Callable
from typing import Literal

import msgspec

from integrations.nhsa.sandbox.people import Person

HOSPITAL_CODE = "H44010600001"
PHARMACY_CODE = "P44010600002"


class Institution(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One designated institution and the way it reaches the platform.

    `profile` is `tif` (address ends in the transaction number, signed headers) or `single` (one
    address, unsigned). `sign_no` is a standing sign-in number; with `sign_in_required` each call
    needs it or one that 9001 gave today. `readers` are the `dev_no` of the registered card
    readers. `regional_grant` opens `/grant/ectoken`.
    """

    fixmedins_code: str
    fixmedins_name: str
    kind: Literal["hospital", "pharmacy"]
    division: str
    profile: Literal["tif", "single"]
    paasid: str
    secret: str
    sign_no: str = ""
    sign_in_required: bool = False
    readers: tuple[str, ...] = ()
    regional_grant: bool = False

    def __repr__(self) -> str:
        """
        Without the secret.
        """
        return f"Institution({self.fixmedins_code!r}, profile={self.profile!r})"


class NhsaSandboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    All that the sandbox is configured with.

    `token_key` makes codes, tokens and sign-in numbers unguessable yet reproducible.
    `distinct_infcodes` off answers every refusal with -1, as some regions do. `people` replaces
    the people of `people.json`.
    """

    institutions: tuple[Institution, ...]
    token_key: str
    skew_seconds: int = 300
    ec_code_seconds: int = 60
    ec_token_seconds: int = 1800
    distinct_infcodes: bool = True
    people: tuple[Person, ...] | None = None

    def __repr__(self) -> str:
        """
        Without the key.
        """
        return f"NhsaSandboxSettings({self.institutions!r})"


class SandboxKeys(msgspec.Struct, frozen=True):
    """
    Secrets that live as long as one run.
    """

    hospital_secret: str
    pharmacy_secret: str
    token_key: str

    def __repr__(self) -> str:
        """
        Without the secrets.
        """
        return "SandboxKeys(…)"


def make_keys(token_hex: Callable[[int], str] = secrets.token_hex) -> SandboxKeys:
    """
    Fresh secrets; `token_hex(n)` gives n random bytes in hexadecimal.
    """
    return SandboxKeys(token_hex(16), token_hex(16), token_hex(32))


def default_settings(keys: SandboxKeys | None = None) -> NhsaSandboxSettings:
    """
    The two demo institutions: a hospital behind the TIF gateway and an unsigned pharmacy.
    """
    keys = keys or make_keys()
    hospital = Institution(
        fixmedins_code=HOSPITAL_CODE,
        fixmedins_name="示范市第一人民医院",
        kind="hospital",
        division="440100",
        profile="tif",
        paasid="demo_hospital",
        secret=keys.hospital_secret,
        sign_no="440100H4401060000100000001",
        sign_in_required=True,
        readers=("RDR-0001",),
        regional_grant=True,
    )
    pharmacy = Institution(
        fixmedins_code=PHARMACY_CODE,
        fixmedins_name="示范大药房",
        kind="pharmacy",
        division="440100",
        profile="single",
        paasid="demo_pharmacy",
        secret=keys.pharmacy_secret,
        readers=("RDR-0002",),
    )
    return NhsaSandboxSettings(institutions=(hospital, pharmacy), token_key=keys.token_key)
