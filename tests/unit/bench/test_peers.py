"""What is told of the peers; they are fetched and run by the command alone."""

import re

from bench import fetching, peers
from bench.load import Tally
from bench.peers import PROVIDER, RESOLVE, TOOLKIT, Plan, Taken


def taken(*rates):
    return [
        Taken(
            tally=Tally(seconds=1, statuses={"200": rate}, p50_ms=1, p99_ms=2, cpu_share=0),
            server_us=100,
        )
        for rate in rates
    ]


class TestFindings:
    def test_judges_a_scan_beside_each_peer(self):
        """
        A scan has to be as fast as the one and ten times as fast as the other.
        """
        found = peers.findings(
            Plan(seconds=1, rounds=2, connections=1, residents=10),
            {},
            {RESOLVE: taken(900, 1100), PROVIDER: taken(1000, 1000), TOOLKIT: taken(50, 100)},
        )

        assert [[0.9, 1.1], [18.0, 11.0]] == [each.values for each in found.ratios[:2]]
        assert [("≥ 1", True), ("≥ 10", True)] == [
            (target.wanted, target.met) for target in found.targets
        ]


class TestFetching:
    def test_takes_nothing_without_a_digest(self):
        """
        Every package of the lock is of one version and has its digests.
        """
        lock = (fetching.TREE / "requirements" / "peers.txt").read_text()
        packages = re.findall(r"^[a-z][\w.-]*[^\n]*(?:\n    --hash=[^\n]*)*", lock, re.MULTILINE)

        assert packages
        assert all(re.match(r"[\w.-]+(\[\w+\])?==\S+", each) for each in packages)
        assert all("--hash=sha256:" in each for each in packages)

    def test_has_the_locks_at_hand(self):
        """
        What it copies from the tests' own provider is there.
        """
        assert all(
            (fetching.TREE / "tests/oidc" / name).is_file()
            for name in ("package.json", "package-lock.json", ".npmrc")
        )
