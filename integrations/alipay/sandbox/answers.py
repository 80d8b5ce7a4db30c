"""
What Alipay answers: the content of the response member, and the refusals with their texts.
"""

import msgspec

Content = dict[str, object]


class Refusal(msgspec.Struct, frozen=True):
    """
    A request that Alipay refuses, by `code` and `sub_code`.
    """

    code: str
    sub_code: str


MESSAGES = {
    "10000": "Success",
    "10003": "order success pay inprocess",
    "20000": "Service Currently Unavailable",
    "20001": "Insufficient Token Permissions",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40003": "Insufficient Conditions",
    "40004": "Business Failed",
    "40005": "Call Limited",
    "40006": "Insufficient Permissions",
}

SUB_MESSAGES = {
    "aop.unknow-error": "服务暂不可用（网关自身的未知错误）",
    "aop.invalid-app-auth-token": "无效的应用授权令牌",
    "isv.missing-method": "缺少方法名参数",
    "isv.missing-signature": "缺少签名参数",
    "isv.missing-signature-type": "缺少签名类型参数",
    "isv.missing-app-id": "缺少appId参数",
    "isv.missing-timestamp": "缺少时间戳参数",
    "isv.missing-version": "缺少版本参数",
    "isv.missing-charset": "缺少字符集参数",
    "isv.missing-biz-content": "缺少业务参数",
    "isv.invalid-parameter": "参数无效",
    "isv.invalid-method": "不存在的方法名",
    "isv.invalid-format": "无效的数据格式",
    "isv.invalid-signature-type": "无效的签名类型",
    "isv.invalid-signature": "无效签名",
    "isv.invalid-app-id": "无效的appId参数",
    "isv.invalid-timestamp": "非法的时间戳参数",
    "isv.invalid-charset": "字符集错误",
    "isv.invalid-auth-relations": "无效的授权关系",
    "isv.app-call-limited": "应用调用次数超限",
    "isv.insufficient-isv-permissions": "ISV权限不足",
    "ACQ.SYSTEM_ERROR": "系统异常",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.ACCESS_FORBIDDEN": "无权限使用接口",
    "ACQ.TOTAL_FEE_EXCEED": "订单总金额超过限额",
    "ACQ.UN_SUPPORT_TRADE_SCENE": "不支持该交易场景",
    "ACQ.AUTH_TOKEN_IS_NOT_EXIST": "支付授权码为空",
    "ACQ.PAYMENT_AUTH_CODE_INVALID": "付款码无效",
    "ACQ.CONTEXT_INCONSISTENT": "订单信息不一致",
    "ACQ.TRADE_BUYER_NOT_MATCH": "交易买家不匹配",
    "ACQ.PAYER_UNMATCHED": "付款人不匹配",
    "ACQ.TRADE_HAS_SUCCESS": "交易已被支付",
    "ACQ.TRADE_HAS_CLOSE": "交易已经关闭",
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": "买家余额不足",
    "ACQ.AGREEMENT_NOT_EXIST": "用户协议不存在或已解约",
    "ACQ.AGREEMENT_INVALID": "用户协议失效",
    "ACQ.AGREEMENT_STATUS_NOT_NORMAL": "用户协议状态非NORMAL",
    "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED": "商家扣款的单笔金额超过签约时限制",
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_STATUS_ERROR": "交易状态异常",
    "ACQ.TRADE_HAS_FINISHED": "交易已经完结",
    "ACQ.TRADE_CANCEL_TIME_OUT": "超过撤销时间范围",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "退款金额超限",
    "ACQ.REFUND_FEE_ERROR": "交易退款金额有误",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "请求信息不一致",
    "USER_AGREEMENT_NOT_EXIST": "用户协议不存在",
    "BILL_NOT_EXIST": "账单不存在",
}

_GATEWAY_SUB_CODES = {
    "20000": "aop.unknow-error",
    "20001": "aop.invalid-app-auth-token",
    "40001": "isv.missing-biz-content",
    "40002": "isv.invalid-parameter",
    "40003": "isv.invalid-auth-relations",
    "40004": "ACQ.SYSTEM_ERROR",
    "40005": "isv.app-call-limited",
    "40006": "isv.insufficient-isv-permissions",
}


def success(**fields: object) -> Content:
    """
    The content of a request that was done.
    """
    return {"code": "10000", "msg": MESSAGES["10000"], **fields}


def declined(sub_code: str) -> Refusal:
    """
    A business refusal, 40004.
    """
    return Refusal("40004", sub_code)


def refused(refusal: Refusal) -> Content:
    """
    The content of a request that was refused.
    """
    return {
        "code": refusal.code,
        "msg": MESSAGES[refusal.code],
        "sub_code": refusal.sub_code,
        "sub_msg": SUB_MESSAGES.get(refusal.sub_code, refusal.sub_code),
    }


def answer_of_fault(code: str) -> Content:
    """
    The content that an `answer` fault asks for, by gateway code or by sub-code.

    `20000` is what a payment with an unknown outcome gets.
    """
    if code in {"", "20000"}:
        return refused(Refusal("20000", "ACQ.SYSTEM_ERROR"))
    if code in {"10000", "10003"}:
        return {"code": code, "msg": MESSAGES[code]}
    if code in _GATEWAY_SUB_CODES:
        return refused(Refusal(code, _GATEWAY_SUB_CODES[code]))
    return refused(declined(code))
