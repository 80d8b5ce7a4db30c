"""The scripts for backups, over a PostgreSQL that is laid out as Debian's packages lay it out."""

import shutil
import time
from pathlib import Path

import pytest

from bench.postgres import Server, fast_folder

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parents[2] / "deploy" / "backup"
CONFIGURATION = ("postgresql.conf", "pg_hba.conf", "pg_ident.conf")


class Machine(Server):
    """
    A server whose configuration does not lie in its data, and that keeps its log.
    """

    def start(self):
        super().start()
        self.run("pg_ctl", "-D", self.root / "data", "-w", "stop")
        etc = self.root / "etc"
        self.sh(f"mkdir archive {etc} && mv {' '.join(f'data/{n}' for n in CONFIGURATION)} {etc}")
        keep = f"{self.root / 'scripts' / 'postgres-archive.sh'} %p %f {self.root / 'archive'}"
        self.settings = {
            "data_directory": self.root / "data",
            "hba_file": etc / "pg_hba.conf",
            "ident_file": etc / "pg_ident.conf",
            "listen_addresses": "",
            "unix_socket_directories": self.root,
            "archive_mode": "on",
            "archive_command": keep,
        }
        self.begin()

    def begin(self, data="data"):
        """
        Start it over some data.
        """
        self.data = data
        settings = self.settings | {"data_directory": self.root / data}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.run("pg_ctl", "-D", "etc", "-w", "-l", self.root / "log", "-o", options, "start")

    def kept(self):
        """
        Close the log's present piece, and wait until it is kept.
        """
        name = self.execute("select pg_walfile_name(pg_switch_wal())").strip()
        for _ in range(200):
            state = self.execute("select last_archived_wal, last_failed_wal from pg_stat_archiver")
            archived, failed = state.strip().split("|")
            if name in (archived, failed):
                break
            time.sleep(0.05)
        assert (name, "") == (archived, failed)

    def stop(self):
        self.sh(f"pg_ctl -D {self.data} -w -m fast stop || true")

    def sh(self, line, **environment):
        """
        Run a line of shell with the server's programs at hand; return what it prints.
        """
        given = {"PATH": f"{self.software}:$PATH", "POSTGRES_BIN": self.software} | environment
        exports = " ".join(f'{name}="{value}"' for name, value in given.items())
        return self.run("/bin/sh", "-c", f"export {exports}; {line}")


@pytest.fixture
def machine():
    """
    A running one, with the scripts where its account can read them.
    """
    folder = fast_folder()
    folder.chmod(0o755)
    machine = Machine(folder / "postgres")
    machine.root.mkdir()
    shutil.copytree(SCRIPTS, machine.root / "scripts")
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()
        shutil.rmtree(folder)


class TestRestore:
    def test_with_its_log(self, machine):
        """
        What came after the backup is there again, and no configuration that nobody wrote.
        """
        machine.execute("create table kept as select 1 as number")
        machine.sh(f"scripts/postgres-backup.sh 'host={machine.root} user=postgres' backup")
        machine.execute("insert into kept values (2)")
        machine.execute("select pg_switch_wal()")
        machine.stop()
        told = machine.sh(
            "scripts/postgres-restore.sh backup restored archive", LC_ALL="zh_CN.UTF-8"
        )
        left = [name for name in CONFIGURATION if (machine.root / "restored" / name).exists()]
        machine.begin("restored")

        assert (machine.root / "backup" / "backup_at").read_text() == told
        assert [] == left
        assert "1\n2\n" == machine.execute("select number from kept order by number")

    def test_twice(self, machine):
        """
        Another restore from the same backup has what was kept since the first, and is kept too.
        """
        machine.execute("create table kept as select 1 as number")
        machine.sh(f"scripts/postgres-backup.sh 'host={machine.root} user=postgres' backup")
        machine.stop()
        for number, folder in ((2, "first"), (3, "second")):
            machine.sh(f"scripts/postgres-restore.sh backup {folder} archive")
            machine.begin(folder)
            machine.execute(f"insert into kept values ({number})")  # noqa: S608 - ours
            machine.kept()
            machine.stop()
        machine.begin("second")

        assert "1\n2\n3\n" == machine.execute("select number from kept order by number")
