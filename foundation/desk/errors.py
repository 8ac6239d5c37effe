"""Show faults as pages: a kind sentence and the number of the request, never what went wrong inside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return render(request, "403_csrf.html", status=403)
