"""
How old an answer may be that stands in for a new one. Pure.
"""

from datetime import datetime, timedelta

from integrations.spi import Manifest, Purpose
from wallet.bindings.service import Binding


def snapshot_holds(manifest: Manifest, binding: Binding, purpose: Purpose, now: datetime) -> bool:
    """
    Tell whether the last validated answer may stand in for a new one.
    """
    most = manifest.snapshot_ages.get(purpose)
    if most is None or binding.snapshot is None:
        return False
    # one from the future was taken before the clock was set back: how old it is nobody knows
    return timedelta() <= now - binding.snapshot.validated_at <= timedelta(seconds=most)
