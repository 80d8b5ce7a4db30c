"""
Which scans are ordinary enough for the short way. Pure.
"""

from typing import Final

from codes import Accepted
from integrations.registry import Registry
from wallet.bindings.service import Binding
from wallet.devices.words import DeviceStatus
from wallet.presentations.service import Opening
from wallet.resolving.fast.rows import Device
from wallet.resolving.scans import Admitted
from wallet.resolving.snapshots import snapshot_holds

_AHEAD: Final = 1


def is_ahead(accepted: Accepted) -> bool:
    """
    Tell whether a code was made in a step that has not begun here.
    """
    return accepted.step_offset >= _AHEAD


def usable(device: Device | None, accepted: Accepted) -> bool:
    """
    Tell whether nothing stands against a device's code; the writing statement asks again.
    """
    return (
        device is not None
        and device.status == DeviceStatus.ACTIVE
        and device.enrolment_nonce == accepted.enrolment_nonce
        and device.high_water < accepted.counter
        and device.alarmed_at is None
        and (device.drift == 1 or not is_ahead(accepted))
    )


def at_hand(registry: Registry, admitted: Admitted) -> bool:
    """
    Tell whether every answer is at hand and leaves no snapshot to keep or to forget.
    """
    opening = admitted.opening
    return all(_at_hand(registry, each, opening) for each in admitted.asked().values())


def _at_hand(registry: Registry, binding: Binding, opening: Opening) -> bool:
    integration = registry.get(binding.integration_id)
    if integration is None:
        return True
    manifest = integration.manifest
    if opening.purpose in manifest.credential_purposes:
        return False
    if snapshot_holds(manifest, binding, opening.purpose, opening.opened_at):
        return True
    return manifest.local and not manifest.snapshot_ages and binding.snapshot is None
