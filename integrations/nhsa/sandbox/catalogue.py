"""
The catalogue of drugs, services and materials; invented codes of a plausible shape.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

ONLY_INSURED = "01"
PARTLY_INSURED = "02"
SELF_PAID = "03"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One item.

    `level` is 01 甲, 02 乙 or 03 丙; `selfpay_bp` the first self-paid share (先行自付) of 乙 in
    hundredths of a percent; `ceiling` the highest insured price of one unit in fen, 0 for none;
    `charge_type` the `med_chrgitm_type`; `sold_at` the kinds of institution that may bill it.
    """

    code: str
    name: str
    kind: Literal["drug", "service", "material"]
    level: Literal["01", "02", "03"]
    selfpay_bp: int = 0
    ceiling: int = 0
    charge_type: str
    sold_at: tuple[Literal["hospital", "pharmacy"], ...]

    @property
    def hospital_bears_excess(self) -> bool:
        """
        Tell who pays what exceeds the ceiling: the institution for its own services.
        """
        return self.kind == "service"


@cache
def catalogue() -> Mapping[str, Item]:
    """
    The items of `catalogue.json` by code.
    """
    text = resources.files("integrations.nhsa.sandbox").joinpath("catalogue.json").read_bytes()
    return {item.code: item for item in msgspec.json.decode(text, type=tuple[Item, ...])}
