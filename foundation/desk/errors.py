"""Show faults as pages: a kind sentence and the number of the request, never what went wrong inside."""

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

AGAIN_IN = "5"  # seconds until one may ask again, when the database did not answer


def error_id() -> str:
    """Return the number under which the log has this request; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what could not be read; a session that could not be kept is no fault of who asked."""
    return no_database() if _is_of_the_database(exception) else _page("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer somebody whose roles do not open this page."""
    return _page("403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer alike what is missing and what stands in another branch."""
    return _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; also where only the database went away for a moment."""
    return no_database() if _is_of_the_database(sys.exception()) else _page("500.html", 500)


def no_database() -> HttpResponse:
    """Answer when the database did not: nobody can tell whether the last step was kept."""
    response = _page("503.html", 503)
    response["Retry-After"] = AGAIN_IN
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return _page("403_csrf.html", 403)


def too_large(most_mb: int) -> HttpResponse:
    """Answer a body that is larger than its page takes."""
    return _page("413.html", 413, most=most_mb)


def _page(template: str, status: int, **more: object) -> HttpResponse:
    """Render without the request: no context processor, no database, nothing that may be broken too."""
    return HttpResponse(render_to_string(template, {"error_id": error_id(), **more}), status=status)


def _is_of_the_database(fault: BaseException | None) -> bool:
    """Return whether a fault came of a database that was away, however often it was raised anew."""
    while fault is not None:
        if isinstance(fault, OperationalError | InterfaceError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False
