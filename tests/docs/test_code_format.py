"""The document of the code format, proven by a verifier that was written from it alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from codes import foreign, foreign_rules, numeric, profiles, text
from tests.vectors.codes import curves, stranger

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "code-format.md").read_text(encoding="utf-8")
VECTORS = ROOT / "tests" / "vectors" / "codes"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


WORLD = load("world")
VERIFICATIONS = [*load("international"), *load("national")]


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


class TestStranger:
    @pytest.mark.parametrize("case", named(VERIFICATIONS))
    def test_verifies(self, case):
        """
        A verifier built from the page gives every golden answer.
        """
        answer = stranger.verify(case["text"], case["now"], WORLD)

        assert case["expected"] == answer

    @pytest.mark.parametrize("case", named(load("text")))
    def test_reads(self, case):
        """
        A reader built from the page tells malformed from unsupported from well-formed.
        """
        answer = stranger.read(case["text"])

        assert case["expected"] == (answer if isinstance(answer, str) else "PARSED")

    @pytest.mark.parametrize("values", load("derivation"), ids=lambda values: values["suite"])
    def test_derives(self, values):
        """
        The page's formulas give each value between the secrets and the password.
        """
        mac = stranger.MACS[values["suite"]]
        key = next(key for key in WORLD["keys"] if key["key_id"] == values["key_id"])
        pass_secret, master = (bytes.fromhex(key[name]) for name in ("pass_secret", "seed_master"))
        header, sealed = bytes.fromhex(values["header"]), bytes.fromhex(values["sealed_pass"])
        plain, counter = bytes.fromhex(values["plain"]), int(values["counter"])
        length = len(bytes.fromhex(values["pass_key"]))
        seed = stranger.hkdf(mac, master, bytes.fromhex(values["seed_info"]), 32)
        of_pass = mac(seed, b"fusion-wallet/1/otp" + header + sealed)
        raw = header + sealed

        found = {
            "pass_key": stranger.hkdf(mac, pass_secret, b"fusion-wallet/1/pass-key", length).hex(),
            "device_seed": seed.hex(),
            "key_of_pass": of_pass.hex(),
            "hotp": {
                name: f"{stranger.hotp(mac, mac(of_pass, label), counter):010d}"
                for name, label in (
                    ("high", b"fusion-wallet/1/otp/high"),
                    ("low", b"fusion-wallet/1/otp/low"),
                )
            },
            "password": stranger.password(values["suite"], master, plain, raw, counter).hex(),
            "plain": stranger.open_pass(values["suite"], pass_secret, header, sealed).hex(),
        }

        assert {name: values[name] for name in found} == found

    @pytest.mark.parametrize("case", named(load("numeric")))
    def test_checks_numeric(self, case):
        """
        The page's table and shape decide every numeric vector.
        """
        digits = case["text"]
        shape = re.fullmatch(r"9[0-9]{19}", digits, re.ASCII) is not None
        good = shape and stranger.damm(digits) == 0

        assert case["expected"] == ("NUMERIC" if good else "CODE_MALFORMED")

    @pytest.mark.parametrize("suite", stranger.SUITES)
    def test_public_keys_are_points(self, suite):
        """
        The public keys of the vectors lie on their curves.
        """
        curve = curves.P256 if suite == "international" else curves.SM2
        point = curves.point_of(bytes.fromhex(WORLD["public_keys"][suite]))

        assert curves.on_curve(curve, point)

    def test_shares_nothing(self):
        """
        The stranger and its arithmetic import nothing of the package.
        """
        for name in ("stranger.py", "curves.py"):
            source = (VECTORS / name).read_text(encoding="utf-8")

            assert re.search(r"^\s*(from|import) codes\b", source, re.MULTILINE) is None


class TestPage:
    def test_foreign_table(self):
        """
        The table of foreign codes on the page is the built-in one.
        """
        (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

        assert foreign_rules.BUILT_IN_RULES == foreign.load_rules(block.encode())

    def test_damm_table(self):
        """
        The check-digit table on the page is the one in use.
        """
        rows = re.findall(r"^\d: ([\d ]+)$", PAGE, re.MULTILINE)

        assert [tuple(map(int, row.split())) for row in rows] == list(numeric._QUASIGROUP)

    @pytest.mark.parametrize(
        ("row", "profile"),
        [("OTP", profiles.Profile.OTP), ("signed", profiles.Profile.SIGNED)],
    )
    def test_lengths(self, row, profile):
        """
        The lengths on the page are the ones in use.
        """
        expected = text.CODE_LENGTHS[profile], text.TEXT_LENGTHS[profile]
        (found,) = re.findall(rf"^\| {row} \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)

        assert expected == tuple(map(int, found))

    def test_retirement(self):
        """
        The retirement time on the page is the one in use.
        """
        (found,) = re.findall(r"\+ (\d+) (\d+) s: the longest pass life", PAGE)

        assert profiles.FUSION_1.retirement_seconds == int("".join(found))
