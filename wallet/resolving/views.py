"""
What a desk gets to see of a scan.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

from integrations.registry import Registry
from integrations.spi import Person
from wallet.residents.masking import age_on, masked_document, masked_name
from wallet.resolving.schemas import PersonView, VerdictMessage, VerdictView
from wallet.resolving.verdicts import ContextVerdict
from wallet.resolving.words import CONSENT_REQUIRED, NOT_BOUND, Status

FULL_IDENTITY: Final = "identity:full"
_CHINA: Final = timezone(timedelta(hours=8))
_MASKED: Final = frozenset({"name", "document"})

_UNAVAILABLE: Final = VerdictMessage(zh="暂时无法查询", en="Does not answer now")
_CORE_REFUSALS: Mapping[str, VerdictMessage] = {
    NOT_BOUND: VerdictMessage(zh="未关联此项服务", en="Not linked by the resident"),
    CONSENT_REQUIRED: VerdictMessage(zh="居民未同意提供", en="The resident has not consented"),
}


def person_view(person: Person, scopes: frozenset[str], now: datetime) -> PersonView:
    """
    Return the person masked, or in full for a terminal with the scope ``identity:full``.

    The age is reckoned by the date in China.
    """
    age = age_on(person.birth_date, now.astimezone(_CHINA).date())
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


def told_of(view: PersonView) -> tuple[str, ...]:
    """
    Return the names of what a view tells of the person, for the journal.
    """
    given = {name: getattr(view, name) for name in view.__struct_fields__ if name != "masked"}
    return tuple(
        f"person.masked_{name}" if view.masked and name in _MASKED else f"person.{name}"
        for name, value in given.items()
        if value not in ("", None)
    )


def refused_view(view: VerdictView, refusal: str) -> VerdictView:
    """
    Return what is left of a verdict that may not leave any more.
    """
    return VerdictView(
        context=view.context,
        status=Status.REFUSED,
        integration=view.integration,
        refusal=refusal,
        message=_CORE_REFUSALS[refusal],
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


def _message(registry: Registry, verdict: ContextVerdict) -> VerdictMessage | None:
    if verdict.status is Status.UNAVAILABLE:
        return _UNAVAILABLE
    if not verdict.refusal:
        return None
    if verdict.refusal in _CORE_REFUSALS:
        return _CORE_REFUSALS[verdict.refusal]
    integration = registry.get(verdict.integration_id)
    text = integration.manifest.refusals.get(verdict.refusal) if integration else None
    return VerdictMessage(zh=text.zh, en=text.en) if text else None
