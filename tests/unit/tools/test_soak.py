"""How a soak judges its series."""

import os
import socket
from contextlib import ExitStack

import pytest

from tools.soak.judging import judge
from tools.soak.sampling import of_processes


class TestJudge:
    @pytest.mark.parametrize(
        ("name", "values", "flat"),
        [
            ("server rss", [100.0 + n * 0.5 for n in range(90)], False),
            ("server rss", [*(n * 10.0 for n in range(12)), *([120.0] * 28)], True),
            ("server fds", [40.0 + n % 3 for n in range(60)], True),
            ("server fds", [40.0 + n / 5 for n in range(60)], False),
            ("connections", [20.0] * 30 + [26.0] * 2 + [20.0] * 28, True),
            ("wal", [16.0 + n for n in range(60)], False),
        ],
        ids=["leak", "warm-up", "noise", "descriptors", "peak", "log"],
    )
    def test_growth(self, name, values, flat):
        """
        What grows after the warm-up is seen; a warm-up, noise and a peak are not growth.
        """
        assert flat == judge(name, values).flat


class TestDescriptors:
    def test_without_those_of_callers(self):
        """
        A listener and a connection that was opened count, one that a caller opened does not.
        """
        before = of_processes("own", os.getpid())["own fds"]
        with ExitStack() as stack:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            stack.enter_context(socket.create_connection(server.getsockname()))
            stack.enter_context(server.accept()[0])
            during = of_processes("own", os.getpid())["own fds"]

        assert before + 2 == during
