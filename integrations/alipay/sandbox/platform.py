"""
The platform behind the gateway: its methods, its books, and what it tells its merchants.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from integrations.alipay.sandbox.advancing import advance
from integrations.alipay.sandbox.agreeing import agreement_query, unsign
from integrations.alipay.sandbox.answers import Content, Refusal, answer_of_fault, refused
from integrations.alipay.sandbox.asking import query, refund_query
from integrations.alipay.sandbox.bills import bill_link
from integrations.alipay.sandbox.books import Books, seeded_people
from integrations.alipay.sandbox.calls import Call
from integrations.alipay.sandbox.gateway import Registered, Rejected
from integrations.alipay.sandbox.notifying import app_of, callback, kind_of
from integrations.alipay.sandbox.paying import pay
from integrations.alipay.sandbox.settings import AlipaySandboxSettings
from integrations.alipay.sandbox.undoing import cancel, refund
from integrations.sandboxing import CallbackSender, Fault, FaultKind, FaultMenu

METHODS: dict[str, Callable[[Books, Call], Content | Refusal]] = {
    "alipay.trade.pay": pay,
    "alipay.trade.query": query,
    "alipay.trade.cancel": cancel,
    "alipay.trade.refund": refund,
    "alipay.trade.fastpay.refund.query": refund_query,
    "alipay.user.agreement.query": agreement_query,
    "alipay.user.agreement.unsign": unsign,
    "alipay.data.dataservice.bill.downloadurl.query": bill_link,
}
KNOWN_METHODS = frozenset(METHODS)
_SIGNATURE_ONLY = frozenset({FaultKind.WRONG_SIGNATURE})


class Platform:
    """
    All state of one running sandbox. `lock` is held around each change of the books.
    """

    def __init__(self, settings: AlipaySandboxSettings, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.now = now
        self.menu = FaultMenu()
        self.books = Books(seeded_people())
        self.registered = {app.app_id: Registered(app) for app in settings.apps}
        self.lock = asyncio.Lock()
        self.sender: CallbackSender | None = None

    async def answer(self, admitted: Call | Rejected, fault: Fault | None) -> Content:
        """
        Do what a request asks, under the faults that belong to the answer's content.

        A lying platform does the work in a copy of its books and forgets the copy.
        """
        if isinstance(admitted, Rejected):
            return refused(admitted.refusal)
        async with self.lock:
            advance(self.books, admitted.now)
            content = self._answer(admitted, fault)
            self.notify()
        return content

    async def tick(self) -> None:
        """
        Let time pass: move on the trades whose time has come.
        """
        async with self.lock:
            advance(self.books, self.now())
            self.notify()

    def notify(self) -> None:
        """
        Send what the books have put out for the merchants.
        """
        notices, self.books.outbox = self.books.outbox, []
        for notice in notices:
            own = self.registered[app_of(notice)]
            spoil = self.menu.take(kind_of(notice), among=_SIGNATURE_ONLY) is not None
            ready = callback(self.books, notice, own.app, own.signer, self.now(), spoil=spoil)
            if ready is not None and self.sender is not None:
                self.sender.send(ready)

    def _answer(self, call: Call, fault: Fault | None) -> Content:
        kind = fault.kind if fault is not None else None
        if fault is not None and kind is FaultKind.ANSWER:
            if fault.processed:
                METHODS[call.method](self.books, call)
            return answer_of_fault(fault.code)
        books = self.books.copy() if kind is FaultKind.LIE else self.books
        content = METHODS[call.method](books, call)
        return refused(content) if isinstance(content, Refusal) else content
