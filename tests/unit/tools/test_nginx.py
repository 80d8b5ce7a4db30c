"""A machine without nginx gets one unpacked, or is told plainly what to install."""

import pytest

from tools.nginx import installing
from tools.nginx.installing import NoNginxError, nginx


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """
    A machine with nothing but what a test puts there.
    """
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(installing, "_FOLDER", tmp_path / "unpacked")

    def put(name, script):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    monkeypatch.setattr(
        installing, "_found", lambda: next(map(str, tmp_path.rglob("usr/sbin/nginx")), None)
    )
    return put


class TestNginx:
    def test_no_way(self, machine):
        """
        Without a way to fetch it, its package is named.
        """
        del machine
        with pytest.raises(NoNginxError, match=r"nginx; install it .*no apt-get"):
            nginx.__wrapped__()

    def test_refused(self, machine):
        """
        What was said last is told.
        """
        machine("sudo", 'shift; exec "$@"')
        machine("true", "exit 0")
        machine("dpkg-deb", "exit 0")
        machine("apt-get", "echo no route >&2; exit 100")
        with pytest.raises(NoNginxError, match="no route"):
            nginx.__wrapped__()

    def test_unpacked(self, machine, tmp_path):
        """
        What is fetched is unpacked where it is found afterwards.
        """
        machine("apt-get", ": > nginx_1_amd64.deb")
        machine("dpkg-deb", "/bin/mkdir -p $3/usr/sbin; : > $3/usr/sbin/nginx")

        assert str(tmp_path / "unpacked/usr/sbin/nginx") == nginx.__wrapped__()
