"""Keys: what each master key wraps, under which index key people are found, and how both are changed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation import jobs, keyring, trail
from foundation.access import Permission, StaffRequest, login, requires
from foundation.desk import office, trail_reading
from foundation.vault import reindexing, rotation


@require_safe
@requires(Permission.KEYS_OPERATE)
def status(request: StaffRequest) -> HttpResponse:
    """Show the epochs and how far a rotation is."""
    _must_reach_everything(request)
    epochs = rotation.status()
    waiting = sum(epoch.keys for epoch in epochs if not epoch.newest)
    running = jobs.waiting_or_running(office.ROTATE).order_by("-id").first()
    context = {
        "epochs": epochs,
        "waiting": waiting,
        "total": sum(epoch.keys for epoch in epochs),
        "running": running,
        "last": jobs.latest(office.ROTATE),
        "index": reindexing.standing(),
        "index_under_way": reindexing.is_under_way(),
        "index_running": jobs.waiting_or_running(office.REINDEX).order_by("-id").first(),
    }
    return render(request, "foundation/keys/status.html", context)


@require_POST
@login.fresh
@requires(Permission.KEYS_OPERATE)
def rotate(request: StaffRequest) -> HttpResponse:
    """Begin a new epoch and re-wrap every data key, or go on with what was left."""
    _must_reach_everything(request)
    if jobs.waiting_or_running(office.ROTATE).exists():
        return redirect("desk:keys")
    go_on = any(epoch.keys for epoch in rotation.status() if not epoch.newest)
    try:
        if not go_on:
            rotation.begin(by=request.actor, at=request.at)
    except keyring.KeyringProblem as fault:
        messages.error(request, str(fault))
        return redirect("desk:keys")
    job = jobs.start(office.ROTATE, {}, by=request.actor, at=request.at)
    return redirect("desk:job", pk=job.pk)


@require_POST
@login.fresh
@requires(Permission.KEYS_OPERATE)
def rotate_index(request: StaffRequest) -> HttpResponse:
    """Begin to make every blind index anew under a new key, or go on with what was left."""
    _must_reach_everything(request)
    if jobs.waiting_or_running(office.REINDEX).exists():
        return redirect("desk:keys")
    try:
        if not reindexing.is_under_way():
            reindexing.begin(by=request.actor, at=request.at)
    except (keyring.KeyringProblem, reindexing.CannotChange) as fault:
        messages.error(request, str(fault))
        return redirect("desk:keys")
    job = jobs.start(office.REINDEX, {}, by=request.actor, at=request.at)
    return redirect("desk:job", pk=job.pk)


def _must_reach_everything(request: StaffRequest) -> None:
    """Keys belong to the whole installation: only an administrator at the top operates them."""
    if not trail_reading.covers_everything(request.scope):
        trail.refused("keys.denied", by=request.actor, at=request.at)
        raise PermissionDenied
