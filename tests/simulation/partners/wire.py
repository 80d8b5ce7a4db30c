"""What lies between the wallet and a partner: it loses, delays, repeats and garbles."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from tests.simulation.draws import Draws

A = TypeVar("A")
KINDS = (
    "fine",
    "refused connection",
    "lost on the way there",
    "lost on the way back",
    "late there",
    "late back",
    "hangs",
    "twice",
    "crash before",
    "crash after",
    "wrong type",
)


class LostError(Exception):
    """
    No answer; nobody knows whether it arrived.
    """


class NotReachedError(Exception):
    """
    It did not leave the house.
    """


class Wire:
    """
    One partner's.

    Args:
        odds: per thousand, how often something goes wrong, and how often the partner lies.
        note: is told what happens.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        draws: Draws,
        odds: tuple[int, int],
        note: Callable[[str], None],
    ) -> None:
        self._loop, self._draws, self._note = loop, draws, note
        self._per_mille, self._lies = odds

    def refuses(self, name: str) -> bool:
        """
        Tell whether the integration will not even prepare this.
        """
        if not self._draws.fault(f"{name} is not prepared", self._per_mille // 10):
            return False
        self._note(f"{name}: not prepared")
        return True

    def lies(self, name: str) -> bool:
        """
        Tell whether the partner will lie about this.
        """
        if not self._draws.fault(f"{name} is a lie", self._lies):
            return False
        self._note(f"{name}: a lie")
        return True

    async def carry(self, name: str, arrive: Callable[[], A]) -> A:
        """
        Carry a message there and its answer back.

        Raises:
            LostError: there is no answer.
            NotReachedError: it was not sent.
        """
        kind = self._kind(name)
        if kind == "refused connection":
            raise NotReachedError
        if kind == "crash before":
            raise RuntimeError("a bug of the integration")
        back: asyncio.Future[A] = self._loop.create_future()
        late = kind == "late there"
        there = self._draws.jitter("~late", 2.0, 70.0) if late else self._usual("~there")
        self._loop.call_later(there, self._arrived, back, kind, arrive)
        answer = await back
        if kind == "crash after":
            raise RuntimeError("a bug of the integration")
        return answer

    def _arrived(self, back: asyncio.Future[Any], kind: str, arrive: Callable[[], Any]) -> None:
        answer = None
        if kind not in {"lost on the way there", "hangs"}:
            answer = arrive()
        if kind == "twice":
            arrive()
        self._loop.call_later(self._returns(kind), _answer, back, kind, answer)

    def _returns(self, kind: str) -> float:
        if kind == "hangs":
            return 3_600.0
        if kind == "late back":
            return self._draws.jitter("~late", 2.0, 70.0)
        return self._usual("~back")

    def _usual(self, name: str) -> float:
        return self._draws.jitter(name, 0.01, 0.4)

    def _kind(self, name: str) -> str:
        if not self._draws.fault(f"{name} goes wrong", self._per_mille):
            return "fine"
        kind = self._draws.of(f"{name} how", KINDS[1:])
        self._note(f"{name}: {kind}")
        return kind


def _answer(back: asyncio.Future[Any], kind: str, answer: Any) -> None:
    if back.done():
        return
    if kind.startswith("lost") or kind == "hangs":
        back.set_exception(LostError())
    elif kind == "wrong type":
        back.set_result("yes")
    else:
        back.set_result(answer)
