"""
Faults that change the answer itself: lies, chosen codes, bare HTTP errors, signatures.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from integrations.nhsa.sandbox.calls import Output, Platform
from integrations.nhsa.sandbox.refusals import Refusal
from integrations.sandboxing import Fault, FaultKind

Work = Callable[[Platform], Output | Refusal]

_HTTP_FAULT = re.compile(r"http-([45][0-9]{2})")
_INFCODE = re.compile(r"-?[0-9]{1,4}")
_FORGED: Output = {"signtype": "SM3", "cainfo": "0" * 64}


def bare_error(fault: Fault | None) -> web.Response | None:
    """
    The bare HTTP error that an `answer` fault with code `http-5xx` or `http-4xx` asks for.
    """
    if fault is None or fault.kind is not FaultKind.ANSWER:
        return None
    found = _HTTP_FAULT.fullmatch(fault.code)
    if found is None:
        return None
    page = "<html>gateway</html>"
    return web.Response(status=int(found[1]), text=page, content_type="text/html")


def forged_signature(fault: Fault | None) -> Output:
    """
    What `wrong_signature` puts into the response envelope, which is unsigned otherwise.
    """
    if fault is None or fault.kind is not FaultKind.WRONG_SIGNATURE:
        return {}
    return _FORGED


def distinct_infcodes(platform: Platform, fault: Fault | None) -> bool:
    """
    Tell whether a refusal keeps its number: one that a fault chose always does.
    """
    chosen = fault is not None and fault.kind is FaultKind.ANSWER
    return chosen or platform.settings.distinct_infcodes


def work_under_fault(platform: Platform, work: Work, fault: Fault | None) -> Output | Refusal:
    """
    Do the work, or only pretend to (`lie`), or answer a code of the fault's choice.
    """
    if fault is None or fault.kind not in {FaultKind.LIE, FaultKind.ANSWER}:
        return work(platform)
    if fault.kind is FaultKind.LIE:
        return _pretend(platform, work)
    if fault.processed:
        work(platform)
    code = int(fault.code) if _INFCODE.fullmatch(fault.code) else -1
    return Refusal(code, "系统异常，请稍后重试")


def _pretend(platform: Platform, work: Work) -> Output | Refusal:
    """
    Work in copied books; only the sequence of ids moves on, so that none comes twice.
    """
    copied = platform.books.copy()
    answer = work(replace(platform, books=copied))
    platform.books.serial = copied.serial
    return answer
