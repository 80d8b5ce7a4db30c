"""
What is wrong, and what to do about it. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from wallet.figures.service import IntegrationFigures, Process
from wallet.figures.words import ProcessKind
from wallet.vault.ages import KeyAge

Grade = Literal["bad", "warn"]
_ENOUGH_CALLS: Final = 10
_FAILING_SHARE: Final = 10


class Facts(Struct, frozen=True, kw_only=True):
    """
    What the overview is drawn from.

    Attributes:
        in_review: how many settlements, visits and refunds wait for a person.
        overdue: since when something has been due that nobody works on.
        integrations: how each integration did, by its id.
        processes: the processes of the deployment.
        keys: every key.
        clock_trusted: whether the clock of the process that answers keeps step.
        backup_at: of the restore that waits for an operator; None where none does.
    """

    in_review: int
    overdue: datetime | None
    integrations: Mapping[str, IntegrationFigures]
    processes: Sequence[Process]
    keys: Sequence[KeyAge]
    clock_trusted: bool
    backup_at: datetime | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """
    Something that is not as it should be.

    Attributes:
        name: of its text.
        grade: how bad it is.
        path: where to see to it.
        count: how many.
        integration_id: of which integration; empty where of none.
        since: since when, where that is known.
    """

    name: str
    grade: Grade
    path: str
    count: int = 0
    integration_id: str = ""
    since: datetime | None = None


def findings(facts: Facts) -> tuple[Finding, ...]:
    """
    Return what is wrong, the worst first.
    """
    found = (*_money(facts), *_integrations(facts), *_processes(facts), *_keys(facts))
    return tuple(sorted(found, key=lambda each: each.grade != "bad"))


def _money(facts: Facts) -> Iterator[Finding]:
    if facts.backup_at is not None:
        path = "/operator/settlements"
        yield Finding(name="restored", grade="bad", path=path, since=facts.backup_at)
    if facts.overdue is not None:
        yield Finding(name="overdue", grade="bad", path="/operator/systems", since=facts.overdue)
    if facts.in_review:
        yield Finding(name="review", grade="warn", path="/operator/review", count=facts.in_review)


def _integrations(facts: Facts) -> Iterator[Finding]:
    for integration_id, each in facts.integrations.items():
        path = f"/operator/systems#{integration_id}"
        calls = sum(each.calls.values())
        vain = calls - each.calls.get("answered", 0)
        if each.open_in:
            yield Finding(
                name="breaker",
                grade="bad",
                path=path,
                count=each.open_in,
                integration_id=integration_id,
                since=each.open_since,
            )
        elif calls >= _ENOUGH_CALLS and vain * 100 >= calls * _FAILING_SHARE:
            yield Finding(
                name="failing",
                grade="warn",
                path=path,
                count=vain,
                integration_id=integration_id,
            )


def _processes(facts: Facts) -> Iterator[Finding]:
    silent = [each for each in facts.processes if each.silent]
    working = [
        each for each in facts.processes if each.kind == ProcessKind.WORKER and not each.silent
    ]
    path = "/operator/systems#processes"
    if not facts.clock_trusted:
        yield Finding(name="clock", grade="bad", path=path)
    if not working:
        yield Finding(name="no_worker", grade="bad", path=path)
    if silent:
        yield Finding(
            name="silent",
            grade="warn",
            path=path,
            count=len(silent),
            since=min(each.seen_at for each in silent),
        )


def _keys(facts: Facts) -> Iterator[Finding]:
    old = sum(each.is_old for each in facts.keys)
    if old:
        yield Finding(name="old_key", grade="warn", path="/operator/keys", count=old)
