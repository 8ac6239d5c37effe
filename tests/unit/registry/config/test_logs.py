"""A line of the log is one line, and says of a fault which and where, never what it held."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from registry.config import logs

PERSONAL = "王丽华 13866668888"


def formatter(*, plain: bool) -> logging.Formatter:
    """Return the formatter of an installation."""
    made = logs.configure("INFO", plain=plain)["formatters"]["lines"]
    factory: Any = made.pop("()")
    found: logging.Formatter = factory(**made)
    return found


def record(
    message: str, *arguments: object, fault: bool = False, name: str = "some.library"
) -> logging.LogRecord:
    """Return a record of somebody else's code, with the fault of now if there is one."""
    return logging.LogRecord(
        name, logging.ERROR, __file__, 1, message, arguments, sys.exc_info() if fault else None
    )


def failed(message: str, *arguments: object, plain: bool = False) -> str:
    """Return the line of a fault whose message and variables hold something personal."""
    held = PERSONAL
    try:
        try:
            {"a": 1}[held]
        except KeyError as fault:
            raise ValueError(f"cannot read {held}") from fault
    except ValueError:
        return formatter(plain=plain).format(record(message, *arguments, fault=True))


@pytest.mark.parametrize("reader", ["people", "machines"])
class TestALine:
    @pytest.mark.parametrize(
        "typed", ["a\r\nERROR forged", "\x1b[31mred\x1b[0m", "a\u2028b", "\u202eabc", "\x00", "\x85next"]
    )
    def test_cannot_be_forged_by_what_was_typed(self, reader: str, typed: str) -> None:
        line = formatter(plain=reader == "people").format(record("Not Found: %s", typed))
        assert len(line.splitlines()) == 1
        assert not any(character in line for character in "\r\n\x1b\u2028\u202e\x00\x85")

    def test_of_a_fault_names_its_kinds_and_places(self, reader: str) -> None:
        line = failed("it failed", plain=reader == "people")
        assert "ValueError" in line
        assert "KeyError" in line
        assert "test_logs.py" in line

    def test_of_a_fault_holds_neither_its_message_nor_its_variables(self, reader: str) -> None:
        for words in ("it failed", "it failed: cannot read 王丽华 13866668888"):
            line = failed(words, plain=reader == "people")
            assert "王丽华" not in line
            assert "13866668888" not in line
            assert "\\u738b" not in line


def test_a_line_has_nothing_of_what_stands_after_an_address() -> None:
    event = logs.hide_links(None, "", {"event": "request_started", "request": f"GET /donors/?q={PERSONAL}"})
    assert event["request"] == "GET /donors/"


def test_a_line_for_machines_is_json() -> None:
    line = json.loads(failed("it failed"))
    assert line["fault"] == ["ValueError", "KeyError"]
    assert line["event"] == "it failed"


def test_djangos_own_mail_of_faults_is_off() -> None:
    assert logs.configure("INFO", plain=False)["loggers"]["django"]["handlers"] == []
