"""Ports for servers that are told where to listen."""

import socket

from wallet.cli.demo.ports import free_port


class TestFreePort:
    def test_never_the_same(self):
        """
        Whoever asks again before anybody listens gets another one.
        """
        assert 8 == len({free_port() for _ in range(8)})

    def test_one_that_is_taken_is_passed_over(self):
        """
        A port on which somebody listens is given to nobody.
        """
        first = free_port()
        with socket.create_server(("127.0.0.1", first + 1)):
            second = free_port()

        assert second not in {first, first + 1}
        socket.create_server(("127.0.0.1", second)).close()
