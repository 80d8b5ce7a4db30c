"""A machine without a browser gets one, or is told plainly what to install."""

import pytest

from tools.browser.installing import NoBrowserError, chromium


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """
    A machine with nothing but what a test puts there.
    """
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name, script):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return put


class TestChromium:
    def test_nothing_installs(self, machine):
        """
        Without a way to install, all packages are named.
        """
        del machine
        with pytest.raises(NoBrowserError, match=r"chromium fonts-\S+ libzbar0 .*no apt-get"):
            chromium.__wrapped__()

    def test_refused(self, machine):
        """
        What the installation said last is told.
        """
        machine("sudo", 'shift; exec "$@"')
        machine("true", "exit 0")
        machine("apt-get", "echo no route >&2; exit 100")
        with pytest.raises(NoBrowserError, match=r"chromium fonts-\S+ libzbar0 .*no route"):
            chromium.__wrapped__()

    def test_installed(self, machine, tmp_path):
        """
        What is missing is installed, and found afterwards.
        """
        machine("sudo", 'shift; exec "$@"')
        machine("true", "exit 0")
        program = f"{tmp_path}/chromium"
        machine("apt-get", f'[ "$1" = update ] || {{ : > {program}; /bin/chmod 755 {program}; }}')
        machine("fc-list", "echo font")

        assert program == chromium.__wrapped__()
