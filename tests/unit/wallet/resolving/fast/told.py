"""What a wallet's tables hold of one resident, without what is random."""

import msgspec
from sqlmodel import select

from wallet.bindings.models import BindingRow
from wallet.devices.models import DeviceRow, UsedCounterRow
from wallet.idempotency.models import IdempotencyRow
from wallet.presentations.models import AnswerRow, PresentationRow
from wallet.residents.models import ResidentRow
from wallet.resolving.replays import ROUTE
from wallet.vault import Place

_RANDOM = {
    "resident_id",
    "presentation_id",
    "binding_id",
    "party_id",
    "terminal_id",
    "target_resident_id",
    "target_id",
    "entry_id",
    "enrolment_nonce",
    "public_key",
    "name",
    "fingerprint",
    "response",
    "subject",
    "label",
    "snapshot",
    "credential",
    "person",
}


def known(row, places):
    """
    Return a row's telling columns; of the others, whether there is anything, and whose it is.
    """
    told = {}
    for name, value in row.model_dump().items():
        if name not in _RANDOM:
            told[name] = value
        elif name in {"party_id", "terminal_id"}:
            told[name] = places.get(value, value)
        else:
            told[name] = value is not None
    return told


async def everything(region, resident_id, places):
    """
    Return all that was written, in an order that does not depend on ids.

    Args:
        region: whose database.
        resident_id: whose journal.
        places: a name for each party's and terminal's id.
    """
    models = (
        ResidentRow,
        DeviceRow,
        UsedCounterRow,
        BindingRow,
        PresentationRow,
        AnswerRow,
        IdempotencyRow,
    )
    written = {}
    async with region.database.reading() as session:
        for model in models:
            rows = (await session.execute(select(model))).scalars().all()
            written[model.__tablename__] = sorted(
                (known(row, places) for row in rows), key=lambda row: repr(sorted(row.items()))
            )
        keys = (await session.execute(select(IdempotencyRow))).scalars().all()
    written["responses"] = sorted(
        (row.key, response(region, row)) for row in keys if row.response is not None
    )
    written["journal"] = sorted(
        repr(entry_of(entry, places)) for entry in await region.journal(resident_id)
    )
    return written


def entry_of(entry, places):
    """
    Return what an entry of the journal tells.
    """
    told = msgspec.structs.asdict(entry)
    told["party_id"] = places.get(entry.party_id, entry.party_id)
    told["terminal_id"] = places.get(entry.terminal_id, entry.terminal_id)
    told["presentation_id"] = entry.presentation_id is not None
    del told["resident_id"]
    return sorted(told.items())


def response(region, row):
    """
    Return a stored answer without its handle.
    """
    place = Place("idempotency", "response", f"{row.party_id}|{ROUTE}|{row.key}")
    plain = region.vault.decrypt_deployment(place, row.response)
    return {**msgspec.json.decode(plain), "presentation": ""}
