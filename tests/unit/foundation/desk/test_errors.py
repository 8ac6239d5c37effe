"""Whose fault an answer calls it: a database that is away is neither the reader's nor one of the program."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from foundation.desk import errors


def after(first: Exception, *others: Exception) -> Exception:
    """Return the last of these faults, each raised out of the one before."""
    for other in others:
        other.__context__, first = first, other
    return first


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (after(BadRequest()), 400),
        (after(UpdateError(), SessionInterrupted()), 400),
        (after(OperationalError(), UpdateError(), SessionInterrupted()), 503),
    ],
    ids=["a bad request", "a session that ended", "a session that could not be kept"],
)
def test_bad_request(fault: Exception, status: int) -> None:
    assert errors.bad_request(HttpRequest(), fault).status_code == status


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (after(KeyError()), 500),
        (after(OperationalError()), 503),
        (after(InterfaceError()), 503),
        (after(OperationalError(), RuntimeError()), 503),
    ],
    ids=["a fault", "cut", "closed", "raised anew"],
)
def test_server_error(fault: Exception, status: int) -> None:
    try:
        raise fault
    except type(fault):
        answer = errors.server_error(HttpRequest())
    assert answer.status_code == status
    assert ("Retry-After" in answer) == (status == 503)
