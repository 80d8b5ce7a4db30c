"""
What may still leave once consent and bindings were read again. Pure.
"""

from collections.abc import Collection

import msgspec

from wallet.bindings.service import Binding
from wallet.presentations.service import Answered
from wallet.resolving.verdicts import ContextVerdict
from wallet.resolving.words import CONSENT_REQUIRED, NOT_BOUND, SHOWN_BY_CODE, Status


def withheld(context: str, binding: Binding) -> ContextVerdict:
    """
    Return the verdict of a context that the resident does not let this party see.
    """
    return ContextVerdict(
        context=context,
        integration_id=binding.integration_id,
        binding=binding,
        status=Status.REFUSED,
        refusal=CONSENT_REQUIRED,
    )


def standing(
    verdict: ContextVerdict, allowed: Collection[str], live: Collection[int]
) -> ContextVerdict:
    """
    Return a verdict as it may leave now.

    Args:
        verdict: as it was given.
        allowed: contexts that the resident lets this party see.
        live: ids of the bindings that have not ended.
    """
    binding = verdict.binding
    if binding is None or binding.binding_id == SHOWN_BY_CODE:
        return verdict
    if binding.binding_id not in live:
        return msgspec.structs.replace(
            verdict,
            status=Status.REFUSED,
            fields={},
            refusal=NOT_BOUND,
            options=(),
            credential=b"",
            fresh=None,
        )
    return verdict if verdict.context in allowed else withheld(verdict.context, binding)


def answered(verdict: ContextVerdict) -> Answered:
    """
    Return what is kept of a verdict with its presentation.
    """
    valid = verdict.status is Status.VALID
    unavailable = verdict.status is Status.UNAVAILABLE
    return Answered(
        context=verdict.context,
        integration_id=verdict.integration_id,
        binding_id=(verdict.binding.binding_id or None) if verdict.binding else None,
        valid=valid,
        refusal=Status.UNAVAILABLE.name if unavailable else verdict.refusal,
        subject=verdict.binding.subject if verdict.binding and valid else "",
        credential=verdict.credential if valid else b"",
    )
