"""The package gives every golden answer, and the files are what the command writes."""

import json
from typing import Any

import pytest

from codes import (
    BUILT_IN_RULES,
    Accepted,
    Family,
    KeyRing,
    NumericCode,
    Opened,
    ParsedCode,
    Profile,
    Suite,
    classify,
    load_public_key,
    open_code,
    parse,
    parse_numeric,
    verify_otp,
    verify_signed,
)
from codes.keys import CodeKey
from tests.vectors.codes import make, setting

SUITES = {name: suite for suite, name in setting.NAMES.items()}


def load(name: str) -> Any:
    return json.loads((make.FOLDER / f"{name}.json").read_text(encoding="utf-8"))


WORLD = load("world")
RING = KeyRing(
    WORLD["issuer"],
    [
        CodeKey(
            key["key_id"],
            SUITES[key["suite"]],
            bytes.fromhex(key["pass_secret"]),
            bytes.fromhex(key["seed_master"]),
            0,
            key["retires_at"],
        )
        for key in WORLD["keys"]
    ],
)
PUBLIC_KEYS = {
    suite: load_public_key(suite, bytes.fromhex(WORLD["public_keys"][name]))
    for name, suite in SUITES.items()
}


def answer(text: str, now: int) -> dict[str, Any]:
    parsed = parse(text)
    if not isinstance(parsed, ParsedCode):
        return {"result": str(parsed.code)}
    opened = open_code(parsed, RING, now)
    if not isinstance(opened, Opened):
        return {"result": str(opened.code)}
    if opened.profile is Profile.OTP:
        verdict = verify_otp(opened, now)
    else:
        verdict = verify_signed(opened, PUBLIC_KEYS[opened.suite], now)
    if not isinstance(verdict, Accepted):
        return {"result": str(verdict.code)}
    return {
        "result": "ACCEPTED",
        "resident_id": str(verdict.resident_id),
        "device_no": verdict.device_no,
        "enrolment_nonce": verdict.enrolment_nonce.hex(),
        "counter": str(verdict.counter),
        "step_offset": verdict.step_offset,
        "flags": verdict.flags,
        "pass_expires_at": verdict.pass_expires_at_seconds,
    }


class TestFiles:
    def test_regenerate(self):
        """
        The committed files are byte for byte what the command writes.
        """
        written = {
            path.name: path.read_text(encoding="utf-8") for path in make.FOLDER.glob("*.json")
        }

        assert make.files() == written

    @pytest.mark.parametrize("name", ["international", "national", "text"])
    def test_names(self, name):
        """
        No two vectors of a file share a name.
        """
        names = [case["name"] for case in load(name)]

        assert len(names) == len(set(names))


class TestAnswers:
    @pytest.mark.parametrize("suite", SUITES)
    def test_verification(self, suite):
        """
        Every text gets its golden answer at its time.
        """
        cases = load(suite)

        assert {case["name"]: case["expected"] for case in cases} == {
            case["name"]: answer(case["text"], case["now"]) for case in cases
        }

    def test_parsing(self):
        """
        Every text is parsed, malformed or unsupported as the vectors say.
        """
        cases = load("text")
        found = {
            case["name"]: "PARSED" if isinstance(parsed, ParsedCode) else str(parsed.code)
            for case in cases
            for parsed in [parse(case["text"])]
        }

        assert {case["name"]: case["expected"] for case in cases} == found

    def test_numeric(self):
        """
        Every run of digits is a numeric code or malformed as the vectors say.
        """
        cases = load("numeric")
        found = {
            case["name"]: "NUMERIC" if isinstance(parsed, NumericCode) else str(parsed.code)
            for case in cases
            for parsed in [parse_numeric(case["text"])]
        }

        assert {case["name"]: case["expected"] for case in cases} == found

    def test_foreign(self):
        """
        Every scanned text belongs to the family that the vectors say.
        """
        cases = load("foreign")
        found = [
            classified.family if isinstance(classified, Family) else str(classified.code)
            for case in cases
            for classified in [classify(case["text"], BUILT_IN_RULES)]
        ]

        assert [case["expected"] for case in cases] == found

    def test_enough(self):
        """
        There are at least sixty vectors, and both suites have both profiles.
        """
        cases = [*load("international"), *load("national")]
        profiles = {
            (parsed.header.suite, parsed.header.profile)
            for case in cases
            for parsed in [parse(case["text"])]
            if isinstance(parsed, ParsedCode)
        }

        assert len(cases) >= 60
        assert {(suite, profile) for suite in Suite for profile in Profile} == profiles
