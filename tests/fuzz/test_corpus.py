"""Every input that was ever found worth keeping, and every seed, without the fuzzer."""

from pathlib import Path

import pytest

from tests.fuzz.every_target import NAMES, target_named

CORPUS = Path(__file__).parent / "corpus"


class TestTargets:
    @pytest.mark.parametrize("name", NAMES)
    def test_replay(self, name):
        """
        Nothing that was found breaks what must hold, and the seeds come as far as they should.
        """
        target = target_named(name)
        kept = [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
        try:
            reached = {target.run(data) for data in target.seeds}
            for data in kept:
                target.run(data)
        finally:
            target.close()

        assert set() == target.reaches - reached

    def test_all_are_listed(self):
        """
        Each target that there is a file of is run, and has a folder of what was found.
        """
        files = {path.stem for path in (CORPUS.parent / "targets").glob("*.py")}

        assert sorted(files) == list(NAMES)
        assert files == {path.name for path in CORPUS.iterdir()}
