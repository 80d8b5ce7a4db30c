"""
Charges, cancels, refunds, what became of them, and the statement.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from integrations.alipay import mapping, requests, rules, signing
from integrations.alipay.client import Client, Lost, Unsent, Verified
from integrations.alipay.context import AlipaySettings, Application, Call, application_of
from integrations.alipay.statement import StatementMalformedError, final_at, rows_of
from integrations.spi import (
    Answer,
    Declined,
    Environment,
    NotSent,
    Outcome,
    PartyView,
    Prepared,
    Query,
    Refused,
    StatementRow,
    UnavailableError,
    Undecided,
    Unknown,
)

PAY: Final = "alipay.trade.pay"
TRADE_QUERY: Final = "alipay.trade.query"
REFUND_QUERY: Final = "alipay.trade.fastpay.refund.query"
BILL: Final = "alipay.data.dataservice.bill.downloadurl.query"

# Together they stay well within the manifest's deadline for one unsafe call, so that it is we who
# say what became of a call that hangs.
PERFORM_MS: Final = 6_500
CONFIRM_MS: Final = 2_500
FETCH_MS: Final = 60_000


class Payments:
    """
    What is asked of Alipay about trades.
    """

    def __init__(self, environment: Environment, settings: AlipaySettings, client: Client) -> None:
        self._environment = environment
        self._settings = settings
        self._client = client

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Perform a committed call. A declined charge is confirmed by a query before it counts.
        """
        profile = requests.profile_of(party)
        call = requests.call_of(prepared)
        if profile is None or call is None:
            return NotSent(reason="the party profile or the payload is not usable")
        own = application_of(self._settings, profile)
        said = await self._client.ask(
            own,
            call.method,
            call.biz_content,
            reference=prepared.reference,
            deadline_ms=PERFORM_MS,
            notify_url=self._settings.notify_url if call.method == PAY else "",
        )
        if isinstance(said, Unsent):
            return NotSent(reason=said.reason)
        if isinstance(said, Lost):
            return Unknown(reason=said.reason)
        outcome = mapping.performed(call, said.reply, self._environment.now())
        self._alarm(call, outcome)
        if call.method == PAY and isinstance(outcome, Declined):
            return await self._confirmed(own, call, outcome)
        return outcome

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Say what became of a charge, a cancel or a refund.
        """
        call = requests.call_of(query.prepared)
        if call is None:
            return Undecided(reason="the payload is not ours")
        reply = await self._client.safe(
            self._application(party),
            REFUND_QUERY if call.out_request_no else TRADE_QUERY,
            {"out_trade_no": call.out_trade_no, "out_request_no": call.out_request_no},
            deadline_ms=PERFORM_MS,
            reference=query.prepared.reference,
        )
        if call.out_request_no:
            answer = mapping.refund_state(call, reply)
        elif call.method == PAY:
            answer = mapping.charge_state(call, reply, query.now, undone=query.undo_acknowledged)
        else:
            answer = mapping.cancel_state(call, reply)
        self._alarm(call, answer)
        return answer

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        Fetch the statement of one day in China.
        """
        terms = {"bill_type": "trade", "bill_date": day.isoformat()}
        own = self._application(party)
        reply = await self._client.safe(
            own, BILL, terms, deadline_ms=PERFORM_MS, reference=day.isoformat()
        )
        if reply.sub_code in rules.BILL_MISSING and self._environment.now() >= final_at(day):
            return ()
        if reply.code != rules.SUCCESS or not reply.bill_download_url:
            raise UnavailableError(f"{BILL}: {mapping.said(reply)}")
        archive = await self._client.fetch(reply.bill_download_url, FETCH_MS)
        if isinstance(archive, Lost):
            raise UnavailableError(f"{BILL}: download: {archive.reason}")
        try:
            return rows_of(archive)
        except StatementMalformedError:
            raise UnavailableError(f"{BILL}: the statement is malformed") from None

    def notification(self, form: Mapping[str, str], party: PartyView | None) -> str | Refused:
        """
        Verify a notification and name the trade to query; nothing else in it is believed.
        """
        profile = requests.profile_of(party) if party is not None else None
        if party is not None and profile is None:
            return Refused("PARTY_NOT_SET_UP")
        own = application_of(self._settings, profile)
        text, signature = signing.notification_text(form), form.get("sign", "")
        signed = signing.verifies(text, signature, own.alipay_public_key_pem)
        if not signed or form.get("app_id") != own.app_id or not form.get("out_trade_no"):
            return Refused("SIGNATURE_INVALID")
        return form["out_trade_no"]

    async def _confirmed(self, own: Application, call: Call, declined: Declined) -> Outcome:
        if declined.code in rules.DEFINITE:
            return declined
        said = await self._client.ask(
            own,
            TRADE_QUERY,
            requests.encode({"out_trade_no": call.out_trade_no}),
            reference=call.out_trade_no,
            deadline_ms=CONFIRM_MS,
        )
        if isinstance(said, Verified):
            return mapping.confirmed(call, declined, said.reply)
        return Unknown(reason=f"refused, but not confirmed: {said.reason}")

    def _application(self, party: PartyView) -> Application:
        profile = requests.profile_of(party)
        if profile is None:
            raise UnavailableError("the party profile is not usable")
        return application_of(self._settings, profile)

    def _alarm(self, call: Call, result: Outcome | Answer) -> None:
        reason = result.reason if isinstance(result, Unknown | Undecided) else ""
        if reason == mapping.AMOUNT_MISMATCH:
            self._client.alarm(call.method, call.out_trade_no, reason)
