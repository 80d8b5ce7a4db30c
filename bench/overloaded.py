"""
What a run under overload is told as, and which of its targets were missed.
"""

from typing import Final

from msgspec import Struct

GOODPUT: Final = 0.8
RECOVERY_SECONDS: Final = 30.0
_REFUSED_MS: Final = 100.0
_FINISHING_MS: Final = 1000.0


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of the overload.
        times: the peak.
        residents: who show codes; each has eight in a step of 30 s.
        cashiers: who finish payments at once.
        connections: of the flood.
        calm_seconds: of the measuring of the peak, and of looking whether it recovers.
        proxy: have nginx in front, which hands on twice the peak.
    """

    seconds: int
    times: int = 10
    residents: int = 6000
    cashiers: int = 4
    connections: int = 512
    calm_seconds: int = 10
    proxy: bool = True


class Told(Struct, frozen=True, kw_only=True):
    """
    One run. Rates are accepted scans per second, times in milliseconds unless named otherwise.
    """

    peak: float
    offered: float
    goodput: float
    accepted_p99_ms: float
    refused_p50_ms: float
    refused_p99_ms: float
    unexplained: int
    calm_finishing_p99_ms: float
    finishing_p99_ms: float
    finished: int
    put_off: int
    recovery_seconds: float
    client_cpu: float
    dry: int
    statuses: dict[str, int]
    failed: list[str]

    @property
    def share(self) -> float:
        """
        Goodput under overload by the peak.
        """
        return self.goodput / max(self.peak, 1e-9)

    def missed(self) -> list[str]:
        """
        Name the targets that were missed.
        """
        held = {
            "goodput": self.share >= GOODPUT,
            "refusals": self.refused_p99_ms < _REFUSED_MS and not self.unexplained,
            "finishing": 0 < self.finishing_p99_ms < _FINISHING_MS,
            "recovery": self.recovery_seconds < RECOVERY_SECONDS,
        }
        return [name for name, reached in held.items() if not reached]


def table(told: Told, plan: Plan) -> str:
    """
    Return a run as Markdown; it reads well on a terminal too.
    """
    rows = (
        ("peak, accepted scans per second", f"{told.peak:.0f}", ""),
        ("offered under overload, per second", f"{told.offered:.0f}", ""),
        ("goodput under overload ÷ peak", f"{told.share:.2f}", f"≥ {GOODPUT}"),
        ("p99 of accepted scans, ms", f"{told.accepted_p99_ms:.0f}", ""),
        ("p50 of refusals, ms", f"{told.refused_p50_ms:.0f}", ""),
        ("p99 of refusals, ms", f"{told.refused_p99_ms:.0f}", f"< {_REFUSED_MS:.0f}"),
        ("p99 of finishing payments at the peak, ms", f"{told.calm_finishing_p99_ms:.0f}", ""),
        (
            "p99 of finishing payments, ms",
            f"{told.finishing_p99_ms:.0f}",
            f"< {_FINISHING_MS:.0f}",
        ),
        ("payments finished in the whole run", f"{told.finished}", ""),
        ("finishing calls that were refused at first", f"{told.put_off}", ""),
        ("recovery, s", f"{told.recovery_seconds:.0f}", f"< {RECOVERY_SECONDS:.0f}"),
        ("client, share of a core", f"{told.client_cpu:.2f}", ""),
    )
    lines = ["| what | measured | target |", "|---|--:|--:|"]
    lines += [f"| {name} | {value} | {target} |" for name, value, target in rows]
    how = f"{plan.seconds} s, {plan.connections} connections, {plan.residents} residents, "
    how += "nginx in front, " if plan.proxy else "no proxy, "
    how += f"{plan.cashiers} cashiers; answers {told.statuses}"
    if told.dry:
        how += f"; the client ran out of codes {told.dry} times: ask for more residents"
    if told.failed:
        how += f"; cashiers met {sorted(set(told.failed))}"
    verdict = ", ".join(told.missed())
    return "\n".join(
        [*lines, "", how, f"missed: {verdict}" if verdict else "every target met", ""]
    )
