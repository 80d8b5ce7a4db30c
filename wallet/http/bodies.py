"""
JSON bodies, read as their documented type says and not a bit more kindly.

The framework would take ``"1"`` and ``1`` for each other, and 0 for false: two readers of one
signed body could then read two things.
"""

import re
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import State

from wallet.errors import ValidationFailedError

_PLACE: Final = re.compile(r" - at `\$\.([A-Za-z0-9_.\[\]]{1,100})`\Z")


class StrictRequest(Request[Any, Any, State]):
    """
    A request whose JSON body is decoded without conversions.
    """

    async def json(self) -> Any:  # noqa: ANN401
        """
        Return the body as what the handler takes.

        Raises:
            ValidationFailedError: it is something else; names the member, never its value.
        """
        field = self.route_handler.parsed_data_field
        try:
            return msgspec.json.decode(
                await self.body(), type=Any if field is None else field.annotation
            )
        except msgspec.ValidationError as fault:
            place = _PLACE.search(str(fault))
            raise ValidationFailedError(f"Look at: {place[1]}" if place else "") from None
        except msgspec.DecodeError:
            raise ValidationFailedError from None
