"""
The books as the control surface shows them: integer fen, keyed by both sides' ids.
"""

from integrations.nhsa.sandbox.books import Books
from integrations.nhsa.sandbox.calls import Output
from integrations.nhsa.sandbox.records import Settlement, Visit


def show_books(books: Books) -> Output:
    """
    Settlements, visits, accumulators, reversed messages.
    """
    return {
        "settlements": [_settlement_row(one) for one in books.settlements.values()],
        "visits": [_visit_row(books, one) for one in books.visits.values()],
        "people": _people_rows(books),
        "reversals": [
            {"msgid": msgid, "infno": one.infno, "psn_no": one.psn_no, "undone": one.undone}
            for msgid, one in books.tombstones.items()
        ],
        "messages": [
            {"msgid": msgid, "infno": one.infno, "psn_no": one.psn_no, "made": one.made}
            for msgid, one in books.executed.items()
        ],
    }


def _settlement_row(settlement: Settlement) -> Output:
    split, sign = settlement.split, -1 if settlement.cancels else 1
    return {
        "msgid": settlement.msgid,
        "setl_id": settlement.setl_id,
        "mdtrt_id": settlement.mdtrt_id,
        "fixmedins_code": settlement.fixmedins_code,
        "psn_no": settlement.person.psn_no,
        "chrg_bchno": settlement.batch,
        "total": sign * split.charge,
        "fund": sign * split.fund,
        "account": sign * split.account,
        "mutual_aid": sign * split.mutual_aid,
        "hospital": sign * split.hospital_part,
        "cash": sign * split.cash,
        "status": settlement.status,
        "cancels": settlement.cancels,
        "cancelled_by": settlement.cancelled_by,
        "settled_at": settlement.settled_at.isoformat(),
    }


def _visit_row(books: Books, visit: Visit) -> Output:
    settled = books.settled_batches(visit)
    return {
        "msgid": visit.msgid,
        "mdtrt_id": visit.mdtrt_id,
        "ipt_otp_no": visit.ipt_otp_no,
        "fixmedins_code": visit.fixmedins_code,
        "psn_no": visit.person.psn_no,
        "insutype": visit.insurance.insutype,
        "insuplc_admdvs": visit.insurance.place,
        "status": "cancelled" if visit.cancelled else "registered",
        "lines": len(visit.lines),
        "unsettled_lines": sum(line.batch not in settled for line in visit.lines.values()),
    }


def _people_rows(books: Books) -> list[Output]:
    return [
        {
            "psn_no": psn_no,
            "insutype": insutype,
            "insuplc_admdvs": place,
            "account": purse.account,
            "mutual_aid": books.mutual_aid[psn_no],
            "deductible_used": {str(year): used for year, used in purse.deductible_used.items()},
            "pool_used": {str(year): used for year, used in purse.pool_used.items()},
            "large_used": {str(year): used for year, used in purse.large_used.items()},
        }
        for (psn_no, insutype, place), purse in books.purses.items()
    ]
