"""
Imports every slice's tables, so that the metadata is whole.
"""

import wallet.bindings.models
import wallet.calls.models
import wallet.consents.models
import wallet.devices.models
import wallet.figures.models
import wallet.idempotency.models
import wallet.instances.models
import wallet.journal.models
import wallet.ledger.models
import wallet.oidc.models
import wallet.operators.models
import wallet.parties.models
import wallet.presentations.models
import wallet.residents.models
import wallet.restoring.models
import wallet.settling.models
import wallet.takings.models
import wallet.vault.models
import wallet.visiting.models
import wallet.work.models  # noqa: F401
from wallet.db import floor
from wallet.db.tables import metadata

__all__ = ("floor", "metadata")
