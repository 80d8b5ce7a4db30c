"""
The one suite over every integration. No integration can opt out of a check.
"""

import importlib
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from integrations.conformance import asking, declaring, guessing, listening, performing
from integrations.conformance.exhibit import Exhibit
from integrations.conformance.report import (
    Finding,
    NonconformingError,
    NotApplicableError,
    Report,
)
from integrations.spi import Plugin

Check = Callable[[Plugin, Exhibit], Awaitable[None]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("id-is-folder", declaring.id_is_folder),
    ("contract-version", declaring.contract_version),
    ("closed-structs", declaring.closed_structs),
    ("bad-settings-are-refused", declaring.bad_settings),
    ("catalogue", declaring.catalogue),
    ("page-lists-refusals", declaring.page_lists_refusals),
    ("capabilities", declaring.capabilities),
    ("closes-twice", declaring.closes_twice),
    ("vector-for-each-refusal", asking.vectors),
    ("same-request-same-verdict", asking.same_twice),
    ("released-fields", asking.releases),
    ("safe-calls-are-shown", asking.safe_calls_are_shown),
    ("broken-ways-are-unavailable", asking.broken_ways),
    ("deadline", asking.keeps_its_deadline),
    ("total", guessing.total),
    ("unsafe-calls-are-shown", performing.unsafe_calls_are_shown),
    ("prepare-is-pure", performing.prepares_purely),
    ("repeating-never-doubles", performing.repeating_never_doubles),
    ("broken-ways-are-unknown", performing.broken_ways_are_unknown),
    ("lost-answers-are-unknown", performing.lost_answers_are_unknown),
    ("unlisted-status", performing.unlisted_status),
    ("scrub-is-total", guessing.scrubs_anything),
    ("transcripts-are-scrubbed", listening.transcripts),
)


class NoExhibitError(Exception):
    """
    An integration that is to be examined has no exhibit, or is not there. The text says which.
    """


async def run(plugin: Plugin, exhibit: Exhibit) -> Report:
    """
    Make every check, each with a partner started afresh.
    """
    findings = [await examine(name, check, plugin, exhibit) for name, check in CHECKS]
    return Report(integration=plugin.manifest.id, findings=tuple(findings))


async def run_by_name(plugins: Iterable[Plugin], integration_id: str) -> Report:
    """
    Make every check on one of these plugins, with the exhibit that lies beside it.

    Raises:
        NoExhibitError: there is no such plugin, or no `exhibit` module with ``exhibit()``.
    """
    for plugin in plugins:
        if plugin.manifest.id == integration_id:
            return await run(plugin, exhibit_of(plugin))
    raise NoExhibitError(f"{integration_id}: no such integration")


def exhibit_of(plugin: Plugin) -> Exhibit:
    """
    Get the exhibit that lies beside a plugin: ``exhibit()`` of the module `exhibit`.

    Raises:
        NoExhibitError: there is none.
    """
    package = type(plugin).__module__.rpartition(".")[0]
    try:
        module = importlib.import_module(f"{package}.exhibit")
        return cast("Exhibit", module.exhibit())
    except (ImportError, AttributeError) as error:
        raise NoExhibitError(f"{plugin.manifest.id}: no exhibit ({error})") from error


async def examine(name: str, check: Check, plugin: Plugin, exhibit: Exhibit) -> Finding:
    """
    Make one check; whatever a plugin raises is a finding.
    """
    try:
        await check(plugin, exhibit)
    except NonconformingError as found:
        return Finding(check=name, status="failed", detail=str(found))
    except NotApplicableError as reason:
        return Finding(check=name, status="not_applicable", detail=str(reason))
    except Exception as error:  # noqa: BLE001 - that a plugin raises is what was found
        return Finding(
            check=name, status="failed", detail=f"{type(error).__name__}: {error}"[:300]
        )
    return Finding(check=name, status="passed")
