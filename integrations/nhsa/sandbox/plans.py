"""
The invented terms of the schemes: which rate, deductible and cap apply when.
"""

from typing import Literal

import msgspec

from integrations.nhsa.sandbox.benefits import Terms
from integrations.nhsa.sandbox.people import Insurance

EMPLOYEE = "310"
RESIDENT = "390"
RETIRED = "12"
SPECIAL_DISEASE = "14"
MED_TYPES = {"hospital": ("11", "12", "13", "14"), "pharmacy": ("41", "14")}

REGISTERED_ELSEWHERE_LESS_BP = 500
UNREGISTERED_ELSEWHERE_LESS_BP = 2000


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """
    The terms of one group of insured people; amounts in fen, shares in 1/100 percent.
    """

    deductible: int
    hospital_bp: int
    pharmacy_bp: int
    special_bp: int
    pool_cap: int
    large_bp: int = 0
    large_cap: int = 0
    civil_servant_bp: int = 0


IN_SERVICE_PLAN = Plan(
    deductible=300_00,
    hospital_bp=6000,
    pharmacy_bp=5500,
    special_bp=8500,
    pool_cap=8_500_00,
    large_bp=5000,
    large_cap=5_000_00,
    civil_servant_bp=5000,
)
RETIRED_PLAN = Plan(
    deductible=200_00,
    hospital_bp=7000,
    pharmacy_bp=6500,
    special_bp=9000,
    pool_cap=10_000_00,
    large_bp=5000,
    large_cap=5_000_00,
    civil_servant_bp=5000,
)
RESIDENT_PLAN = Plan(
    deductible=100_00,
    hospital_bp=5000,
    pharmacy_bp=4000,
    special_bp=7000,
    pool_cap=1_200_00,
)


def plan_of(insurance: Insurance) -> Plan:
    """
    The plan of an insurance.
    """
    if insurance.insutype == RESIDENT:
        return RESIDENT_PLAN
    return RETIRED_PLAN if insurance.psn_type == RETIRED else IN_SERVICE_PLAN


def terms_of(
    insurance: Insurance,
    *,
    kind: Literal["hospital", "pharmacy"],
    division: str,
    med_type: str,
) -> Terms:
    """
    The terms for one bill of that `med_type` at that kind of institution in that division.

    门诊慢特病 (14) has no deductible and its own rate. Elsewhere the rate is lower, without
    registration much lower, and neither civil-servant subsidy nor mutual aid applies.
    """
    plan = plan_of(insurance)
    local = insurance.place == division
    special = med_type == SPECIAL_DISEASE
    rate = plan.hospital_bp if kind == "hospital" else plan.pharmacy_bp
    rate = plan.special_bp if special else rate
    employee = insurance.insutype == EMPLOYEE
    return Terms(
        deductible=0 if special else plan.deductible,
        pool_bp=rate - _less_elsewhere(insurance, local=local),
        pool_cap=plan.pool_cap,
        large_bp=plan.large_bp,
        large_cap=plan.large_cap,
        civil_servant_bp=plan.civil_servant_bp if local and insurance.civil_servant else 0,
        account=employee,
        mutual_aid=local,
    )


def _less_elsewhere(insurance: Insurance, *, local: bool) -> int:
    if local:
        return 0
    if insurance.travel_registered:
        return REGISTERED_ELSEWHERE_LESS_BP
    return UNREGISTERED_ELSEWHERE_LESS_BP
