"""
Writes settlements down for those who see them.
"""

from collections.abc import Sequence

from integrations.spi import Split
from wallet.money import CURRENCY
from wallet.residents.masking import age_on, masked_document, masked_name
from wallet.settling.counter import KIND, REFUND_KIND, TENDER_KIND, Counter, Folder
from wallet.settling.on_screen import waits_for_signature, within
from wallet.settling.replies import (
    ApprovalView,
    FundView,
    IdentityView,
    NetView,
    RefundView,
    ResidentSettlementPage,
    ResidentSettlementView,
    ScreenView,
    SettlementView,
    SplitView,
    TenderView,
)
from wallet.settling.returns import Net
from wallet.visiting.schemas import DOUBT
from wallet.visiting.service import KIND as VISIT_KIND


def split_view(split: Split | None) -> SplitView | None:
    """
    Return a split's wire form.
    """
    if split is None:
        return None
    return SplitView(
        total_minor=split.total_minor,
        fund_minor=split.fund_minor,
        funds=[
            FundView(code=fund.code, name=fund.name, amount_minor=fund.amount_minor)
            for fund in split.funds
        ],
        account_minor=split.account_minor,
        mutual_aid_minor=split.mutual_aid_minor,
        hospital_minor=split.hospital_minor,
        cash_minor=split.cash_minor,
        self_paid_minor=split.self_paid_minor,
        over_limit_minor=split.over_limit_minor,
        first_self_paid_minor=split.first_self_paid_minor,
    )


def net_view(net: Net) -> NetView:
    """
    Return the wire form of what a return would come to.
    """
    return NetView(
        returned_minor=net.returned_minor,
        back_minor=net.back_minor,
        remaining_minor=net.remaining_minor,
        estimated_cash_minor=net.cash_minor,
        net_minor=net.net_minor,
    )


class Views:
    """
    Writes settlements down for one audience: ids are sealed for it.

    Args:
        counter: finds what belongs to a settlement.
        audience: whom the ids are sealed for.
        screen: the audience is a terminal with a screen on which a patient may sign.
    """

    def __init__(self, counter: Counter, audience: str, *, screen: bool = False) -> None:
        self._counter = counter
        self._audience = audience
        self._screen = screen

    def settlement(self, folder: Folder) -> SettlementView:
        """
        Return a settlement as a desk sees it.
        """
        settlement, state = folder.settlement, folder.settlement.state
        message = DOUBT if folder.locked else None
        return SettlementView(
            id=self._own(folder),
            visit_id=self._name(VISIT_KIND, folder, settlement.visit_id),
            version=settlement.version,
            phase=state.phase,
            status=state.status,
            reason=state.reason,
            locked=folder.locked,
            message=message,
            identity=_identity(folder),
            insurer=state.insurer,
            split=split_view(settlement.split),
            cash_minor=state.cash_minor,
            tendered_minor=state.tendered_minor,
            due_minor=state.due_minor,
            agreement=bool(settlement.payment_id),
            cash_by=state.route,
            confirmed=state.confirmed,
            approval_required=_approval_required(folder),
            approval_on_screen=_approval_on_screen(folder) if self._screen else "no",
            tenders=self.tenders(folder),
            refunds=self.refunds(folder),
            replaces=self._linked(folder, settlement.replaces),
            replaced_by=self._linked(folder, settlement.replaced_by),
            insurer_reference=settlement.insurer_reference,
            invono=settlement.invono,
            created_at=settlement.created_at,
            deadline_at=settlement.deadline_at,
            completed_at=settlement.completed_at,
            screen=ScreenView(
                payee=folder.payee,
                total_minor=settlement.total_minor,
                insured_minor=settlement.total_minor - state.cash_minor,
                cash_minor=state.cash_minor,
                due_minor=state.due_minor,
                message=message,
            ),
        )

    def resident(self, folder: Folder) -> ResidentSettlementView:
        """
        Return a settlement as the resident sees it.
        """
        settlement, state = folder.settlement, folder.settlement.state
        approval = None
        if state.phase == "awaiting_approval":
            approval = ApprovalView(
                settlement_id=self._own(folder),
                version=settlement.version,
                amount_minor=state.cash_minor,
                currency=CURRENCY,
                payee=folder.payee,
            )
        return ResidentSettlementView(
            id=self._own(folder),
            visit_id=self._name(VISIT_KIND, folder, settlement.visit_id),
            payee=folder.payee,
            phase=state.phase,
            status=state.status,
            message=DOUBT if folder.locked else None,
            split=split_view(settlement.split),
            cash_minor=state.cash_minor,
            due_minor=state.due_minor,
            approval_required=_approval_required(folder),
            approval=approval,
            tenders=self.tenders(folder),
            refunds=self.refunds(folder),
            created_at=settlement.created_at,
            completed_at=settlement.completed_at,
        )

    def page(self, folders: Sequence[Folder], cursor: str | None) -> ResidentSettlementPage:
        """
        Return a part of a resident's settlements.
        """
        return ResidentSettlementPage(
            settlements=[self.resident(folder) for folder in folders], next_cursor=cursor
        )

    def tenders(self, folder: Folder) -> list[TenderView]:
        """
        Return how the cash part was met.
        """
        return [
            TenderView(
                id=self._name(TENDER_KIND, folder, tender.tender_id),
                method=tender.method,
                amount_minor=tender.amount_minor,
                phase=tender.state.phase,
                status=tender.state.status,
                reason=tender.state.reason,
                provider=tender.integration_id,
            )
            for tender in folder.tenders
        ]

    def refunds(self, folder: Folder) -> list[RefundView]:
        """
        Return what went back.
        """
        return [
            RefundView(
                id=self._name(REFUND_KIND, folder, refund.refund_id),
                tender_id=self._name(TENDER_KIND, folder, refund.tender_id),
                method=refund.method,
                amount_minor=refund.amount_minor,
                phase=refund.state.phase,
                status=refund.state.status,
                reason=refund.state.reason,
            )
            for refund in folder.refunds
        ]

    def _own(self, folder: Folder) -> str:
        return self._name(KIND, folder, folder.settlement.settlement_id)

    def _linked(self, folder: Folder, settlement_id: int | None) -> str | None:
        return None if settlement_id is None else self._name(KIND, folder, settlement_id)

    def _name(self, kind: str, folder: Folder, local_id: int) -> str:
        return self._counter.name(kind, self._audience, folder.settlement.resident_id, local_id)


def _identity(folder: Folder) -> IdentityView:
    person = folder.person
    if person is None:
        return IdentityView(name="*", document="*", age=None)
    return IdentityView(
        name=masked_name(person.name),
        document=masked_document(person.document_number),
        age=age_on(person.birth_date, folder.settlement.created_at.date()),
    )


def _approval_required(folder: Folder) -> bool:
    state = folder.settlement.state
    return state.phase == "awaiting_approval" and state.approval_required


def _approval_on_screen(folder: Folder) -> str:
    state = folder.settlement.state
    if not waits_for_signature(state) or not within(folder.screen_limit_minor, state.cash_minor):
        return "no"
    return "identity" if state.alarmed else "yes"
