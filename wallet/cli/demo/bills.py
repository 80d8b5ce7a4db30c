"""
The bills of the story. Codes are those of the insurance sandbox's catalogue.
"""

from typing import Any

_FIVE = (
    ("L1", "001102000020100-110200002", "专家门诊诊查费", 1, 3000),
    ("L2", "002501010150000-250101015", "血细胞分析", 1, 2000),
    ("L3", "002102010010000-210201001", "头颅磁共振平扫", 1, 56000),
    ("L4", "XC09CAX104E001010100002", "缬沙坦胶囊 80mg×28", 2, 2380),
    ("L5", "XA11CCV100X001010199001", "进口维生素D滴剂 自费", 8, 8800),
)
_TWO = (
    ("L1", "001102000010000-110200001", "普通门诊诊查费", 1, 2000),
    ("L2", "XM01AEB211E004010100009", "布洛芬缓释胶囊 0.3g×20", 3, 1520),
)


def five_lines() -> dict[str, Any]:
    """
    Return a bill of five lines, one of each kind: 甲, 乙 and 丙, services and drugs.
    """
    return _bill(_FIVE)


def two_lines() -> dict[str, Any]:
    """
    Return a small bill.
    """
    return _bill(_TWO)


def _bill(lines: tuple[tuple[str, str, str, int, int], ...]) -> dict[str, Any]:
    return {
        "med_type": "11",
        "department_code": "0301",
        "department_name": "呼吸内科",
        "doctor_code": "D0042",
        "doctor_name": "周医生",
        "diagnoses": [{"code": "J20.900", "name": "急性支气管炎"}],
        "operator": "C007",
        "window": "3",
        "shift": "A",
        "total_minor": sum(count * price for *_, count, price in lines),
        "lines": [
            {
                "number": number,
                "catalogue_code": code,
                "hospital_code": f"H{number}",
                "name": name,
                "quantity_e4": count * 10_000,
                "price_e6": price * 10_000,
                "amount_minor": count * price,
            }
            for number, code, name, count, price in lines
        ],
    }
