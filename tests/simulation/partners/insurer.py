"""An insurer by its own rules: messages, visits, lines, settlements, undos. It knows no wallet.

A message that changes something is carried out once; it is refused when it comes again, when it
was reversed, or when it has grown old. A reversal undoes a message or keeps it from ever being
carried out. Lines have no such reversal: what was under way when they were revoked arrives after
that, and they stray.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

FRESH = timedelta(minutes=10)
HOLDER_SHOWN = timedelta(seconds=30)  # not long, so that repetitions come later
_CHANGING = frozenset(
    {"register", "cancel_registration", "upload", "revoke_upload", "settle", "cancel_settlement"}
)


class Message(Struct, frozen=True, kw_only=True):
    """
    What arrives: `number` is the sender's, unique per message; it left at an instant of ours.
    """

    number: str
    operation: str
    issued: datetime
    left: datetime
    visit: str = ""
    settlement: str = ""
    body: dict[str, Any] = {}


class Reply(Struct, frozen=True, kw_only=True):
    """
    What goes back: ``done``, ``already``, ``repeated``, ``reversed``, ``stale`` or ``refused``.
    """

    said: str
    code: str = ""
    visit: str = ""
    settlement: str = ""
    total: int = 0
    cash: int = 0


class Settlement(Struct, kw_only=True):
    """
    A settlement in the insurer's books: ``settled``, ``cancelled`` or ``reversed``.
    """

    number: str
    visit: str
    batch: str
    message: str
    total: int
    cash: int
    status: str = "settled"


class Insurer:
    """
    The insurer's side.
    """

    def __init__(self, cash_percent: int) -> None:
        self.cash_percent = cash_percent
        self.grows_by = 0
        self.refuses: set[str] = set()
        self.asked_first: dict[str, datetime] = {}
        self.visits: dict[str, str] = {}
        self.open_visits: set[str] = set()
        self.lines: dict[tuple[str, str], int] = {}
        self.revoked: dict[tuple[str, str], datetime] = {}
        self.strays: set[tuple[str, str]] = set()
        self.shown: set[tuple[str, str]] = set()
        self.settlements: dict[str, Settlement] = {}
        self.carried_out: dict[str, tuple[str, str]] = {}
        self.ruled_out: set[str] = set()

    def live(self, batch: str) -> list[Settlement]:
        """
        Return what stands of a batch.
        """
        return [
            each
            for each in self.settlements.values()
            if each.batch == batch and each.status == "settled"
        ]

    def settled_ever(self, batch: str) -> list[Settlement]:
        """
        Return every settlement of a batch there ever was.
        """
        return [each for each in self.settlements.values() if each.batch == batch]

    def receive(self, message: Message, now: datetime) -> Reply:
        """
        Carry out a message, or say why not.
        """
        if message.operation in _CHANGING:
            if message.number in self.ruled_out:
                return Reply(said="reversed")
            if message.number in self.carried_out:
                return Reply(said="repeated")
        if now > message.issued + FRESH:
            return Reply(said="stale")
        if message.operation in self.refuses:
            return Reply(said="refused", code="INSURER_REFUSED")
        reply: Reply = getattr(self, f"_{message.operation}")(message, now)
        if reply.said == "done" and message.operation in _CHANGING:
            self.carried_out[message.number] = (message.operation, reply.settlement)
        return reply

    def _register(self, message: Message, now: datetime) -> Reply:
        number = message.body["visit_number"]
        # who shows no credential that is good is not heard, whatever is known of the visit
        if now > self.asked_first.setdefault(number, now) + HOLDER_SHOWN:
            return Reply(said="refused", code="CREDENTIAL_EXPIRED")
        if number in self.visits:
            return Reply(said="repeated")
        visit = f"M-{number}"
        self.visits[number] = visit
        self.open_visits.add(visit)
        return Reply(said="done", visit=visit)

    def _cancel_registration(self, message: Message, _now: datetime) -> Reply:
        if message.visit not in self.open_visits:
            return Reply(said="already")
        if any(visit == message.visit for visit, _ in self.lines):
            return Reply(said="refused", code="OUT_OF_ORDER")
        self.open_visits.discard(message.visit)
        return Reply(said="done")

    def _upload(self, message: Message, _now: datetime) -> Reply:
        place = (message.visit, message.body["batch"])
        if message.visit not in self.open_visits:
            return Reply(said="refused", code="NOT_REGISTERED")
        if place in self.lines:
            return Reply(said="refused", code="BILL_REFUSED")
        self.lines[place] = message.body["total"]
        if self.revoked.get(place, message.left) > message.left:
            self.strays.add(place)
        return Reply(said="done")

    def _revoke_upload(self, message: Message, now: datetime) -> Reply:
        place = (message.visit, message.body["batch"])
        self.revoked[place] = now
        if self.live(place[1]):
            return Reply(said="refused", code="OUT_OF_ORDER")
        if place not in self.lines:
            return Reply(said="already")
        del self.lines[place]
        self.shown.discard(place)
        return Reply(said="done")

    def _pre_settle(self, message: Message, _now: datetime) -> Reply:
        place = (message.visit, message.body["batch"])
        if place not in self.lines or self.live(place[1]):
            return Reply(said="refused", code="OUT_OF_ORDER")
        self.shown.add(place)
        total = self.lines[place]
        return Reply(said="done", total=total, cash=self._cash(total))

    def _settle(self, message: Message, _now: datetime) -> Reply:
        place = (message.visit, message.body["batch"])
        if place not in self.shown or self.live(place[1]):
            return Reply(said="refused", code="OUT_OF_ORDER")
        total = self.lines[place]
        if self.grows_by:
            self.cash_percent = min(100, self.cash_percent + self.grows_by)
            self.grows_by = 0
        made = Settlement(
            number=f"S-{len(self.settlements) + 1}",
            visit=message.visit,
            batch=place[1],
            message=message.number,
            total=total,
            cash=self._cash(total),
        )
        self.settlements[made.number] = made
        return Reply(said="done", settlement=made.number, total=total, cash=made.cash)

    def _cancel_settlement(self, message: Message, _now: datetime) -> Reply:
        made = self.settlements.get(message.settlement)
        if made is None:
            return Reply(said="refused", code="SETTLEMENT_UNKNOWN_THERE")
        if made.status != "settled":
            return Reply(said="already")
        made.status = "cancelled"
        self.shown.discard((made.visit, made.batch))
        return Reply(said="done", settlement=made.number)

    def _reverse(self, message: Message, _now: datetime) -> Reply:
        original = message.body["original"]
        if original in self.ruled_out:
            return Reply(said="done")
        operation, number = self.carried_out.get(original, ("", ""))
        if operation == "settle":
            made = self.settlements[number]
            if made.status != "settled":
                return Reply(said="refused", code="NOT_REVERSIBLE")
            made.status = "reversed"
            self.shown.discard((made.visit, made.batch))
        if operation == "cancel_settlement":
            made = self.settlements[number]
            if (made.visit, made.batch) not in self.lines or self.live(made.batch):
                return Reply(said="refused", code="NOT_REVERSIBLE")
            made.status = "settled"
        self.ruled_out.add(original)
        return Reply(said="done")

    def _cash(self, total: int) -> int:
        return total * self.cash_percent // 100
