"""The scripts for backups of SQLite, where one of them was broken off."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.deployments import deployment

__all__ = ("deployment",)

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parents[2] / "deploy" / "backup"


@pytest.fixture
def url(tmp_path):
    """
    The scripts are for SQLite alone.
    """
    return f"sqlite:///{tmp_path}/live.db"


@pytest.fixture
def live(deployment, tmp_path):
    """
    The file of the deployment's database.
    """
    deployment.told("migrate")
    return tmp_path / "live.db"


def script(name, *arguments):
    """
    Run a script with the deployment's environment; return its exit code.
    """
    command = [str(SCRIPTS / name), *map(str, arguments)]
    done = subprocess.run(  # noqa: S603 - our own scripts
        command, env=os.environ | {"PYTHON": sys.executable}, capture_output=True, check=False
    )
    return done.returncode


def parties(path):
    """
    Return the names of the parties in a database.
    """
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("select name from parties order by 1")]


class TestRestore:
    def test_after_one_that_was_killed(self, deployment, live, tmp_path):
        """
        What a restore that was killed left behind gets into no other backup's restore.
        """
        wrong, right = tmp_path / "wrong", tmp_path / "right"
        assert 0 == script("sqlite-backup.sh", live, right)
        deployment.party()
        assert 0 == script("sqlite-backup.sh", live, wrong)
        target = tmp_path / "restored.db"
        shutil.copy(wrong / "wallet.db", going := tmp_path / "restored.db.going")
        with closing(sqlite3.connect(going)) as begun, begun:
            begun.execute("pragma wal_autocheckpoint=0")
            begun.execute("update parties set name = 'of the wrong backup'")
            begun.commit()
            for end in ("", "-wal"):  # as a kill leaves them
                shutil.copy(f"{going}{end}", f"{target}.restoring{end}")
        restored = script("sqlite-restore.sh", right, target)

        assert 0 == restored
        assert [] == parties(target)


class TestBackup:
    def test_that_failed_cannot_be_restored(self, deployment, live, tmp_path):
        """
        A copy that was found damaged, or was not finished, has not the name of a backup.
        """
        deployment.party()
        with closing(sqlite3.connect(live)) as database:
            database.execute("pragma wal_checkpoint(truncate)")
        with live.open("r+b") as file:
            file.seek(20 * 4096)
            file.write(b"\x5a" * 40_960)
        backed_up = script("sqlite-backup.sh", live, tmp_path / "copy")

        assert 1 == backed_up
        assert not (tmp_path / "copy" / "wallet.db").exists()
        assert 1 == script("sqlite-restore.sh", tmp_path / "copy", tmp_path / "restored.db")
