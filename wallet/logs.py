"""
Logging: JSON lines in which nothing personal or secret can stand.

An allow-list of keys comes first, before anything formats a value; what is left goes through
masks. Of an exception the types and places are kept, never its text or any variable: a driver
puts the row it was given into its message.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo

from wallet.clock import Clock

ALLOWED: Final = frozenset(
    {
        "attempt",
        "attempts",
        "check",
        "component",
        "context",
        "count",
        "database",
        "duration_ms",
        "event",
        "exc_info",
        "integration",
        "kind",
        "level",
        "method",
        "ms",
        "operation",
        "outcome",
        "partner_code",
        "phase",
        "port",
        "problem",
        "purpose",
        "reason",
        "request_id",
        "retry_after_seconds",
        "route",
        "scene",
        "seconds",
        "state",
        "status",
        "timestamp",
        "version",
        "worker",
    }
)
# long runs of digits are kept out: an id is logged, and people paste numbers into odd places
REQUEST_ID: Final = re.compile(r"\A(?!.*[0-9]{10})[A-Za-z0-9_-]{16,64}\Z")
_TEXT_MAX: Final = 300
_SMALL_NUMBER: Final = 10**10
_MASKS: Final = (
    (re.compile(r"(?i)\bbearer\s+\S+"), "[token]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)+"), "[token]"),
    (re.compile(r"\bFW[0-9A-Za-z]{16,}"), "[code]"),
    # an ID-card number, a phone number, a card number, with the separators that people put in
    (re.compile(r"[0-9](?:[ .-]?[0-9]){9,}[Xx]?"), "[number]"),
    (re.compile(r"[A-Za-z0-9_+/=-]{40,}"), "[secret]"),
    # our own words are ASCII; what is not may be a name
    (re.compile(r"[^\x20-\x7e]+"), "?"),
)


def masked(text: str) -> str:
    """
    Return a text without numbers of people, codes, tokens and anything but printable ASCII.
    """
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "..."


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """
    Drop every key that is not `ALLOWED`, mask what remains; the first processor of the chain.

    The names of dropped keys are listed under ``dropped``, so that a developer sees why.
    """
    kept: dict[str, Any] = {}
    dropped: list[str] = []
    for key, value in event.items():
        if key == "exc_info" or (key == "request_id" and _is_request_id(value)):
            kept[key] = value
        elif key in ALLOWED:
            kept[key] = _plain(value)
        else:
            dropped.append(masked(key))
    if dropped:
        kept["dropped"] = sorted(dropped)
    return kept


def _is_request_id(value: object) -> bool:
    return isinstance(value, str) and REQUEST_ID.match(value) is not None


def _plain(value: Any) -> Any:  # noqa: ANN401
    match value:
        case None | bool() | float():
            return value
        case int():
            return value if abs(value) < _SMALL_NUMBER else "[number]"
        case str():
            return masked(value)
        case _:
            return f"[{type(value).__name__}]"


_TRACEBACKS: Final = ExceptionDictTransformer(show_locals=False, max_frames=20)


def _places(exc_info: ExcInfo) -> list[dict[str, Any]]:
    return [
        {
            "type": stack["exc_type"],
            "frames": [
                f"{frame['filename']}:{frame['lineno']} {frame['name']}"
                for frame in stack["frames"]
            ],
        }
        for stack in _TRACEBACKS(exc_info)
    ]


def exceptions(_logger: object, _method: str, event: EventDict) -> EventDict:
    """
    Replace an exception by its types and the places it passed, its text left out.
    """
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        event["exception"] = _places((type(given), given, given.__traceback__))
    elif isinstance(given, tuple) and given[0] is not None:
        event["exception"] = _places(given)
    return event


def encode(event: MutableMapping[str, Any], **_: object) -> bytes:
    """
    Return one JSON line's bytes, without the newline.
    """
    return msgspec.json.encode(dict(event), order="sorted")


def _stamp(clock: Clock) -> Callable[[object, str, EventDict], EventDict]:
    def stamp(_logger: object, method: str, event: EventDict) -> EventDict:
        now: datetime = clock.now().astimezone(UTC)
        event["timestamp"] = now.isoformat(timespec="milliseconds")
        event.setdefault("level", method)
        return event

    return stamp


_LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure(stream: BinaryIO, clock: Clock, *, level: str = "info") -> None:
    """
    Set up logging for the process, that of libraries included.

    Args:
        stream: where the lines go.
        clock: stamps them.
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    structlog.configure(
        processors=[
            redact,
            exceptions,
            _stamp(clock),
            structlog.processors.JSONRenderer(serializer=encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        handlers=[_Libraries()], level=max(_LEVELS[level], logging.WARNING), force=True
    )


class _Libraries(logging.Handler):
    """
    Passes on what libraries log: who, how bad and the template, never the arguments.
    """

    def emit(self, record: logging.LogRecord) -> None:
        write = structlog.get_logger("libraries")
        level = min(max(record.levelno, logging.DEBUG), logging.ERROR)
        write.log(
            level,
            record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
            component=record.name,
            exc_info=record.exc_info,
        )
