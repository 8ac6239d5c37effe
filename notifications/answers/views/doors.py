"""What the gateway tells us: signed, not long ago, and taken once. Everything else is answered alike."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation.access import public
from foundation.access.requires import Guarded
from foundation.ids import is_uuid7
from foundation.trail import Actor, ActorKind
from notifications.answers import actions
from notifications.channel_names import Channel
from notifications.channels import gateway
from notifications.outbox import fences

REFUSED: Final = 400
TAKEN: Final = 204
AGAIN: Final = 503  # tell it again: taken twice is taken once
_BY_GATEWAY: Final = {"sms": Channel.SMS, "wechat": Channel.WECHAT}
GATEWAY: Final = Actor(ActorKind.INTEGRATION, "gateway")
Said = dict[str, Any]
Take = Callable[[Said], int]


def by_the_gateway(take: Take) -> Guarded:
    """Let in whoever signs with the secret of `SMS_URL`; nobody else learns what was wrong."""

    @public(reason="the gateway tells us; every request is signed with the secret we share")
    @csrf_exempt
    @require_POST
    @wraps(take)
    def door(request: HttpRequest) -> HttpResponse:
        said = _signed(request)
        status = take(said) if said is not None else REFUSED
        words = b"" if status == TAKEN else b"not taken"
        return HttpResponse(words, status=status, content_type="text/plain")

    return door


@by_the_gateway
def receipt(said: Said) -> int:
    """
    Take receipts: which message, whether it arrived, and the provider's code where it did not.

    One that names nothing of ours while we hand something over may be of that very message, by the
    gateway's own id: it is to be told again. Not so one of an id of our kind, as an alarm's, which was
    known before its hand-over.
    """
    receipts = said.get("receipts")
    if not isinstance(receipts, list) or len(receipts) > settings.TOLD_AT_ONCE:
        return REFUSED
    soon = actions.may_be_named_soon()  # asked before it is looked for: what ends in between is found
    known: list[bool | None] = []
    for one in receipts:
        if isinstance(one, dict):
            known.append(None)  # where a fault keeps it from being taken, and it alone
            with fences.fenced("receipt.not_taken"):
                known[-1] = _is_of_ours(one)
    return AGAIN if None in known or (soon and not all(known)) else TAKEN


def _is_of_ours(one: Said) -> bool:
    """Take one receipt, and return whether it named something of ours."""
    told = actions.Told(*(_clean(str(one.get(name) or ""))[:128] for name in ("id", "status", "code")))
    return actions.told(told, by=GATEWAY, at=timezone.now()) or is_uuid7(told.id)


@by_the_gateway
def inbound(said: Said) -> int:
    """Take what somebody wrote: by SMS or WeChat, or an e-mail as the mail server had it."""
    if said.get("channel") == "email":
        return _mail(said)
    channel = _BY_GATEWAY.get(str(said.get("channel")))
    told = [said.get(name) for name in ("from", "text", "id")]
    if channel is None or not all(isinstance(one, str) and one.strip() for one in told):
        return REFUSED
    address, text, number = (_clean(str(one)) for one in told)
    actions.received(channel, address, text, provider_id=number[:128], by=GATEWAY, at=timezone.now())
    return TAKEN


def _mail(said: Said) -> int:
    try:
        raw = base64.b64decode(str(said.get("raw") or ""), validate=True)
    except (binascii.Error, ValueError):
        return REFUSED
    if not raw:
        return REFUSED
    actions.mail(raw, by=GATEWAY, at=timezone.now())
    return TAKEN


def _clean(text: str) -> str:
    """Return text without what no database keeps: NUL, and halves of characters that JSON can write."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _signed(request: HttpRequest) -> Said | None:
    """Return what the gateway said; None where it was not the gateway, or no object."""
    line = gateway.line()
    if len(request.body) > settings.TOLD_LARGEST_KB * 1024:
        return None
    try:
        gateway.check(
            line.secret if line else "",
            request.headers,
            body=request.body,
            at=timezone.now(),
            seconds=settings.GATEWAY_CLOCK_SECONDS,
        )
        said = json.loads(request.body)
    except (gateway.SignatureProblem, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
