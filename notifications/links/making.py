"""Make links, at the moment at which a message with them is sent: a link belongs to one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from foundation import trail
from foundation.access import links as addresses
from foundation.ids import uuid7
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.links import tokens
from notifications.links.models import Link
from notifications.links.opening import Opened
from notifications.links.purposes import FIELDS, Purpose, fits


class NotTheirs(ValueError):
    """Such a link is not for a person in this capacity."""


def make(
    purpose: Purpose, subject: Subject, *, at: datetime, matter: str = "", lasts: timedelta | None = None
) -> str:
    """
    Return the address of a new link.

    :param matter: what it is about beside the person, as an id or a code: an invitation, a channel.
    :param lasts: how long it can be used; by default as long as the rules say.
    :raises NotTheirs: if a person in this capacity has nothing to do there.
    """
    return addresses.site_address() + reverse(
        "links:open", args=[new_token(purpose, subject, at=at, matter=matter, lasts=lasts)]
    )


def new_token(
    purpose: Purpose, subject: Subject, *, at: datetime, matter: str = "", lasts: timedelta | None = None
) -> str:
    """
    Keep a new link and return its token, which is known to nobody but the caller.

    :raises NotTheirs: if a person in this capacity has nothing to do there.
    """
    if not fits(purpose, subject.capacity):
        raise NotTheirs(purpose)
    token = tokens.new(subject.branch_path)
    days = settings.LINK_STOP_DAYS if purpose == Purpose.STOP else settings.LINK_DAYS
    expires_at = (at + (lasts or timedelta(days=days))).replace(microsecond=0)
    Link.objects.create(
        id=uuid7(),
        subject=subject,
        purpose=purpose,
        matter=matter,
        mark=tokens.mark(token),
        signature=tokens.signature(
            token, purpose=purpose, subject_id=subject.pk, matter=matter, expires_at=expires_at
        ),
        made_at=at,
        expires_at=expires_at,
    )
    return token


def unsubscribe(subject: Subject, channel: str, *, at: datetime) -> str:
    """
    Return the address that a mail program asks to stop the messages of one way, without a page.

    Source: RFC 8058 (List-Unsubscribe-Post: List-Unsubscribe=One-Click)
    """
    token = new_token(Purpose.STOP, subject, at=at, matter=channel)
    return addresses.site_address() + reverse("links:one-click", args=[token])


def fields(
    subject: Subject,
    names: Iterable[str],
    *,
    at: datetime,
    matters: Mapping[Purpose, str] | None = None,
    known: Mapping[str, Purpose] = FIELDS,
) -> dict[str, str]:
    """
    Return the links that a wording asks for by the names of its merge fields, each made now.

    :param names: as ``link_confirm``; what is no link, or not for this person, is left out.
    :param matters: what the links are about beside the person, where they are about something.
    :param known: which names are links, and for what.
    """
    about = matters or {}
    return {
        name: make(known[name], subject, at=at, matter=about.get(known[name], ""))
        for name in dict.fromkeys(names)
        if name in known and fits(known[name], subject.capacity)
    }


def go_on(purpose: Purpose, opened: Opened, *, at: datetime) -> tuple[Link, str]:
    """Return a short-lived link for another act of somebody who has just shown who they are, and its path."""
    lasts = timedelta(minutes=settings.LINK_ON_MINUTES)
    token = new_token(purpose, opened.person.subject, at=at, lasts=lasts)
    return Link.objects.get(mark=tokens.mark(token)), reverse("links:open", args=[token])


def purge(*, by: Actor, at: datetime) -> int:
    """Delete links that ran out long ago; return how many. Who used them stands on the trail."""
    over = Link.objects.filter(expires_at__lt=at - timedelta(days=settings.LINK_KEPT_DAYS))
    gone, _each = over.delete()
    if gone:
        trail.record("links.purged", by=by, at=at, links=gone)
    return gone
