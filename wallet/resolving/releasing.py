"""
Which fields of an answer may be kept, and which may leave.
"""

import structlog

from integrations.spi import Fields, Manifest, Purpose

_LOG = structlog.get_logger("wallet.resolving")


def declared(manifest: Manifest, fields: Fields) -> Fields:
    """
    Return the fields that the manifest releases for any purpose.
    """
    names = {name for listed in manifest.releases.values() for name in listed}
    if not names.issuperset(fields):
        _LOG.warning("fields beyond the manifest were dropped", integration=manifest.id)
    return {name: value for name, value in fields.items() if name in names}


def released(manifest: Manifest, purpose: Purpose, fields: Fields) -> Fields:
    """
    Return the fields that the manifest releases for one purpose.
    """
    allowed = manifest.releases.get(purpose, ())
    return {name: fields[name] for name in allowed if name in fields}
