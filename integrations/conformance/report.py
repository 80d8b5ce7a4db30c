"""
The outcome of an examination.
"""

from typing import Literal

from msgspec import Struct


class Finding(Struct, frozen=True, kw_only=True):
    """
    What one check found.

    Attributes:
        check: its name.
        status: ``not_applicable`` follows from the manifest and the capabilities alone.
        detail: why it failed, or does not apply.
    """

    check: str
    status: Literal["passed", "failed", "not_applicable"]
    detail: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """
    What the suite found of one integration.
    """

    integration: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """
        Tell whether no check failed.
        """
        return all(finding.status != "failed" for finding in self.findings)

    def render(self) -> str:
        """
        Write the report for people: one line for each check, and the sum.
        """
        marks = {"passed": "ok    ", "failed": "FAILED", "not_applicable": "-     "}
        lines = [
            f"{marks[each.status]} {each.check}" + (f": {each.detail}" if each.detail else "")
            for each in self.findings
        ]
        failed = sum(each.status == "failed" for each in self.findings)
        verdict = f"{failed} of {len(lines)} checks failed" if failed else "conforms"
        return "\n".join([*lines, f"{self.integration}: {verdict}"])


class NonconformingError(Exception):
    """
    A check found something. The text says what, without anything personal.
    """


class NotApplicableError(Exception):
    """
    A check has nothing to look at, by the manifest or for lack of the capability.
    """


def demand(holds: bool, found: str) -> None:  # noqa: FBT001
    """
    Go on if it holds.

    Raises:
        NonconformingError: it does not; `found` says what was found.
    """
    if not holds:
        raise NonconformingError(found)
