"""Say whether this installation is ready to work, and what keeps it from working."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation import keyring
from foundation.access import public
from foundation.trail import triggers

Check = Callable[[], list[str]]
_checks: list[Check] = []
_before_people: list[Check] = []


def register(check: Check) -> None:
    """Let a higher floor add what it needs before it can work: a function that returns sentences."""
    if check not in _checks:
        _checks.append(check)


def register_before_people(check: Check) -> None:
    """Let a higher floor add what it needs before real people's data may go in, though it works without."""
    if check not in _before_people:
        _before_people.append(check)


@public(reason="supervisors and proxies ask it; it tells no secret")
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database is migrated, guarded and, in a demo, filled; else 503 and why."""
    missing = unready()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def unready() -> list[str]:
    """Return what keeps this installation from working, as sentences; empty when it is ready."""
    try:
        found = [*_keys(), *_tables(), *_triggers()]
    except DatabaseError:
        return ["The database does not answer, or is not the one of this program."]
    return found or [sentence for check in _checks for sentence in check()]


def unprepared() -> list[str]:
    """Return what a working installation lacks before real people's data may go in, as sentences."""
    return [sentence for check in _before_people for sentence in check()]


def _keys() -> list[str]:
    try:
        keyring.current()
    except keyring.KeyringProblem as fault:
        return [str(fault)]
    return []


def _tables() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return ["The database is not migrated: run `python3 manage.py migrate`."] if plan else []


def _triggers() -> list[str]:
    if triggers.missing(connection):
        return ["The trail is not guarded against changes: run `python3 manage.py migrate`."]
    return []
