"""Write logs as key and value: one line an event, JSON in production, no personal data."""

import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

# Whoever has one of these links may set the password, or speaks for the person.
LINK = re.compile(r"(/account/password/)[^/\s]+/[^/\s]+|(/s/)[^/\s]+")
FRAMES = 12  # of a fault; the innermost tell where it happened
Event = MutableMapping[str, Any]


def hide_links(_logger: object, _name: str, event: Event) -> Event:
    """Take the secret out of a link, and what somebody typed after an address, before its line is written."""
    for key in ("event", "request"):
        if isinstance(event.get(key), str):
            event[key] = LINK.sub(r"\1\2…", event[key])
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return event


def say_where(_logger: object, _name: str, event: Event) -> Event:
    """
    Write of a fault which it was and where, never its message or its variables.

    A message made by somebody else's code may hold a value: what a database found twice,
    what could not be read as a number.
    """
    fault = _fault(event.pop("exc_info", None))
    if fault is None:
        return event
    event["fault"] = [type(one).__name__ for one in _chain(fault)]
    event["where"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(fault.__traceback__)[-FRAMES:]
    ]
    event["event"] = _without_values(event, fault)
    return event


def _fault(told: Any) -> BaseException | None:
    if told is True:
        return sys.exc_info()[1]
    return told[1] if isinstance(told, tuple) else told or None


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _without_values(event: Event, fault: BaseException) -> str:
    """Return a line's words without the message of its fault, which Celery writes into them."""
    data = getattr(event.get("_record"), "data", None)
    if isinstance(data, dict) and {"name", "id", "description"} <= data.keys():
        return f"Task {data['name']}[{data['id']}] {data['description']}"
    words = str(event.get("event", ""))
    for one in _chain(fault):
        for written in (repr(one), str(one)):
            words = words.replace(written, type(one).__name__) if len(written) > 1 else words
    return words


PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    hide_links,
    say_where,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(level: str, *, plain: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING; `plain` is for people, else JSON lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": _lines(plain=plain)},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": []},  # Django's own would mail a fault with all its variables
            "django.db.backends": {"level": "INFO"},  # below it writes every value of every query
            "django.server": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def _lines(*, plain: bool) -> dict[str, Any]:
    """Return the formatter of a line. JSON escapes line breaks, so that no input can forge a line."""
    ending: list[Any] = (
        [structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])]
        if plain
        else [structlog.processors.JSONRenderer()]
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": PROCESSORS,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    }
