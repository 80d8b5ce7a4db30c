"""
Questions to the platform that change nothing: 1101, 3202, 5201, 5203.
"""

from typing import Any

from integrations.nhsa.client import Broken, Client, NotReached
from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.envelope import Answered, Desk, compose, question_id
from integrations.spi import Environment, UnavailableError

_RANDOM_BYTES = 4


class Asker:
    """
    Asks one question at a time, each within a time limit.
    """

    def __init__(self, environment: Environment, client: Client) -> None:
        self._environment = environment
        self._client = client

    async def ask(
        self,
        profile: InstitutionProfile,
        infno: str,
        content: dict[str, Any],
        *,
        desk: Desk,
        seconds: float,
    ) -> Answered:
        """
        Ask the platform.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        now = self._environment.now()
        msgid = question_id(profile, now, self._environment.token(_RANDOM_BYTES))
        message = compose(profile, infno, msgid, at=now, desk=desk, content=content)
        answer = await self._client.call(profile, message, seconds)
        match answer:
            case Answered():
                return answer
            case NotReached(reason=reason) | Broken(reason=reason):
                raise UnavailableError(f"{infno}: {reason}")
