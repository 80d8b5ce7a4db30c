"""Fuzzes one target after the other, says what came of it, and keeps what was found."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from tests.fuzz.every_target import NAMES, target_named
from tests.fuzz.target import Target
from tools.fuzz.keeping import FOLDER, keep

WORK = Path("var/fuzz")
_DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
_EACH_SECONDS = 10
_MEGABYTES = 2_048


class Report(Struct, frozen=True):
    """
    What came of one target.

    Attributes:
        name: of the target.
        executions: how many inputs were tried.
        edges: how many were reached.
        features: edges, each with how often it was taken.
        inputs: how many the fuzzer found worth keeping.
        finding: what it said last, where it found something.
    """

    name: str
    executions: int
    edges: int
    features: int
    inputs: int
    finding: str = ""


def main() -> int:
    """
    Return how many targets have a finding.
    """
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--target", choices=NAMES, action="append")
    parser.add_argument("--keep", action="store_true", help="add what was found to the corpus")
    given = parser.parse_args()
    reports = []
    for name in given.target or NAMES:
        target = target_named(name)
        report = fuzzed(target, round(given.minutes * 60))
        reports.append(report)
        print(_line(report), flush=True)
        if given.keep:
            found = [path.read_bytes() for path in (WORK / name).iterdir()]
            print(f"{name}: {keep(target, found)} inputs kept in {FOLDER / name}")
        target.close()
    return sum(bool(report.finding) for report in reports)


def fuzzed(target: Target, seconds: int) -> Report:
    """
    Fuzz a target for some seconds in a process of its own.
    """
    work, findings = WORK / target.name, WORK / "findings"
    for folder in (work, findings, FOLDER / target.name):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (work / f"seed-{number:03d}").write_bytes(seed)
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        words.write("".join(f'"{_escaped(word)}"\n' for word in target.words))
        words.flush()
        flags = (
            f"-max_total_time={seconds}",
            f"-max_len={target.longest}",
            f"-timeout={_EACH_SECONDS}",
            f"-rss_limit_mb={_MEGABYTES}",
            f"-artifact_prefix={findings}/{target.name}-",
            f"-dict={words.name}",
            "-keep_seed=1",
        )
        run = subprocess.run(  # noqa: S603 - our own interpreter and module
            [
                *(sys.executable, "-m", "tools.fuzz.one", target.name, *flags),
                *(str(work), str(FOLDER / target.name)),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    return _read(target.name, run.stderr + run.stdout, failed=run.returncode != 0)


def _read(name: str, told: str, *, failed: bool) -> Report:
    (WORK / f"{name}.log").write_text(told)
    found = list(_DONE.finditer(told))
    numbers = [int(each) for each in found[-1].groups()] if found else [0, 0, 0, 0]
    return Report(name, *numbers, finding=told[-3_000:] if failed else "")


def _line(report: Report) -> str:
    if report.finding:
        return f"{report.name}: FOUND SOMETHING, see {WORK}/findings\n{report.finding}"
    return (
        f"{report.name:18}{report.executions:>10} executions {report.edges:>6} edges "
        f"{report.features:>6} features {report.inputs:>5} inputs"
    )


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main())
