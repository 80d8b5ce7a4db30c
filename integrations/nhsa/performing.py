"""
`perform`: send a prepared call and say what came of it.

Doubt is never resolved here: whatever is not a well-formed, listed answer to this very call is
`Unknown`, and only the query (or a reversal) tells.
"""

from collections.abc import Mapping

from integrations.nhsa.client import Broken, Client, NotReached
from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.envelope import Answered, decode_wire
from integrations.nhsa.memory import Continuation, Payload, encode, replace
from integrations.nhsa.rules import (
    MESSAGE_REPEATED,
    AlreadySo,
    Done,
    Doubtful,
    Refuses,
    read_result,
)
from integrations.nhsa.settlements import Settlement, only_settlement
from integrations.spi import (
    Declined,
    NotSent,
    Outcome,
    PreSettled,
    Registered,
    Reversed,
    Settled,
    Succeeded,
    Undone,
    Unknown,
    Uploaded,
)
from integrations.spi.request import Sensitive


class _Opened(Sensitive, frozen=True):
    mdtrt_id: str
    psn_no: str = ""
    ipt_otp_no: str = ""


class _Registration(Sensitive, frozen=True):
    data: _Opened


class Performer:
    """
    Performs prepared calls within a time budget.
    """

    def __init__(self, client: Client, infcodes: Mapping[str, str], seconds: float) -> None:
        self._client = client
        self._infcodes = infcodes
        self._seconds = seconds

    async def perform(
        self, operation: str, payload: Payload, profile: InstitutionProfile
    ) -> Outcome:
        """
        Send the call's messages in order; the last one decides.
        """
        if not payload.messages or payload.fixmedins_code != profile.fixmedins_code:
            return NotSent(reason="not this institution's call")
        seconds = self._seconds / len(payload.messages)
        reached = False
        for message in payload.messages[:-1]:
            outcome = self._go_on(await self._client.call(profile, message, seconds))
            if outcome is not None:
                return outcome
            reached = True
        answer = await self._client.call(profile, payload.messages[-1], seconds)
        match answer:
            case NotReached(reason=reason):
                return Unknown(reason=reason) if reached else NotSent(reason=reason)
            case Broken(reason=reason):
                return Unknown(reason=reason)
            case Answered():
                return self._read(operation, payload, answer)

    def _go_on(self, answer: Answered | NotReached | Broken) -> Outcome | None:
        """
        Judge a message before the last one; None lets the next one go.

        A repetition of one that was carried out is as good as its first answer.
        """
        match answer:
            case NotReached(reason=reason):
                return NotSent(reason=reason)
            case Broken(reason=reason):
                return Unknown(reason=reason)
            case Answered(infcode=infcode, err_msg=err_msg):
                if infcode == MESSAGE_REPEATED:
                    return None
                match read_result(infcode, err_msg, "", self._infcodes):
                    case Refuses(code=code):
                        return Declined(code=code, partner_code=infcode)
                    case Doubtful(reason=reason):
                        return Unknown(reason=reason)
                    case Done() | AlreadySo():
                        return None

    def _read(self, operation: str, payload: Payload, answer: Answered) -> Outcome:
        match read_result(answer.infcode, answer.err_msg, operation, self._infcodes):
            case Refuses(code=code):
                return Declined(code=code, partner_code=answer.infcode)
            case Doubtful(reason=reason):
                return Unknown(reason=reason)
            case AlreadySo():
                return _succeeded(Undone(), payload.after)
            case Done():
                return self._done(operation, payload, answer)

    def _done(self, operation: str, payload: Payload, answer: Answered) -> Outcome:
        match operation:
            case "register":
                return _registered(payload, answer)
            case "upload":
                return _succeeded(Uploaded(lines=payload.lines), payload.after)
            case "pre_settle" | "settle":
                return self._settled(operation, payload, answer)
            case "reverse":
                return _succeeded(Reversed(), payload.after)
            case _:
                return _succeeded(Undone(), payload.after)

    def _settled(self, operation: str, payload: Payload, answer: Answered) -> Outcome:
        settlement = only_settlement(answer.output)
        if settlement is None:
            return Unknown(reason="no usable split")
        message = payload.messages[-1]
        report_mismatches(self._client, message.infno, message.msgid, settlement)
        strange = _strange(operation, settlement, payload)
        if strange:
            return Unknown(reason=strange)
        if operation == "pre_settle":
            return _succeeded(PreSettled(split=settlement.split), payload.after)
        result = settled(settlement)
        if result is None:
            return Unknown(reason="no settlement number or time")
        return _succeeded(result, replace(payload.after, setl_id=settlement.setl_id))


def _strange(operation: str, settlement: Settlement, payload: Payload) -> str:
    """
    Say why a settlement is not the answer to what was asked; nothing where it is.
    """
    if not _is_of(settlement, payload.before):
        return "another visit's answer"
    if settlement.refunded:
        return "a cancellation's answer"
    if operation == "settle" and settlement.msgid not in {"", payload.messages[-1].msgid}:
        return "another message's answer"
    return ""


def settled(settlement: Settlement) -> Settled | None:
    """
    State a settlement for the wallet; None when it has no number, no time or was taken back.
    """
    if not settlement.setl_id or settlement.at is None or settlement.refunded:
        return None
    return Settled(
        split=settlement.split,
        settlement_reference=settlement.setl_id,
        at=settlement.at,
    )


def report_mismatches(client: Client, infno: str, msgid: str, settlement: Settlement) -> None:
    """
    Tell the observer which identities do not hold; nothing personal, and nothing is blocked.
    """
    for name in settlement.mismatches:
        client.note(infno, msgid, "identity_mismatch", name)


def _registered(payload: Payload, answer: Answered) -> Outcome:
    registration = decode_wire(answer.output, _Registration)
    if registration is None or not registration.data.mdtrt_id:
        return Unknown(reason="malformed")
    opened, after = registration.data, payload.after
    echoes = ((opened.psn_no, after.psn_no), (opened.ipt_otp_no, after.ipt_otp_no))
    if any(echo not in {"", sent} for echo, sent in echoes):
        return Unknown(reason="another visit's answer")
    return _succeeded(
        Registered(visit_reference=opened.mdtrt_id), replace(after, mdtrt_id=opened.mdtrt_id)
    )


def _is_of(settlement: Settlement, visit: Continuation) -> bool:
    echoes = ((settlement.mdtrt_id, visit.mdtrt_id), (settlement.psn_no, visit.psn_no))
    return all(echo in {"", sent} for echo, sent in echoes)


def _succeeded(
    result: Registered | Uploaded | PreSettled | Settled | Undone | Reversed, after: Continuation
) -> Outcome:
    return Succeeded(result=result, continuation=encode(after))
