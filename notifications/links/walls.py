"""The page for the memorial wall as one of the family sees it by their own link, and what they answer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from foundation import moves
from foundation.trail import Actor
from notifications.recipients import Recipient
from registry.families import actions, queries
from registry.families.forms.wall import CHANGE, YES
from registry.families.models import WallPage
from registry.families.queries.wall import Entry
from registry.families.states import WallState


def shown_to(person: Recipient) -> WallPage | None:
    """Return the page that the family of a relative is shown now; None where there is none."""
    if person.member is None:
        return None
    page = page_of(person)
    return page if page is not None and page.state == WallState.SHOWN else None


def page_of(person: Recipient) -> WallPage | None:
    """Return the page that a relative may say no to, wherever it stands; None where there is none."""
    if person.member is None:
        return None
    pages = WallPage.objects.filter(giver=person.member.family.giver_id).exclude(state=WallState.ENDED)
    return pages.select_related("giver__subject", "family__branch").first()


def entry_of(page: WallPage) -> Entry | None:
    """Return the name exactly as the public would read it; None where none opens, or it is being written."""
    return queries.entry_of(page) if page.state != WallState.DRAFT else None


def standing(page: WallPage) -> str:
    """Name the words of a page: others have another name."""
    return page.written_at.isoformat()


def answer(person: Recipient, *, said: str, words: str, seen: str, by: Actor, at: datetime) -> None:
    """
    Keep what a relative answers: a yes, a wish for a change, or a no, which is an objection.

    A no is heard whatever the page is by now.

    :param seen: which words they saw, as ``standing`` named them.
    :raises moves.Refused: if the words are others meanwhile.
    """
    member = person.member
    if member is not None and said not in {YES, CHANGE}:
        actions.object_to_wall(member, words=words, by=by, at=at)
        return
    page = shown_to(person)
    if member is None or page is None or standing(page) != seen:
        raise moves.Refused([_("The page was changed meanwhile. Please look at it again.")], move="wall")
    if said == YES:
        actions.agree_to_wall(page, member, by=by, at=at)
    else:
        actions.ask_wall_change(page, member, words=words, by=by, at=at)
