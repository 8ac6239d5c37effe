"""The phone and the mail catcher of a demo: what would have reached people, and how they may answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.access import StaffRequest, signed_in
from notifications.answers import actions, forms, local_gateway
from notifications.answers.local_gateway import Bubble
from notifications.answers.views.doors import GATEWAY
from notifications.channel_names import Channel

_CHANNELS = {"sms": Channel.SMS, "wechat": Channel.WECHAT}
WRONG = 422


@signed_in
@require_safe
def phone(request: StaffRequest) -> HttpResponse:
    """Show the phones of a demo: whom short messages reached, and one of them open."""
    return _phone(request, forms.Typed(), _uuid(request.GET.get("open", "")))


@signed_in
@require_POST
def reply(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Answer from the phone, as the person would."""
    where = local_gateway.folder()
    bubble = _bubble(pk)
    form = forms.Typed(request.POST)
    if where is None or bubble is None:
        raise Http404
    if not form.is_valid():
        return _phone(request, form, pk)
    text = form.cleaned_data["text"]
    number = local_gateway.keep_reply(where, bubble, text, at=request.at)
    channel = _CHANNELS.get(bubble.channel, Channel.SMS)
    actions.received(channel, bubble.number, text, provider_id=str(number), by=GATEWAY, at=request.at)
    return redirect(f"{reverse('gateway:phone')}?open={pk}")


@signed_in
@require_safe
def mails(request: StaffRequest) -> HttpResponse:
    """List the e-mails that would have been sent."""
    where = local_gateway.mail_folder()
    if where is None:
        raise Http404
    return render(request, "notifications/gateway/mails.html", {"mails": local_gateway.mails(where)})


@signed_in
@require_safe
def mail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one e-mail as plain words; nothing in it is run, fetched or opened."""
    where = local_gateway.mail_folder()
    found = local_gateway.mail_of(where, pk) if where else None
    if found is None:
        raise Http404
    crumbs = [(_("Mail catcher"), reverse("gateway:mails")), (_("One e-mail"), "")]
    return render(request, "notifications/gateway/mail.html", {"mail": found, "crumbs": crumbs})


def _phone(request: StaffRequest, form: forms.Typed, pk: UUID | None) -> HttpResponse:
    where = local_gateway.folder()
    if where is None:
        raise Http404
    found = local_gateway.bubbles(where)
    newest = _newest_of_each(found)
    chosen = next((one for one in found if one.id == pk and not one.mine), None)
    chosen = chosen or next(iter(newest), None)
    talk = [one for one in reversed(found) if chosen and one.number == chosen.number]
    context: dict[str, Any] = {"phones": newest, "chosen": chosen, "talk": talk, "form": form}
    status = WRONG if form.errors else 200
    return render(request, "notifications/gateway/phone.html", context, status=status)


def _newest_of_each(found: list[Bubble]) -> list[Bubble]:
    """Return the newest message of each phone."""
    newest: dict[str, Bubble] = {}
    for one in found:
        if not one.mine:
            newest.setdefault(one.number, one)
    return list(newest.values())


def _bubble(pk: UUID) -> Bubble | None:
    where = local_gateway.folder()
    found = local_gateway.bubbles(where) if where else []
    return next((one for one in found if one.id == pk and not one.mine), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
