"""What result codes mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.manifest import MANIFEST
from integrations.nhsa.rules import (
    ALREADY_SO,
    IN_DOUBT,
    IN_DOUBT_WORDS,
    REFUSALS,
    SCENES,
    AlreadySo,
    Done,
    Doubtful,
    Refuses,
    read_result,
)
from integrations.spi import Scene

OPERATIONS = (
    "register",
    "cancel_registration",
    "upload",
    "revoke_upload",
    "pre_settle",
    "settle",
    "cancel_settlement",
    "reverse",
)


class TestReadResult:
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_done(self, operation):
        """
        Zero is done, for every operation.
        """
        assert Done() == read_result("0", "", operation, {})

    @pytest.mark.parametrize(("infcode", "code"), REFUSALS.items())
    def test_listed(self, infcode, code):
        """
        A listed code is its refusal, where it is not in doubt.
        """
        assert Refuses(code) == read_result(infcode, "", "pre_settle", {})

    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize("infcode", ["1005", "1007"])
    def test_in_doubt_for_all(self, operation, infcode):
        """
        A repeated message and a late one may have been carried out before.
        """
        assert Doubtful(f"infcode_{infcode}") == read_result(infcode, "", operation, {})

    @pytest.mark.parametrize(
        ("operation", "infcode"), [("register", "3005"), ("settle", "2009"), ("settle", "4006")]
    )
    def test_in_doubt_for_one(self, operation, infcode):
        """
        What a repetition of a call that went through would be answered settles nothing.
        """
        assert Doubtful(f"infcode_{infcode}") == read_result(infcode, "", operation, {})

    @pytest.mark.parametrize(
        ("operation", "infcode"),
        [(operation, code) for operation, codes in ALREADY_SO.items() for code in codes],
    )
    def test_nothing_left_to_undo(self, operation, infcode):
        """
        An undo that finds nothing is done.
        """
        assert AlreadySo() == read_result(infcode, "", operation, {})

    @pytest.mark.parametrize("word", IN_DOUBT_WORDS)
    def test_generic_code_with_a_doubtful_text(self, word):
        """
        The generic code settles nothing when its text speaks of doubt.
        """
        text = f"交易{word.upper()}！"

        assert Doubtful("infcode_-1_in_doubt") == read_result("-1", text, "settle", {})

    def test_generic_code(self):
        """
        The generic code is a refusal otherwise.
        """
        assert Refuses("INSURER_REFUSED") == read_result("-1", "费用明细错误", "settle", {})

    def test_text_does_not_sway_a_listed_code(self):
        """
        A code that says what it means is believed.
        """
        assert Refuses("BILL_REFUSED") == read_result("5002", "请稍后", "settle", {})

    def test_region_goes_first(self):
        """
        A region's own table overrules ours and adds to it.
        """
        regional = {"2005": "NOT_INSURED", "777": "SUSPENDED"}

        assert Refuses("NOT_INSURED") == read_result("2005", "", "settle", regional)
        assert Refuses("SUSPENDED") == read_result("777", "", "settle", regional)

    def test_region_says_what_undone_means(self):
        """
        Where a region gives a code that ours takes for "already undone" a meaning, that counts.
        """
        regional = {"5007": "INSURER_REFUSED"}

        assert AlreadySo() == read_result("5007", "", "cancel_settlement", {})
        assert Refuses("INSURER_REFUSED") == read_result("5007", "", "cancel_settlement", regional)

    def test_doubt_goes_before_a_region(self):
        """
        A code that a repetition of what was done may be answered stays in doubt everywhere.
        """
        assert isinstance(read_result("4006", "", "settle", {"4006": "BILL_REFUSED"}), Doubtful)

    @given(st.text(max_size=8), st.text(max_size=20), st.sampled_from((*OPERATIONS, "")))
    def test_unlisted_is_never_a_success_or_a_refusal(self, infcode, text, operation):
        """
        A code in no table settles nothing.
        """
        reading = read_result(infcode, text, operation, {})

        if infcode != "0" and infcode not in REFUSALS and infcode not in IN_DOUBT[""]:
            assert Doubtful(f"infcode_{infcode}_unlisted") == reading


class TestTables:
    def test_refusals_are_of_the_catalogue(self):
        """
        Every listed code means something that the manifest declares.
        """
        assert set() == set(REFUSALS.values()) - set(MANIFEST.refusals)

    def test_every_scene_has_a_code(self):
        """
        The partner's scene is known for each of ours.
        """
        assert set(Scene) == set(SCENES)
