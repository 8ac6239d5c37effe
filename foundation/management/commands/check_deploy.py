"""Name everything that is missing before real people's data may go in."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from foundation.desk import health


class Command(BaseCommand):
    """Checks this installation; ends with 1 and one line for each thing that is missing."""

    help = "Name everything that is missing before real people's data may go in."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """
        Check it.

        :raises CommandError: with a line for each thing that is missing.
        """
        if found := list(missing()):
            raise CommandError("\n".join(found))
        self.stdout.write("Nothing is missing.")


def missing() -> Iterator[str]:
    """Yield a sentence for each thing that is missing."""
    if not settings.PRODUCTION:
        yield "These are the settings of the embedded home: name DATABASE_URL and set DEBUG=false."
    if sys.platform != "linux":
        yield "This is not Linux: strangers' files are not read within limits, and scanned piles not at all."
    yield from _django()
    unready = health.unready()
    yield from unready or health.unprepared()
    yield from _database()
    yield from _around()


def _django() -> Iterator[str]:
    for message in checks.run_checks(include_deployment_checks=True):
        yield f"{message.msg} ({message.id})"


def _database() -> Iterator[str]:
    if connection.vendor != "postgresql":
        yield "The database is SQLite: production keeps its data in PostgreSQL (DATABASE_URL)."
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            (is_super,) = cursor.fetchone()
    except DatabaseError:
        return  # said by health already
    if is_super:
        yield "The database login is a superuser, who could lift the trail's guard: give the program its own."


def _around() -> Iterator[str]:
    if not settings.TRUSTED_PROXIES:
        yield "TRUSTED_PROXIES is missing: name the proxy in front; without it every address is the proxy's."
    if not (Path(settings.STATIC_ROOT or "") / "staticfiles.json").exists():
        yield "The static files are not collected: run `python3 manage.py collectstatic`."
    if _inside_home(settings.ANCHOR_URL):
        yield "ANCHOR_URL lies beside the program's own data: name a file on another disk."
    if _inside_home(settings.LEDGER_URL):
        yield "LEDGER_URL lies beside the program's own data: name a file on another disk."


def _inside_home(store: str) -> bool:
    kind, _, place = store.partition(":")
    return kind == "file" and Path(place).resolve().is_relative_to(Path(settings.DATA_DIR).resolve())
