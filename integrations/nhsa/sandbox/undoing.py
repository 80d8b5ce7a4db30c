"""
2208 cancel settlement and 2601 reversal of an unanswered message.
"""

from integrations.nhsa.sandbox.answers import settlement_answer
from integrations.nhsa.sandbox.books import REVERSIBLE
from integrations.nhsa.sandbox.calls import Call, Output, Platform, find_person, find_visit
from integrations.nhsa.sandbox.envelope import is_msgid
from integrations.nhsa.sandbox.records import Executed, Settlement, Tombstone
from integrations.nhsa.sandbox.refusals import (
    MSGID_INVALID,
    NOT_REVERSIBLE,
    REVERSAL_OTHER_INFNO,
    REVERSAL_OTHER_INSTITUTION,
    REVERSAL_OTHER_PERSON,
    REVERSAL_SHORT_OF_FUNDS,
    REVERSAL_TOO_LATE,
    SETTLEMENT_CANCELLED,
    SETTLEMENT_IS_CANCELLATION,
    SETTLEMENT_OTHER_VISIT,
    SETTLEMENT_REVERSED,
    SETTLEMENT_UNKNOWN,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.wire import must, read_node

_CANCEL_FIELDS = (must("setl_id", 30), must("mdtrt_id", 30), must("psn_no", 30))
_REVERSE_FIELDS = (must("psn_no", 30), must("omsgid", 30), must("oinfno", 4))


def cancel_settlement(platform: Platform, call: Call) -> Output | Refusal:
    """
    2208: undo a settlement as a whole; answers its mirror with a `setl_id` of its own.
    """
    values = read_node(call.input, "data", _CANCEL_FIELDS)
    if isinstance(values, Refusal):
        return values
    visit = find_visit(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    settlement = platform.books.settlements.get(values["setl_id"])
    if settlement is None:
        return SETTLEMENT_UNKNOWN
    refusal = first_refusal(
        (
            (settlement.mdtrt_id != visit.mdtrt_id, SETTLEMENT_OTHER_VISIT),
            (settlement.cancels != "", SETTLEMENT_IS_CANCELLATION),
            (settlement.status == "cancelled", SETTLEMENT_CANCELLED),
            (settlement.status == "reversed", SETTLEMENT_REVERSED),
        )
    )
    if refusal is not None:
        return refusal
    mirror = _cancel(platform, call, settlement)
    visit.pre_settlements.pop(settlement.batch, None)
    call.done(platform, values["psn_no"], mirror.setl_id)
    return settlement_answer(mirror)


def _cancel(platform: Platform, call: Call, settlement: Settlement) -> Settlement:
    books = platform.books
    books.post(settlement, -1)
    mirror = Settlement(
        setl_id=books.make_id(call.institution.division, call.at),
        msgid=call.msgid,
        mdtrt_id=settlement.mdtrt_id,
        fixmedins_code=settlement.fixmedins_code,
        person=settlement.person,
        insurance=settlement.insurance,
        request=settlement.request,
        split=settlement.split,
        pool_prop_selfpay_bp=settlement.pool_prop_selfpay_bp,
        balance_after=books.purse(settlement.person, settlement.insurance).account,
        settled_at=call.at,
        cancels=settlement.setl_id,
    )
    settlement.status = "cancelled"
    settlement.cancelled_by = mirror.setl_id
    books.settlements[mirror.setl_id] = mirror
    return mirror


def reverse(platform: Platform, call: Call) -> Output | Refusal:
    """
    2601: make sure that a 2207 or 2208 has no effect, neither now nor later.

    Carried out: undone. Never seen: its late arrival will be refused. Repeated: success again.
    """
    values = read_node(call.input, "data", _REVERSE_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = find_person(platform, call, values["psn_no"])
    if isinstance(person, Refusal):
        return person
    omsgid, oinfno = values["omsgid"], values["oinfno"]
    refusal = first_refusal(
        (
            (oinfno not in REVERSIBLE, NOT_REVERSIBLE.about(oinfno)),
            (omsgid[:12] != call.institution.fixmedins_code, REVERSAL_OTHER_INSTITUTION),
            (not is_msgid(omsgid, call.institution), MSGID_INVALID.about("omsgid")),
        )
    )
    return refusal or _reverse_message(platform, values["psn_no"], omsgid, oinfno)


def _reverse_message(
    platform: Platform, psn_no: str, omsgid: str, oinfno: str
) -> Output | Refusal:
    books = platform.books
    done: Executed | Tombstone | None = books.tombstones.get(omsgid) or books.executed.get(omsgid)
    if done is not None and done.psn_no != psn_no:
        return REVERSAL_OTHER_PERSON
    if done is not None and done.infno != oinfno:
        return REVERSAL_OTHER_INFNO
    match done:
        case Tombstone():
            return {}
        case Executed(infno="2207"):
            refusal = _undo_settlement(platform, books.settlements[done.made])
        case Executed():
            refusal = _undo_cancellation(platform, books.settlements[done.made])
        case _:
            refusal = None
    if refusal is not None:
        return refusal
    books.tombstones[omsgid] = Tombstone(oinfno, psn_no, done is not None)
    return {}


def _undo_settlement(platform: Platform, settlement: Settlement) -> Refusal | None:
    """
    As if 2207 had never been: also its token may be used again.
    """
    books = platform.books
    if settlement.status != "settled":
        return REVERSAL_TOO_LATE
    books.post(settlement, -1)
    settlement.status = "reversed"
    books.visits[settlement.mdtrt_id].pre_settlements.pop(settlement.batch, None)
    for token in books.tokens.values():
        if token.spent_by == settlement.setl_id:
            token.spent_by = ""
    return None


def _undo_cancellation(platform: Platform, mirror: Settlement) -> Refusal | None:
    """
    As if 2208 had never been; not once the batch was taken back or settled anew.
    """
    books = platform.books
    settlement = books.settlements[mirror.cancels]
    visit = books.visits[settlement.mdtrt_id]
    charge = sum(line.split.charge for line in visit.batch(settlement.batch))
    anew = settlement.batch in books.settled_batches(visit)
    if visit.cancelled or anew or charge != settlement.split.charge:
        return REVERSAL_TOO_LATE
    standing = books.standing(settlement.person, settlement.insurance, settlement.year)
    split = settlement.split
    if standing.account < split.account or standing.mutual_aid < split.mutual_aid:
        return REVERSAL_SHORT_OF_FUNDS
    books.post(settlement, 1)
    settlement.status, settlement.cancelled_by = "settled", ""
    mirror.status = "reversed"
    return None
