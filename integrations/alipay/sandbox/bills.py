"""
The merchant's daily statement: its link, and the archive behind the link.
"""

import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from integrations.alipay.sandbox.answers import Content, Refusal, declined, success
from integrations.alipay.sandbox.books import BillLink, Books, Refund, Trade
from integrations.alipay.sandbox.calls import Call, read
from integrations.alipay.sandbox.settings import AlipayApp
from integrations.alipay.sandbox.wire import china_text, parse_china_text, yuan

DOWNLOAD_PATH = "/downloadBillFile.resource"

COLUMNS = (
    "支付宝交易号",
    "商户订单号",
    "业务类型",
    "商品名称",
    "创建时间",
    "完成时间",
    "门店编号",
    "门店名称",
    "操作员",
    "终端号",
    "对方账户",
    "订单金额（元）",
    "商家实收（元）",
    "支付宝红包（元）",
    "集分宝（元）",
    "支付宝优惠（元）",
    "商家优惠（元）",
    "券核销金额（元）",
    "券名称",
    "商家红包消费金额（元）",
    "卡消费金额（元）",
    "退款批次号/请求号",
    "服务费（元）",
    "分润（元）",
    "备注",
)
"""The columns of the business statement, as merchants' published parsers name them."""


class BillBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.data.dataservice.bill.downloadurl.query` reads of its business content.
    """

    bill_type: Literal["trade"]
    bill_date: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


def bill_link(books: Books, call: Call) -> Content | Refusal:
    """
    A link to the statement of a past day; it lives half a minute.
    """
    biz = read(call, BillBiz)
    if biz is None or parse_china_text(f"{biz.bill_date} 00:00:00") is None:
        return declined("ACQ.INVALID_PARAMETER")
    if biz.bill_date >= china_text(call.now)[:10]:
        return declined("BILL_NOT_EXIST")
    token = f"{int(call.now.timestamp()):010d}{books.next_number():06d}"
    books.bill_links[token] = BillLink(
        app_id=call.app.app_id,
        day=biz.bill_date,
        expires_at=call.now + timedelta(seconds=call.settings.bill_link_life_seconds),
    )
    return success(bill_download_url=f"{call.origin}{DOWNLOAD_PATH}?bizType=trade&token={token}")


def archive(books: Books, app: AlipayApp, day: str) -> bytes:
    """
    The statement of one day in China: a zip with one comma-separated file in GBK.

    Comment lines start with `#`; a refund is a row of its own with a negative amount.
    """
    rows = [
        row
        for trade in books.trades.values()
        if trade.app_id == app.app_id
        for row in _rows(books, trade, day)
    ]
    text = io.StringIO()
    text.write("#支付宝业务明细查询\r\n")
    text.write(f"#账号：[{app.seller_id}]\r\n")
    text.write(f"#起始日期：[{day} 00:00:00]   终止日期：[{day} 23:59:59]\r\n")
    text.write("#-----------------------------------------业务明细列表-----------------\r\n")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    text.write("#-----------------------------------------业务明细列表结束-------------\r\n")
    packed = io.BytesIO()
    name = f"{app.seller_id}_{day.replace('-', '')}_业务明细.csv"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(name, text.getvalue().encode("gb18030"))
    return packed.getvalue()


def _rows(books: Books, trade: Trade, day: str) -> list[list[str]]:
    rows: list[list[str]] = []
    if trade.paid_at is not None and china_text(trade.paid_at)[:10] == day:
        rows.append(_row(books, trade, trade.paid_at, trade.total_fen, None))
    rows.extend(
        _row(books, trade, refund.refunded_at, -refund.amount_fen, refund)
        for refund in trade.refunds
        if china_text(refund.refunded_at)[:10] == day
    )
    return rows


def _row(
    books: Books, trade: Trade, done_at: datetime, amount_fen: int, refund: Refund | None
) -> list[str]:
    amount = yuan(amount_fen)
    fields = {
        "支付宝交易号": trade.trade_no,
        "商户订单号": trade.out_trade_no,
        "业务类型": "退款" if refund else "交易",
        "商品名称": trade.subject,
        "创建时间": china_text(trade.created_at),
        "完成时间": china_text(done_at),
        "对方账户": books.people[trade.person].logon_id,
        "订单金额（元）": amount,
        "商家实收（元）": amount,
        "退款批次号/请求号": refund.out_request_no if refund else "",
    }
    return [fields.get(name, "0.00" if "（元）" in name else "") for name in COLUMNS]
