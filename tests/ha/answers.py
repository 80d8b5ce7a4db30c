"""A terminal that writes down every answer it gets."""

from collections import Counter
from typing import Any

import aiohttp

from wallet.parties.client import Answered, TerminalClient

BUSY = 503
_OURS = 500


class Answers:
    """
    What a wallet answered, over a whole run.
    """

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.hung_up = 0
        self.wrong: list[str] = []

    def note(self, target: str, answered: Answered) -> None:
        """
        Write an answer down; what is our fault has to be a 503 that says when to return.
        """
        self.statuses[answered.status] += 1
        if answered.status < _OURS:
            return
        waits = answered.headers.get("retry-after", "")
        if answered.status != BUSY or not waits.isdigit():
            self.wrong.append(f"{target}: {answered.status}, retry-after {waits!r}")


class Noted(TerminalClient):
    """
    A terminal's client, its answers noted.
    """

    answers: Answers

    async def _send(
        self, method: str, target: str, headers: dict[str, str], content: Any
    ) -> Answered:
        try:
            answered = await super()._send(method, target, headers, content)
        except (aiohttp.ClientError, TimeoutError):
            self.answers.hung_up += 1
            raise
        self.answers.note(f"{method} {target}", answered)
        return answered
