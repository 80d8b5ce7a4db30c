"""
What the platform answers: data, or a refusal with its code and text.
"""

import msgspec

Datas = dict[str, object]


class Refusal(msgspec.Struct, frozen=True):
    """
    A request that the platform refuses.
    """

    code: str


DESCRIPTIONS = {
    "1001": "缺少必填参数",
    "1002": "参数格式错误",
    "1003": "接口版本不支持",
    "1004": "应用未注册",
    "1005": "签名或加密方式不支持",
    "1006": "请求时间戳无效",
    "1007": "随机数重复",
    "1008": "头部签名验证失败",
    "1009": "数据签名验证失败",
    "1010": "接口方法不存在",
    "1011": "数据解密失败",
    "1012": "机构或应用备案号不符",
    "1013": "暂不支持该业务",
    "2001": "未查询到电子健康卡",
    "2002": "二维码无效",
    "2003": "二维码已过期",
    "2004": "二维码已使用",
    "2005": "姓名与证件号码不一致",
    "2006": "终端未备案",
    "2008": "证件号码无效",
    "9999": "系统异常",
}


def description(code: str) -> str:
    """
    The text that goes with a refusal's code.
    """
    return DESCRIPTIONS.get(code, DESCRIPTIONS["9999"])
