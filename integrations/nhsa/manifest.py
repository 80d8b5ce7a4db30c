"""
What the integration declares about itself.
"""

from integrations.nhsa.context import INTEGRATION_ID, InstitutionProfile, NhsaSettings
from integrations.spi import SPI_VERSION, Deadlines, Manifest, Purpose, Text

EC_FAMILY = "nhsa_ec"

REFUSAL_TEXTS = {
    "NOT_BOUND": Text("尚未绑定医保", "Insurance is not linked"),
    "NOT_INSURED": Text("未查询到参保信息", "Not insured"),
    "SUSPENDED": Text("医保处于暂停参保状态", "Insurance is paused"),
    "CHOICE_REQUIRED": Text("有多个参保信息，请选择", "Several insurances; choose one"),
    "CREDENTIAL_REQUIRED": Text(
        "请出示医保码、身份证或社保卡", "Show an insurance code, ID card or social-security card"
    ),
    "CREDENTIAL_EXPIRED": Text("凭证已失效，请重新出示", "The credential expired; show it again"),
    "CREDENTIAL_REFUSED": Text(
        "医保平台不接受该凭证", "The insurer does not accept the credential"
    ),
    "PERSON_MISMATCH": Text("凭证与人员不一致", "The credential belongs to somebody else"),
    "PARTY_NOT_DESIGNATED": Text("本机构未开通医保", "This institution has no insurance contract"),
    "NOT_REGISTERED": Text("没有有效的医保挂号登记", "No open visit at the insurer"),
    "NOT_ENTITLED": Text("该人员无此项医保待遇", "Not entitled to this benefit"),
    "OUT_OF_ORDER": Text("业务顺序不正确", "Not possible at this point of the visit"),
    "ALREADY_CANCELLED": Text("已撤销，不能继续", "Cancelled already"),
    "BILL_REFUSED": Text("费用明细未通过医保校验", "The insurer refuses the bill"),
    "SETTLEMENT_UNKNOWN_THERE": Text("医保平台无此结算", "The insurer knows no such settlement"),
    "INSURER_REFUSED": Text("医保平台拒绝了该业务", "The insurer refuses"),
    "REVERSED": Text("该业务已冲正", "The call was reversed"),
    "NOT_REVERSIBLE": Text("该业务不能冲正", "The call cannot be reversed"),
    "TOO_MANY_CALLS": Text("业务过于频繁，请稍后重试", "Too many calls this second; try again"),
}

MANIFEST = Manifest(
    id=INTEGRATION_ID,
    spi_version=SPI_VERSION,
    context="insurance",
    title=Text("基本医疗保险", "Basic medical insurance"),
    releases={
        Purpose.IDENTIFICATION: ("insutype_name", "local"),
        Purpose.REGISTRATION: ("insutype", "insutype_name", "place", "local", "person_type"),
        Purpose.SETTLEMENT: (
            "insutype",
            "insutype_name",
            "place",
            "local",
            "person_type",
            "balance_minor",
        ),
    },
    refusals=REFUSAL_TEXTS,
    deadlines=Deadlines(validate_ms=3_000, perform_ms=10_000),
    snapshot_ages={Purpose.IDENTIFICATION: 86_400},
    foreign_families=(EC_FAMILY,),
    credential_purposes=(Purpose.REGISTRATION, Purpose.SETTLEMENT),
    settings=NhsaSettings,
    party_profile=InstitutionProfile,
    needs_person=True,
)
