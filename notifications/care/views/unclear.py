"""Messages that may have been sent: a person finds out, and decides. Two let one be sent again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.approvals import Approval
from foundation.pages import Attempt
from foundation.templatetags.relay import moment
from notifications import outbox
from notifications.care import showing
from notifications.outbox import MessageState
from notifications.outbox.querysets import MessageQuerySet

P = Permission
WORDS: Final = ("arrived", "not", "again")


@requires(P.CARE_SEND)
@require_safe
def to_decide(request: StaffRequest) -> HttpResponse:
    """List the messages of which nobody knows whether they arrived."""
    found = _messages(request).to_decide().select_related("touchpoint__step")
    return render(request, "notifications/care/unclear.html", {"lines": showing.sent(found)})


@requires(P.CARE_SEND)
@require_POST
def decide(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what somebody found out: it arrived, it did not, or it is to be sent again."""
    message = get_object_or_404(_messages(request), pk=pk)
    if message.state != MessageState.UNKNOWN:
        messages.info(request, _decided(message))
        return redirect("care:unclear")
    word = request.POST.get("word", "")
    if word not in WORDS:
        messages.error(request, _("Say whether it arrived, did not arrive, or is to be sent again."))
        return redirect("care:unclear")
    with Attempt(request, None) as attempt:
        if word == "again":
            asked = outbox.ask_resend(message, by=request.actor, at=request.at)
        else:
            outbox.decide(message, arrived=word == "arrived", by=request.actor, at=request.at)
            asked = None
    if attempt.ok:
        messages.success(request, _said(asked))
    return redirect("care:unclear")


def _said(asked: object) -> str:
    if isinstance(asked, Approval):
        return _("A second person was asked. It is sent again only if they agree.")
    return _("It is written down.") if asked is None else _("It is sent again.")


def _decided(message: outbox.Message) -> str:
    """Say what became of a message that a colleague, another tab or a receipt settled before."""
    said = {"state": message.get_state_display(), "when": moment(message.settled_at or message.sent_at)}
    return _("It was decided already: %(state)s, %(when)s.") % said


def _messages(request: StaffRequest) -> MessageQuerySet:
    return outbox.Message.objects.visible_to(request.scope).filter(bereaved=True)
