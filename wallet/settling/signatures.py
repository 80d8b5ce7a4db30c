"""
The wire form of what a patient signed on a screen.
"""

from typing import Annotated

from msgspec import Meta

from wallet.errors import ValidationFailedError
from wallet.settling.forms import Minor, Redacted
from wallet.settling.ink import LARGEST_COORDINATE, MOST_IN_ALL, MOST_POINTS, MOST_STROKES
from wallet.settling.on_screen import Signed
from wallet.visiting.schemas import Code, Label

Coordinate = Annotated[
    int,
    Meta(ge=0, le=LARGEST_COORDINATE, description="In thousandths of the pad's width."),
]


class PointForm(Redacted, frozen=True, kw_only=True):
    """
    Where the finger or pen was.
    """

    x: Coordinate
    y: Coordinate


StrokeForm = Annotated[list[PointForm], Meta(min_length=1, max_length=MOST_POINTS)]


class ApproveOnScreen(Redacted, frozen=True, kw_only=True):
    """
    Approve the cash part by a signature on the patient's screen.
    """

    version: Annotated[int, Meta(ge=1, le=2**31, description="The version that was shown.")]
    amount_minor: Minor
    payee: Annotated[Label, Meta(description="The payee that was shown.")]
    strokes: Annotated[
        list[StrokeForm],
        Meta(
            min_length=1,
            max_length=MOST_STROKES,
            description=f"What was drawn, {MOST_IN_ALL} points at most in all strokes together.",
        ),
    ]
    operator: Annotated[Code, Meta(description="The cashier's code.")]
    identity_checked: Annotated[
        bool,
        Meta(description="The cashier has compared the holder with an identity document."),
    ] = False

    def signed(self) -> Signed:
        """
        Return what was signed.

        Raises:
            ValidationFailedError: more points than anybody's signature has.
        """
        if sum(map(len, self.strokes)) > MOST_IN_ALL:
            raise ValidationFailedError("Look at: strokes")
        return Signed(
            version=self.version,
            amount_minor=self.amount_minor,
            payee=self.payee,
            strokes=tuple(tuple((at.x, at.y) for at in stroke) for stroke in self.strokes),
            operator=self.operator,
            identity_checked=self.identity_checked,
        )
