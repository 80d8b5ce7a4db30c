"""
The wire form of devices, passes and codes.

Binary values are base64url without padding (RFC 4648 §5), except the public key, which is the
base64 that WebCrypto's export and PEM have in common.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.devices.enrolment import MOST_DEVICES
from wallet.devices.topping_up import ProfileName
from wallet.devices.words import LARGEST_NUMBER, SERVER
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

ChallengeText = Annotated[
    str,
    Meta(
        pattern=TEXT_PATTERN,
        max_length=TEXT_MAX_LENGTH,
        description="Of POST /v1/devices/challenges; good once, for five minutes.",
    ),
]
PublicKeyText = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9A-Za-z+/]{122}==\Z",
        max_length=124,
        description="SubjectPublicKeyInfo (DER, base64) of an uncompressed point on P-256, or on "
        "the SM2 curve.",
    ),
]
Signature = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9A-Za-z_-]{86}\Z",
        max_length=86,
        description="base64url of r and s, 32 bytes each, as WebCrypto signs: ECDSA with SHA-256 "
        "on P-256, or SM2 with SM3.",
    ),
]
DeviceName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"\A[^\x00-\x1f\x7f]+\Z",
        description="As the resident calls it.",
        examples=["我的手机"],
    ),
]
DeviceNo = Annotated[int, Meta(ge=SERVER, le=LARGEST_NUMBER)]
EnrolledNo = Annotated[int, Meta(ge=SERVER + 1, le=LARGEST_NUMBER)]
UnixSeconds = Annotated[int, Meta(ge=0, lt=1 << 33, description="Unix time.")]


class VouchedBy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Another device's word for a new one.

    It signs three lines: ``fusion-wallet/1/vouch``, the challenge, the new public key.
    """

    device_no: EnrolledNo
    signature: Signature


class EnrolDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Enrol a device.

    Its key signs five lines, joined by line feeds, in UTF-8: ``fusion-wallet/1/enrol``, the
    challenge, the public key, the kind, the name, the last four as they are sent.
    """

    public_key: PublicKeyText
    challenge: ChallengeText
    signature: Signature
    kind: Annotated[str, Meta(pattern=r"\A(app|web)\Z", examples=["app"])]
    name: DeviceName
    vouched_by: VouchedBy | None = None

    def __repr__(self) -> str:
        """
        Show the kind only.
        """
        return f"EnrolDevice({self.kind!r}, …)"


class GetPasses(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Ask for three days of passes.

    The device's key signs five lines: ``fusion-wallet/1/passes``, the challenge, the device's
    number, the profile, the seconds of its clock.
    """

    challenge: ChallengeText
    profile: ProfileName
    clock_seconds: UnixSeconds
    signature: Signature


class ClearAlarm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Settle an alarm.

    A device that may approve signs three lines: ``fusion-wallet/1/clear-alarm``, the challenge,
    the number of the device under alarm.
    """

    challenge: ChallengeText
    signed_by: EnrolledNo
    signature: Signature


class ChallengeView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Something to sign once.
    """

    challenge: ChallengeText
    expires_at: datetime


class EnrolledDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A new device, and from when on it may approve payments.
    """

    device_no: EnrolledNo
    approves_from: datetime


class DeviceView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A device. Number 0 is the server's own, under which `GET /v1/code` makes codes.
    """

    device_no: DeviceNo
    kind: Annotated[str, Meta(pattern=r"\A(app|web|server|sheet)\Z")]
    name: Annotated[str, Meta(max_length=40)]
    status: Annotated[str, Meta(pattern=r"\A(active|frozen)\Z")]
    drift: Annotated[int, Meta(ge=-1, le=1)]
    alarmed_at: datetime | None
    approves_from: datetime | None
    enrolled_at: datetime
    last_seen_at: datetime | None


class DeviceList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The devices that are not revoked, and whether the resident has frozen them.
    """

    devices: Annotated[list[DeviceView], Meta(max_length=MOST_DEVICES + 1)]
    frozen: bool


class Seed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The device seed that belongs to a key id; a secret.
    """

    key_id: Annotated[int, Meta(ge=0, le=255)]
    seed: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_-]{43}\Z", max_length=43)]

    def __repr__(self) -> str:
        """
        Show no secret.
        """
        return "Seed(…)"


class Passes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Three days of passes, one after the other, each to be shown for `pass_seconds`.

    The first may be shown from `starts_at_seconds` on. How a code is made of them is told in
    docs/code-format.md.
    """

    header: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_-]{7}\Z", max_length=7)]
    starts_at_seconds: UnixSeconds
    pass_seconds: Annotated[int, Meta(ge=1, le=600)]
    passes: Annotated[
        list[Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_-]{54}\Z", max_length=54)]],
        Meta(min_length=1, max_length=432),
    ]
    seeds: Annotated[list[Seed], Meta(max_length=1)]
    drift: Annotated[int, Meta(ge=-1, le=1)]
    clock_offset_seconds: Annotated[
        int,
        Meta(
            ge=-(1 << 33),
            le=1 << 33,
            description="How far the device's clock is ahead; negative when behind.",
        ),
    ]
    clock_warning: Annotated[
        bool, Meta(description="The clock is off by more than a step: codes will be refused.")
    ]

    def __repr__(self) -> str:
        """
        Show no secret.
        """
        return "Passes(…)"


class Freezing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Whether the resident's devices are frozen now.
    """

    frozen: bool


class CodeView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A code to show now, and when to ask for another one.
    """

    text: Annotated[str, Meta(pattern=r"\AFW[0-9A-Z]{87}\Z", max_length=89)]
    fresh_until: datetime
    poll_after_seconds: Annotated[int, Meta(ge=1, le=30)]

    def __repr__(self) -> str:
        """
        Show nothing of the code.
        """
        return "CodeView(…)"


class BarcodeView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A numeric code for one-dimensional scanners.
    """

    digits: Annotated[str, Meta(pattern=r"\A9[0-9]{19}\Z", max_length=20)]
    expires_at: datetime

    def __repr__(self) -> str:
        """
        Show nothing of the code.
        """
        return "BarcodeView(…)"
