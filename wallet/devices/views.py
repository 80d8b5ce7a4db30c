"""
From values to the wire form of devices, passes and codes.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from wallet.devices.barcodes import Barcode
from wallet.devices.enrolment import Enrolled
from wallet.devices.keeping import Device
from wallet.devices.schemas import (
    BarcodeView,
    CodeView,
    DeviceList,
    DeviceView,
    EnrolledDevice,
    Passes,
    Seed,
)
from wallet.devices.showing import Shown
from wallet.devices.topping_up import ToppedUp
from wallet.devices.words import DeviceStatus


def enrolled_view(enrolled: Enrolled) -> EnrolledDevice:
    """
    Return the wire form of a new device.
    """
    return EnrolledDevice(device_no=enrolled.device_no, approves_from=enrolled.approves_from)


def device_list(devices: Sequence[Device]) -> DeviceList:
    """
    Return the wire form of a resident's devices.
    """
    return DeviceList(
        devices=[
            DeviceView(
                device_no=device.device_no,
                kind=device.kind,
                name=device.name,
                status=device.status,
                drift=device.drift,
                alarmed_at=device.alarmed_at,
                approves_from=device.approves_from,
                enrolled_at=device.created_at,
                last_seen_at=device.last_seen_at,
            )
            for device in devices
        ],
        frozen=any(device.status == DeviceStatus.FROZEN for device in devices),
    )


def passes_view(topped_up: ToppedUp) -> Passes:
    """
    Return the wire form of a top-up.
    """
    top_up = topped_up.top_up
    first = top_up.passes[0]
    window = first.window
    return Passes(
        header=_text(first.header),
        starts_at_seconds=window.starts_at_seconds,
        pass_seconds=window.expires_at_seconds - window.starts_at_seconds,
        passes=[_text(issued.sealed) for issued in top_up.passes],
        seeds=[Seed(key_id=key_id, seed=_text(seed)) for key_id, seed in top_up.seeds.items()],
        drift=topped_up.drift,
        clock_offset_seconds=topped_up.clock_offset_seconds,
        clock_warning=topped_up.clock_warning,
    )


def code_view(shown: Shown) -> CodeView:
    """
    Return the wire form of a server-made code.
    """
    return CodeView(
        text=shown.text,
        fresh_until=shown.fresh_until,
        poll_after_seconds=shown.poll_after_seconds,
    )


def barcode_view(barcode: Barcode) -> BarcodeView:
    """
    Return the wire form of a numeric code.
    """
    return BarcodeView(digits=barcode.code.digits, expires_at=barcode.expires_at)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
