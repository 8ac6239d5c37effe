"""Write logs as key and value: one line an event, JSON in production, no personal data."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

LINK = re.compile(r"(/account/password/)[^/\s]+/[^/\s]+")  # whoever has this link may set the password


def hide_links(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the secret out of a link before its line is written."""
    for key in ("event", "request"):
        if isinstance(event.get(key), str):
            event[key] = LINK.sub(r"\1…", event[key])
    return event


PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    hide_links,
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
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": PROCESSORS,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    }
