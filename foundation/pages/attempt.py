"""Try an action for a page: what refuses it becomes sentences on the page and a line on the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access import StaffRequest
from foundation.trail import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Attempt:
    """
    Run one action and keep its refusal.

    Any exception that carries ``sentences`` (``moves.Refused``, ``NotAllowed``,
    ``GateShut`` …) is a refusal: its sentences go to the form's error summary, or
    to the messages of the page where there is no form. Every other exception flies on.

    >>> with Attempt(request, form) as attempt:
    ...     donors.hold(donor, by=request.actor, at=request.at)
    >>> if attempt.ok: ...
    """

    def __init__(
        self, request: StaffRequest, form: BaseForm | None = None, *, verb: str = "act.refused"
    ) -> None:
        self.request = request
        self.form = form
        self.verb = verb
        self.ok = False
        self.sentences: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if fault is None:
            self.ok = True
            return False
        sentences = getattr(fault, "sentences", None)
        if sentences is None:
            return False
        self.sentences = [str(sentence) for sentence in sentences] or [_("This is not possible now.")]
        self._tell()
        write_down(self.request, fault, verb=self.verb)
        return True

    def _tell(self) -> None:
        for sentence in self.sentences:
            if self.form is None:
                messages.error(self.request, sentence)
            else:
                self.form.add_error(NON_FIELD_ERRORS, sentence)


def pressed(
    request: StaffRequest, act: Callable[..., object], thing: Any, words: str | StrPromise, *, to: Any
) -> HttpResponseRedirect:
    """
    Do to a thing what a button stands for, say so, and lead on; refused, the page it leads to says why.

    :param act: takes the thing, ``by=`` and ``at=``.
    :param words: what is said once it is done.
    :param to: where one is afterwards, done or not: an address, the name of a page, or a thing that has one.
    """
    with Attempt(request) as attempt:
        act(thing, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, words)
    return redirect(to)


def write_down(request: HttpRequest, fault: BaseException, *, verb: str = "act.refused") -> None:
    """Leave a line on the trail of who was refused where, and by what kind of refusal."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:  # a public page has nobody to name
        return
    match = request.resolver_match
    at: datetime = request.at  # type: ignore[attr-defined]
    trail.refused(verb, by=actor, at=at, reason=type(fault).__name__, view=match.view_name if match else "")
