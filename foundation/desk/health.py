"""Say whether this installation is ready to work."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database is migrated, guarded and, in a demo, filled; else 503 and why."""
    missing = unready()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def unready() -> list[str]:
    """Return what keeps this installation from working, as sentences; empty when it is ready."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return ["The database does not answer."]
    return ["The database is not migrated."] if plan else []
