"""Find the link that a token opens, and let somebody through who knows the second fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import F

from foundation import trail
from foundation.access import Branch
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from notifications import recipients
from notifications.links import facts, tokens
from notifications.links.models import Link
from notifications.links.purposes import AFTER_LEAVING, WITHOUT_A_FACT, Purpose
from notifications.recipients import Recipient

_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that holds, and whose it is."""

    link: Link
    person: Recipient

    @property
    def purpose(self) -> Purpose:
        """The one thing the link is for."""
        return Purpose(self.link.purpose)

    @property
    def by(self) -> Actor:
        """The person themself, as who does a thing."""
        return Actor(ActorKind.SUBJECT, str(self.link.subject_id))


def find(token: str) -> Link | None:
    """Return the link of a token that was signed for just this; it may be used or over."""
    link = Link.objects.filter(mark=tokens.mark(token)).first()
    signed = tokens.signature(
        token,
        purpose=link.purpose if link else "",
        subject_id=link.subject_id if link else UUID(int=0),
        matter=link.matter if link else "",
        expires_at=link.expires_at if link else _NEVER,
    )
    fits = tokens.same(signed, link.signature if link else "")
    return link if fits else None


def open_link(link: Link | None, *, at: datetime) -> Opened | None:
    """Return the link with its person if it still holds; else None, whatever the reason."""
    if link is None or link.used_at or link.ended_at or link.expires_at <= at:
        return None
    return _with_person(link)


def used_link(link: Link | None, *, at: datetime) -> Opened | None:
    """Return a link that was used a moment ago, for whoever used it: what happens next stands there."""
    if (
        link is None
        or link.used_at is None
        or link.used_at < at - timedelta(minutes=settings.LINK_PASS_MINUTES)
    ):
        return None
    return _with_person(link, after=True)


def prove(opened: Opened, typed: str, *, at: datetime) -> bool:
    """
    Return whether the second fact is right; the fifth that is wrong ends the link.

    A try is taken before it is compared, so that a hundred guesses at the same moment are five, too.
    """
    most = settings.LINK_WRONG_MOST
    mine = Link.objects.filter(pk=opened.link.pk, used_at=None, ended_at=None)
    if not mine.filter(wrong__lt=most).update(wrong=F("wrong") + 1):
        return False
    if facts.is_right(opened.person, typed):
        mine.update(wrong=F("wrong") - 1)
        return True
    ended = mine.filter(wrong__gte=most).update(ended_at=at)
    trail.record("link.fact_wrong", by=opened.by, at=at, object=opened.link, ended=bool(ended))
    return False


def tries_left(link: Link) -> int:
    """Return how many answers may still be wrong."""
    wrong = Link.objects.filter(pk=link.pk, ended_at=None).values_list("wrong", flat=True).first()
    return 0 if wrong is None else max(settings.LINK_WRONG_MOST - wrong, 0)


def branch_of(token: str) -> Branch | None:
    """Return the branch whose landline a page names: the one the token says, else the top of the tree."""
    working = Branch.objects.filter(active=True)
    said: Branch | None = working.filter(path=tokens.branch_path(token)).first()
    top: Branch | None = working.filter(parent=None).order_by("path").first()
    return said or top


def _with_person(link: Link, *, after: bool = False) -> Opened | None:
    person = _kept(link.subject_id)
    if person is None or not _may_act(person.subject, Purpose(link.purpose), after=after):
        return None
    asked = link.purpose not in WITHOUT_A_FACT
    return Opened(link, person) if not asked or facts.can_be_asked(person) else None


def _kept(subject_id: UUID) -> Recipient | None:
    """Return the person; of somebody whose two records were joined, by the one that was kept."""
    person = recipients.of([subject_id]).get(subject_id)
    if person is None or person.donor is None or person.donor.merged_into is None:
        return person
    kept = person.donor.merged_into.subject_id
    return recipients.of([kept]).get(kept)


def _may_act(subject: Subject, purpose: Purpose, *, after: bool) -> bool:
    if subject.erased_at is not None or subject.died_reported_at is not None:
        return False
    return after or subject.restricted_at is None or purpose in AFTER_LEAVING
