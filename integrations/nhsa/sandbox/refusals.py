"""
What the platform refuses, each cause with its own number and text.

The real platform is only known to answer 0 for success and something else for failure; the
numbers here are the sandbox's own (unconfirmed), so that a caller can be tested cause by cause.
"""

from collections.abc import Iterable

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """
    One cause: `infcode` of at most four digits and `err_msg` without personal data.
    """

    infcode: int
    err_msg: str

    def about(self, detail: str) -> "Refusal":
        """
        The same cause, naming what it is about.

        Only field names and the caller's own business numbers belong here, never a person.
        """
        return Refusal(self.infcode, f"{self.err_msg}：{detail}"[:200])


def first_refusal(checks: Iterable[tuple[bool, Refusal]]) -> Refusal | None:
    """
    The refusal of the first check that struck, or nothing.
    """
    return next((refusal for struck, refusal in checks if struck), None)


# Envelope
BODY_MALFORMED = Refusal(1001, "报文不是合法的JSON对象")
FIELD_MISSING = Refusal(1002, "必填字段缺失")
FIELD_INVALID = Refusal(1003, "字段类型、长度或格式不正确")
MSGID_INVALID = Refusal(1004, "msgid格式不正确")
MSGID_DUPLICATE = Refusal(1005, "msgid重复，该报文已处理")
MSGID_REVERSED = Refusal(1006, "该msgid已被冲正，不再受理")
INF_TIME_SKEWED = Refusal(1007, "inf_time与平台时间偏差过大")
INFNO_UNKNOWN = Refusal(1008, "交易编号不存在或不支持")
INFNO_MISMATCH = Refusal(1009, "报文交易编号与请求地址不一致")
INSTITUTION_UNKNOWN = Refusal(1010, "定点医药机构不存在")
INSTITUTION_MISMATCH = Refusal(1011, "定点医药机构与接入身份不一致")
DIVISION_MISMATCH = Refusal(1012, "就医地医保区划与定点医药机构不符")
SIGN_NO_INVALID = Refusal(1013, "签到流水号缺失或无效，请先签到")
INPUT_TOO_LONG = Refusal(1014, "交易输入超长")
ENCRYPTION_UNSUPPORTED = Refusal(1015, "不支持的加密方式")
INSUPLC_MISSING = Refusal(1016, "交易输入含人员编号时参保地医保区划必填")

# Persons and credentials
PERSON_UNKNOWN = Refusal(2001, "未查询到该人员的参保信息")
PERSON_MISMATCH = Refusal(2002, "人员姓名或证件与就诊凭证不一致")
INSUPLC_MISMATCH = Refusal(2003, "参保地医保区划与人员参保信息不符")
INSUTYPE_MISMATCH = Refusal(2004, "该人员无此险种的参保信息")
INSURANCE_PAUSED = Refusal(2005, "参保状态为暂停参保，不能享受待遇")
EC_TOKEN_UNKNOWN = Refusal(2007, "电子凭证令牌不存在")
EC_TOKEN_EXPIRED = Refusal(2008, "电子凭证令牌已过期，请重新扫码")
EC_TOKEN_SPENT = Refusal(2009, "电子凭证令牌已完成结算，请重新扫码")
EC_TOKEN_OTHER_INSTITUTION = Refusal(2010, "电子凭证令牌不属于本机构")
EC_TOKEN_OTHER_PERSON = Refusal(2011, "就诊凭证与人员编号不一致")
EC_TOKEN_OTHER_VISIT = Refusal(2012, "电子凭证令牌已用于其他就诊")
EC_TOKEN_OTHER_SCENE = Refusal(2013, "电子凭证用码业务类型与交易不符")
READER_UNREGISTERED = Refusal(2014, "读卡设备未在本机构登记")
CARD_SN_MISSING = Refusal(2015, "凭证类型为社会保障卡时卡识别码必填")
CARD_SN_MISMATCH = Refusal(2016, "社会保障卡卡识别码不正确")

# Visits
VISIT_UNKNOWN = Refusal(3001, "就诊信息不存在")
VISIT_OTHER_INSTITUTION = Refusal(3002, "非本机构的就诊信息")
VISIT_OTHER_PERSON = Refusal(3003, "就诊信息与人员编号不一致")
VISIT_CANCELLED = Refusal(3004, "该就诊已退号")
VISIT_NUMBER_REPEATED = Refusal(3005, "门诊号重复挂号")
VISIT_NUMBER_MISMATCH = Refusal(3006, "门诊号与就诊信息不一致")
VISIT_HAS_UPLOAD = Refusal(3007, "存在未结算的费用明细，请先撤销费用明细")
VISIT_HAS_SETTLEMENT = Refusal(3008, "存在未撤销的结算，请先撤销结算")
VISIT_WITHOUT_DETAILS = Refusal(3009, "未上传门诊就诊信息")
MED_TYPE_INVALID = Refusal(3010, "医疗类别不支持或与就诊信息不符")
SPECIAL_DISEASE_UNREGISTERED = Refusal(3011, "该人员无此门诊慢特病待遇")
DIAGNOSIS_INVALID = Refusal(3012, "诊断信息缺失或排序号重复")

# Fee details
LINES_INVALID = Refusal(4001, "费用明细为空或超过单次上传条数")
LINE_REPEATED = Refusal(4002, "费用明细流水号在本次就诊中重复")
LINE_CODE_UNKNOWN = Refusal(4003, "医疗目录编码不存在")
LINE_AMOUNT_MISMATCH = Refusal(4004, "明细项目费用总额不等于数量乘单价")
LINE_NOT_SOLD_HERE = Refusal(4005, "该目录项目不适用于本机构类别")
BATCH_SETTLED = Refusal(4006, "该收费批次已结算")
UPLOAD_UNKNOWN = Refusal(4007, "没有可撤销的费用明细")
LINE_AMOUNT_ZERO = Refusal(4008, "明细数量、单价和金额必须大于零")

# Settlements
BATCH_UNKNOWN = Refusal(5001, "收费批次无未结算的费用明细")
BILL_TOTAL_MISMATCH = Refusal(5002, "医疗费总额与费用明细合计不一致")
PRE_SETTLEMENT_MISSING = Refusal(5003, "该收费批次未预结算或明细已变化，请重新预结算")
PRE_SETTLEMENT_MISMATCH = Refusal(5004, "结算信息与预结算不一致")
SETTLEMENT_UNKNOWN = Refusal(5005, "结算信息不存在")
SETTLEMENT_OTHER_VISIT = Refusal(5006, "结算信息与就诊信息不一致")
SETTLEMENT_CANCELLED = Refusal(5007, "该结算已撤销")
SETTLEMENT_REVERSED = Refusal(5008, "该结算已冲正")
SETTLEMENT_IS_CANCELLATION = Refusal(5009, "该结算为撤销记录，不能再撤销")

# Reversal
NOT_REVERSIBLE = Refusal(6001, "该交易不支持冲正")
REVERSAL_OTHER_INSTITUTION = Refusal(6002, "被冲正报文不属于本机构")
REVERSAL_OTHER_PERSON = Refusal(6003, "人员编号与被冲正交易不一致")
REVERSAL_OTHER_INFNO = Refusal(6004, "被冲正报文的交易编号不一致")
REVERSAL_TOO_LATE = Refusal(6005, "被冲正交易之后已有其他交易，不能冲正")
REVERSAL_SHORT_OF_FUNDS = Refusal(6006, "个人账户余额不足，撤销结算不能冲正")

# Queries
PERIOD_INVALID = Refusal(7001, "查询起止时间不正确或跨度过长")

# Electronic credential and regional grant
EC_CODE_UNKNOWN = Refusal(8001, "二维码无效")
EC_CODE_USED = Refusal(8002, "二维码已使用，请刷新后重试")
EC_CODE_EXPIRED = Refusal(8003, "二维码已过期，请刷新后重试")
EC_CODE_OTHER_SCENE = Refusal(8004, "用码业务类型与二维码不符")
EC_SCENE_INVALID = Refusal(8005, "用码业务类型不存在或不适用于本机构类别")
EC_TRANSACTION_UNKNOWN = Refusal(8006, "电子凭证交易类型不支持")
GRANT_NOT_ALLOWED = Refusal(8007, "本机构未获区域授权")
GRANT_REF_REPEATED = Refusal(8008, "授权流水号已用于其他人员或业务类型")
