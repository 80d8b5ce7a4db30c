"""The figures of a run, as they stand in docs/deployment.md."""

from tests.ha.answers import Answers
from tests.ha.drill import Figure
from tests.ha.scans import Scans
from tests.ha.settlements import Settlements

_HEAD = """
| what happened | longest pause, s | next settlement, s | scans | longest, s | shown again |
|---|--:|--:|--:|--:|---|"""


def printed(
    figures: list[Figure], answers: Answers, scans: Scans, settlements: Settlements
) -> str:
    """
    Return everything as a table and a few lines.
    """
    took = sorted(scan.took for scan in scans.accepted) or [0.0]
    statuses = ", ".join(
        f"{status}: {count}" for status, count in sorted(answers.statuses.items())
    )
    return "\n".join(
        [
            _HEAD,
            *(_row(figure) for figure in figures),
            "",
            f"scans accepted: {len(scans.accepted)}, half within {took[len(took) // 2]:.2f} s",
            f"codes too old before there was an answer: {scans.late}",
            f"settlements over: {len(settlements.done)}",
            f"answers by status: {statuses}; connections that broke: {answers.hung_up}",
        ]
    )


def _row(figure: Figure) -> str:
    again = ", ".join(f"{code} {count}" for code, count in sorted(figure.shown_again.items()))
    return (
        f"| {figure.what} | {figure.pause:.1f} | {figure.settled_again:.1f} | {figure.scans} "
        f"| {figure.waited:.1f} | {again or '–'} |"
    )
