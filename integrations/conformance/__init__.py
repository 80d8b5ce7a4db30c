"""
The conformance suite: what every integration is examined for, in the tree and outside it.
"""

from integrations.conformance.exhibit import (
    Bench,
    Clock,
    Exhibit,
    Refusal,
    Safe,
    Stage,
    Unsafe,
    Validation,
)
from integrations.conformance.report import Finding, Report
from integrations.conformance.serving import Sandbox, serving
from integrations.conformance.suite import CHECKS, NoExhibitError, exhibit_of, run, run_by_name

__all__ = (
    "CHECKS",
    "Bench",
    "Clock",
    "Exhibit",
    "Finding",
    "NoExhibitError",
    "Refusal",
    "Report",
    "Safe",
    "Sandbox",
    "Stage",
    "Unsafe",
    "Validation",
    "exhibit_of",
    "run",
    "run_by_name",
    "serving",
)
