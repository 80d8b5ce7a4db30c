"""A patient's visit, told as a loop that looks where things stand and does what is next."""

from typing import Any

from msgspec import Struct

from tests.faults.crash.cashier import DOCTOR, PLACE, Cashier, RefusedError
from tests.fixtures.sandboxes import PAYER
from wallet.cli.demo import bills

_ATTEMPTS = 4
_OPENING = ("draft", "pre_settling")
_OVER = ("completed", "cancelled")
_CONFLICTS = ("STATE_CONFLICT",)


class StuckError(Exception):
    """
    A settlement needs a person, which none of these runs may come to.
    """


class Wish(Struct, frozen=True, kw_only=True):
    """
    What the desk wants of a settlement.

    Attributes:
        cash_by: how the cash part is to be met.
        lines: two or five.
        tenders: what is taken in turn at the desk while cash is due; half of it, then the rest.
        then: what follows when the tenders are used up and cash is still due.
    """

    cash_by: str
    lines: int = 2
    tenders: tuple[str, ...] = ("cash",)
    then: str = "tender"


class Patient:
    """
    Somebody with a phone at a desk.

    Attributes:
        quantity: how much of the second thing is on the bill.
        settlements: the ids of all that were opened.
    """

    def __init__(self, cashier: Cashier, quantity: int) -> None:
        self.cashier = cashier
        self.quantity = quantity
        self.visit = ""
        self.settlements: list[str] = []

    async def arrive(self) -> None:
        """
        Register (挂号).
        """
        body = PLACE | DOCTOR
        opened = await self.cashier.post_scanned("/v1/visits", "registration", body)
        self.visit = opened["id"]
        await self._visit("open")

    async def leave(self) -> None:
        """
        Cancel the registration (退号).
        """
        await self.cashier.post(f"/v1/visits/{self.visit}/cancel")
        await self._visit("cancelled")

    async def settled(self, wish: Wish) -> dict[str, Any]:
        """
        Settle a bill; begin anew when it had to be cancelled though nobody wished it.
        """
        if not self.visit:
            await self.arrive()
        wanted = ("completed",) if wish.then == "tender" else _OVER
        for _ in range(_ATTEMPTS):
            opened = await self.opened(wish)
            over = await self.followed(opened["id"], wish)
            if over["phase"] in wanted and over["reason"] != "INSURER_REVERSED":
                return over
        raise StuckError("cancelled again and again")

    async def opened(self, wish: Wish) -> dict[str, Any]:
        """
        Open a settlement; return it once its split is shown.
        """
        body = {"bill": self._bill(wish.lines)}
        target = f"/v1/visits/{self.visit}/settlements"
        opened = await self.cashier.post_scanned(target, "settlement", body)
        self.settlements.append(opened["id"])
        while opened["phase"] in _OPENING:
            await self.cashier.pause()
            opened = await self.cashier.get(f"/v1/settlements/{opened['id']}")
        return opened

    async def give_back(self, settlement: dict[str, Any], lines: tuple[str, ...]) -> None:
        """
        Return some lines, or none for the whole; settle what remains.
        """
        target = f"/v1/settlements/{settlement['id']}/refunds"
        body = {"lines": list(lines)}
        if lines:
            await self.cashier.post_scanned(target, "settlement", body)
        else:
            await self.cashier.post(target, body)
        wish = Wish(cash_by="agreement")
        undone = await self.followed(settlement["id"], wish)
        if undone["replaced_by"]:
            self.settlements.append(undone["replaced_by"])
            await self.followed(undone["replaced_by"], wish)

    async def followed(self, settlement_id: str, wish: Wish) -> dict[str, Any]:
        """
        Do what a settlement needs until it is over and every refund of it is decided.

        Raises:
            StuckError: a person has to look at it.
        """
        target, tendered = f"/v1/settlements/{settlement_id}", 0
        while True:
            seen = await self.cashier.get(target)
            waits = any(refund["phase"] != "refunded" for refund in seen["refunds"])
            if seen["phase"] in _OVER and not waits:
                return seen
            if seen["phase"] == "review" or any(
                refund["phase"] == "review" for refund in seen["refunds"]
            ):
                raise StuckError(f"review: {seen['reason']}")
            try:
                tendered += await self._next(target, seen, wish, tendered)
            except RefusedError as refused:
                if refused.code not in _CONFLICTS:
                    raise
                self.cashier.conflicts += 1
            await self.cashier.pause()

    async def _next(self, target: str, seen: dict[str, Any], wish: Wish, tendered: int) -> int:
        """
        Do the next thing; tell whether it was a tender.
        """
        match seen["phase"]:
            case "awaiting_approval" if not seen["confirmed"]:
                body = {"cash_minor": seen["cash_minor"], "cash_by": wish.cash_by}
                await self.cashier.post(f"{target}/confirm", body)
            case "awaiting_approval" if seen["approval_required"]:
                await self.cashier.approve()
            case "cash_due" if wish.then == "expire":
                pass
            case "cash_due" if tendered < len(wish.tenders):
                await self._tender(target, seen["due_minor"], wish, tendered)
                return 1
            case "cash_due" if wish.then == "cancel":
                await self.cashier.post(f"{target}/cancel")
            case "cash_due":
                await self._tender(target, seen["due_minor"], wish, len(wish.tenders) - 1)
            case "cancelled" | "completed":
                await self._pay_out(target, seen)
            case _:
                pass
        return 0

    async def _tender(self, target: str, due_minor: int, wish: Wish, number: int) -> None:
        last = wish.then == "tender" and number == len(wish.tenders) - 1
        body = {
            "method": wish.tenders[number],
            "amount_minor": due_minor if last else max(1, due_minor // 2),
        }
        if body["method"] == "code":
            body["code"] = await self._payment_code()
        await self.cashier.post(f"{target}/tenders", body)

    async def _payment_code(self) -> str:
        minted = await self.cashier.region.sandboxes.control(
            "alipay", "POST", "barcodes", {"person": PAYER}
        )
        return str(minted["auth_code"])

    async def _pay_out(self, target: str, seen: dict[str, Any]) -> None:
        for refund in seen["refunds"]:
            if refund["phase"] == "payout":
                await self.cashier.post(f"{target}/refunds/{refund['id']}/confirm", {})

    async def _visit(self, phase: str) -> None:
        while True:
            seen = await self.cashier.get(f"/v1/visits/{self.visit}")
            if seen["phase"] == phase:
                return
            if seen["phase"] == "review":
                raise StuckError(f"visit in review: {seen['reason']}")
            await self.cashier.pause()

    def _bill(self, lines: int) -> dict[str, Any]:
        bill = bills.five_lines() if lines == 5 else bills.two_lines()
        line = bill["lines"][1]
        bill["total_minor"] += (self.quantity - 1) * line["amount_minor"]
        line["quantity_e4"] *= self.quantity
        line["amount_minor"] *= self.quantity
        return bill
