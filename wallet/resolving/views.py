"""
What a desk gets to see of a scan.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from integrations.registry import Registry
from integrations.spi import Person
from wallet.residents.masking import age_on, masked_document, masked_name
from wallet.resolving.schemas import Message, PersonView, VerdictView
from wallet.resolving.verdicts import ContextVerdict

FULL_IDENTITY = "identity:full"

_CORE_REFUSALS: Mapping[str, Message] = {
    "NOT_BOUND": Message(zh="未关联此项服务", en="Not linked by the resident"),
    "CONSENT_REQUIRED": Message(zh="居民未同意提供", en="The resident has not consented"),
}


def person_view(person: Person, scopes: frozenset[str], today: date) -> PersonView:
    """
    Return the person masked, or in full for a terminal with the scope ``identity:full``.
    """
    age = age_on(person.birth_date, today)
    if FULL_IDENTITY not in scopes:
        return PersonView(
            masked=True,
            name=masked_name(person.name),
            document=masked_document(person.document_number),
            age=age,
        )
    return PersonView(
        masked=False,
        name=person.name,
        document=person.document_number,
        age=age,
        sex=person.sex,
        birth_date=person.birth_date.isoformat() if person.birth_date else "",
        phone=person.phone,
    )


def verdict_views(registry: Registry, verdicts: Sequence[ContextVerdict]) -> list[VerdictView]:
    """
    Return the verdicts as the desk sees them; subjects and credentials stay behind.
    """
    return [
        VerdictView(
            context=verdict.context,
            status=verdict.status,
            integration=verdict.integration_id,
            fields=verdict.fields,
            refusal=verdict.refusal,
            options=list(verdict.options),
            message=_message(registry, verdict),
        )
        for verdict in verdicts
    ]


def _message(registry: Registry, verdict: ContextVerdict) -> Message | None:
    if not verdict.refusal:
        return None
    if verdict.refusal in _CORE_REFUSALS:
        return _CORE_REFUSALS[verdict.refusal]
    integration = registry.get(verdict.integration_id)
    text = integration.manifest.refusals.get(verdict.refusal) if integration else None
    return Message(zh=text.zh, en=text.en) if text else None
