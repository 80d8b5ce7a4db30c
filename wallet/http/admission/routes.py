"""
What each request is for, told from its method and path before anything else is done with it.

A test holds that every operation of the document is where it belongs.
"""

import re
from typing import Final

from wallet.http.admission.words import Priority

# asked by supervisors, of a process that may be busy with anything
FREE: Final = frozenset({"/livez", "/readyz"})
# answers that never end: they give their place back when they begin, and have no deadline
STREAMS: Final = frozenset({"/code/events"})
# a path that nobody has
NOWHERE: Final = "/-"

_ANY: Final = "[A-Z]+"
_RULES: Final[tuple[tuple[Priority, str, str], ...]] = (
    (Priority.SCANNING, "POST", r"/v1/resolve"),
    # without a token nobody finishes anything
    (Priority.FINISHING, "POST", r"/oauth/token"),
    (Priority.FINISHING, "POST", r"/v1/settlements/[^/]+/.+"),
    (Priority.FINISHING, "GET", r"/v1/settlements/[^/]+(?:/receipt)?"),
    (Priority.FINISHING, "POST", r"/v1/visits/[^/]+/cancel"),
    # where a resident approves
    (Priority.FINISHING, "GET", r"/payments/[^/]+"),
    (Priority.SCANNING, "POST", r"/v1/visits(?:/[^/]+/settlements)?"),
    (Priority.SCANNING, "GET", r"/v1/visits/[^/]+"),
    (Priority.SCANNING, _ANY, r"/v1/(?:code(?:\.\w+)?|barcodes|freeze|unfreeze)"),
    (Priority.SCANNING, "POST|DELETE", r"/v1/(?:devices|sessions|demo|terminals)(?:/.*)?"),
    (Priority.SCANNING, _ANY, r"/code(?:/\w+)?"),
    (Priority.SCANNING, _ANY, r"/(?:operator/)?(?:sign-in|enrol|confirm)(?:/.*)?"),
    # a page that lacks a script shows no code and takes no payment
    (Priority.SCANNING, "GET", r"/(?:assets/.+|sw\.js|manifest\.webmanifest|desk(?:/.*)?)"),
    # what operators need to see when it is busy
    (Priority.SCANNING, _ANY, r"/operator(?:/(?:review|settlements|evidence/.+))?"),
    (Priority.HISTORY, _ANY, r"/v1/.*"),
    (Priority.HISTORY, _ANY, r"/(?:visits|looks|consents|contexts|devices)(?:/.*)?"),
    (Priority.HISTORY, _ANY, r"/(?:payments|choose|sign-out|operator/sign-out)?"),
    (Priority.HISTORY, _ANY, r"/operator/(?:parties|people|keys)(?:/.*)?"),
)
_FOUND: Final = re.compile(
    "|".join(
        f"(?P<r{number}>(?:{methods}) {path})" for number, (_, methods, path) in enumerate(_RULES)
    )
)
_PRIORITIES: Final = {f"r{number}": rule[0] for number, rule in enumerate(_RULES)}


def is_plain(path: str) -> bool:
    """
    Tell whether a path is spelt as routes are: no empty segments, and so none at its end.

    The framework leaves empty segments out, and whatever goes by a path as it was sent (streams,
    what stops with the clock, limits of a proxy) would not know the route again.
    """
    return "//" not in path and (path == "/" or not path.endswith("/"))


def priority_of(method: str, path: str) -> Priority | None:
    """
    Return what a request is for, or None for one that is always let in.

    Whatever is not known is decoration: figures, charts, and paths that nobody has.
    """
    if path in FREE:
        return None
    found = _FOUND.fullmatch(f"{method} {path}")
    if found is None:
        return Priority.DECORATION
    return _PRIORITIES[str(found.lastgroup)]
