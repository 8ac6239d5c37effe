"""Refuse to start without the keys, or with a trail that anybody could change."""

import sys

from django.db import DatabaseError, connection

from foundation import keyring
from foundation.trail import triggers

DOES_NOT_BOOT = 3  # gunicorn then ends the server instead of trying for ever


def check() -> None:
    """
    End this process with a sentence if it must not work.

    A database that does not answer yet is no reason: /healthz says so until it does.
    """
    for sentence in (*_keys(), *_guard()):
        sys.stderr.write(sentence + "\n")
        sys.exit(DOES_NOT_BOOT)


def _keys() -> list[str]:
    try:
        keyring.current()
    except keyring.KeyringProblem as fault:
        return [str(fault)]
    return []


def _guard() -> list[str]:
    try:
        tables = connection.introspection.table_names()
        there = set(triggers.APPEND_ONLY) <= set(tables)
        lifted = there and bool(triggers.missing(connection))
    except DatabaseError:
        return []
    finally:
        connection.close()
    return ["The trail is not guarded against changes: run `python3 manage.py migrate`."] if lifted else []
