"""
The suite finds what it is there to find: a till with one flaw at a time.
"""

from pathlib import Path

import pytest

from integrations.conformance import CHECKS, NoExhibitError, exhibit_of, run
from integrations.conformance.suite import examine
from tests.unit.integrations.conformance.till.exhibit import TillExhibit
from tests.unit.integrations.conformance.till.plugin import TillPlugin

FLAWS = {
    "other_id": "id-is-folder",
    "other_version": "contract-version",
    "open_settings": "closed-structs",
    "soft_settings": "closed-structs",
    "settings_fault": "bad-settings-are-refused",
    "settings_echo": "bad-settings-are-refused",
    "no_chinese": "catalogue",
    "lower_code": "catalogue",
    "no_page": "page-lists-refusals",
    "short_page": "page-lists-refusals",
    "no_decoder": "capabilities",
    "no_credentials": "capabilities",
    "claims_local": "capabilities",
    "other_manifest": "capabilities",
    "closes_once": "closes-twice",
    "unshown_code": "vector-for-each-refusal",
    "nothing_valid": "vector-for-each-refusal",
    "wrong_expectation": "vector-for-each-refusal",
    "moody": "same-request-same-verdict",
    "releases_more": "released-fields",
    "unshown_method": "safe-calls-are-shown",
    "believes": "broken-ways-are-unavailable",
    "raises_aiohttp": "broken-ways-are-unavailable",
    "error_names_card": "broken-ways-are-unavailable",
    "patient": "deadline",
    "noise": "total",
    "unlisted_code": "total",
    "unshown_unsafe": "unsafe-calls-are-shown",
    "impure": "prepare-is-pure",
    "key_in_payload": "prepare-is-pure",
    "other_name": "prepare-is-pure",
    "doubles": "repeating-never-doubles",
    "denies_repeat": "repeating-never-doubles",
    "gives_up": "broken-ways-are-unknown",
    "assumes": "broken-ways-are-unknown",
    "query_assumes": "broken-ways-are-unknown",
    "denies_lost": "lost-answers-are-unknown",
    "query_denies": "lost-answers-are-unknown",
    "unlisted_is_done": "unlisted-status",
    "scrub_grows": "scrub-is-total",
    "scrub_nothing": "transcripts-are-scrubbed",
    "observes_raw": "transcripts-are-scrubbed",
    "observes_nothing": "transcripts-are-scrubbed",
    "names_nobody": "transcripts-are-scrubbed",
}


class TestRun:
    async def test_flawless(self):
        """
        A till without a flaw conforms.
        """
        report = await run(TillPlugin(), TillExhibit())

        assert report.passed, report.render()

    @pytest.mark.parametrize(("flaw", "check"), FLAWS.items(), ids=list(FLAWS))
    async def test_flaw(self, flaw, check):
        """
        Each flaw is found by the check that is there for it.
        """
        finding = await examine(check, dict(CHECKS)[check], TillPlugin(flaw), TillExhibit(flaw))

        assert ("failed", True) == (finding.status, bool(finding.detail))

    def test_every_check_can_fail(self):
        """
        No check is without a flaw that it finds.
        """
        assert {name for name, _ in CHECKS} == set(FLAWS.values())

    async def test_report_of_a_failure(self):
        """
        A report with a failed check says so in its last line.
        """
        report = await run(TillPlugin("short_page"), TillExhibit("short_page"))

        assert not report.passed
        assert "till: 1 of 23 checks failed" == report.render().splitlines()[-1]
        assert "FAILED page-lists-refusals: the page lacks NOT_OFFERED" in report.render()


class TestExhibitOf:
    def test_none(self):
        """
        A plugin without an exhibit beside it is named.
        """

        class Alone:
            manifest = TillPlugin().manifest

        with pytest.raises(NoExhibitError, match="till: no exhibit"):
            exhibit_of(Alone())


class TestPage:
    @pytest.mark.parametrize("name", [name for name, _ in CHECKS])
    def test_names_every_check(self, name):
        """
        The page for authors explains every check.
        """
        page = Path(__file__).parents[4] / "docs" / "writing-an-integration.md"

        assert f"| `{name}` |" in page.read_text()
