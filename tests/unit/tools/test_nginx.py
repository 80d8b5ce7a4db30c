"""A machine without nginx gets one unpacked, or is told plainly what to install."""

import pytest

from tools.debian import unpacking
from tools.nginx.installing import NoNginxError, nginx


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """
    A machine with nothing but what a test puts there.
    """
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(unpacking, "PLACE", tmp_path / "debian")
    monkeypatch.setattr("shutil.which", lambda name, path=None: found(tmp_path, name, path))

    def put(name, script):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return put


def found(folder, name, path):
    there = folder / name
    return str(there) if path is None and there.exists() else None


class TestNginx:
    def test_there(self, machine, tmp_path):
        """
        One that is there is used.
        """
        machine("nginx", "exit 0")

        assert str(tmp_path / "nginx") == nginx.__wrapped__()

    def test_no_way(self, machine):
        """
        Without a way to fetch it, its package is named.
        """
        del machine
        with pytest.raises(NoNginxError, match="nginx; install it"):
            nginx.__wrapped__()

    def test_unpacked(self, machine, tmp_path):
        """
        One that is not there is fetched and unpacked.
        """
        machine("apt-get", ": > nginx_1_amd64.deb")
        machine("dpkg", "exit 0")

        assert str(tmp_path / "debian/usr/sbin/nginx") == nginx.__wrapped__()
