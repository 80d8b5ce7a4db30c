"""
Three integrations that answer inside the process, so that the wallet itself is what is measured.

They come in through the same contract as everybody else's and answer from their last snapshot.
"""

from typing import Final

from integrations.spi import (
    SPI_VERSION,
    Environment,
    Fields,
    Manifest,
    Purpose,
    Text,
    Valid,
    ValidateRequest,
)

SNAPSHOT_SECONDS: Final = 86_400
FIELDS: Final[dict[str, Fields]] = {
    "health_card": {"card_number": "H1234567890123456", "issuer": "440100", "level": 2},
    "insurance": {"scheme": "310", "region": "440100", "state": "normal", "paused": False},
    "payment": {"agreement": "in force", "limit_minor": 200_000},
}


class InProcess:
    """
    One context of a person who is always known and in order.

    Args:
        context: which.
    """

    def __init__(self, context: str) -> None:
        self._fields = FIELDS[context]
        self.manifest = Manifest(
            id=f"bench_{context}",
            spi_version=SPI_VERSION,
            context=context,
            title=Text(zh=f"测量 {context}", en=f"measured {context}"),
            releases=dict.fromkeys(Purpose, tuple(self._fields)),
            refusals={},
            snapshot_ages=dict.fromkeys(Purpose, SNAPSHOT_SECONDS),
            local=True,
        )

    def open(self, environment: Environment) -> "InProcess":
        """
        Open it; it lives on nothing.
        """
        del environment
        return self

    async def validate(self, request: ValidateRequest) -> Valid:
        """
        Say that the context holds.
        """
        del request
        return Valid(self._fields)

    def scrub(self, transcript: str) -> str:
        """
        There is never anything in it.
        """
        return transcript

    async def close(self) -> None:
        """
        There is nothing to close.
        """


def plugins() -> tuple[InProcess, ...]:
    """
    Return one plugin per context.
    """
    return tuple(InProcess(context) for context in FIELDS)
