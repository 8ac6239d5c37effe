"""What stands on the page of each link, and what it says when the act is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from consent import queries as consents
from consent.models import Consent
from consent.purposes import CORE
from foundation import vault
from notifications.channel_names import Channel
from notifications.links import forms, replies, walls
from notifications.links.models import FollowUp
from notifications.links.opening import Opened
from notifications.links.purposes import GO_ON, Purpose
from notifications.recipients.models import ContactState, Reach
from registry.donors import queries as donors
from registry.donors.models import CallKind, CallTask, Donor
from registry.donors.states import DonorState
from registry.families.models import WallPage

Context = dict[str, Any]


class NothingThere(LookupError):
    """What the link is about is there no more: it answers as one that ran out."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its form, what it shows first, and what it shows afterwards."""

    form: Callable[..., forms.OfLink]
    shows: Callable[[Opened, QueryDict], Context] = lambda _opened, _asked: {}
    after: Callable[[Opened], Context] = lambda _opened: {}


def page_of(opened: Opened) -> Page:
    """Return the page of a link."""
    return _PAGES[opened.purpose]


def ways_on(opened: Opened) -> list[Context]:
    """Return to which other acts somebody may go on from here, with their words."""
    if opened.person.donor is None:
        return []
    ways = GO_ON.get(opened.purpose, ())
    again = opened.link.used_at is not None  # the same once more needs a link once more
    return [{"value": way.value, "words": way.label} for way in ways if again or way != opened.purpose]


def _contact(opened: Opened, _asked: QueryDict) -> Context:
    row = opened.person.donor or opened.person.member
    if row is None:
        raise NothingThere
    return dict(vault.open_one(row, "phone", "email"))


def _pause(opened: Opened, _asked: QueryDict) -> Context:
    donor = _donor(opened)
    return {"paused_until": donor.hold_until, "in_a_case": donor.state == DonorState.IN_CASE}


def _paused(opened: Opened) -> Context:
    return {"until": _donor(opened).hold_until}


def _leaving(opened: Opened, _asked: QueryDict) -> Context:
    return {"has_left": _donor(opened).is_gone}


def _receipt(opened: Opened) -> Context:
    donor = opened.person.donor
    found = donor and donor.withdrawals.filter(ended_at=None).select_related("donor").first()
    return donors.receipt_of(found) if found else {}


def _permissions(opened: Opened, asked: QueryDict) -> Context:
    """Show all permissions, or first what withdrawing the chosen one means."""
    rows = consents.section(opened.person.subject.pk).rows
    chosen = next((row for row in rows if str(row.consent.pk) == asked.get("one")), None)
    if chosen is not None and not chosen.consent.can_be_withdrawn:
        chosen = None
    core = chosen is not None and chosen.consent.purpose in CORE and opened.person.donor is not None
    return {"rows": rows, "chosen": chosen, "core": core}


def _after_permission(opened: Opened) -> Context:
    receipt = _receipt(opened)
    mine = Consent.objects.filter(subject=opened.person.subject, withdrawn_at=opened.link.used_at)
    last = mine.order_by("-id").first()
    return {**receipt, "withdrawn": consents.Row(last, "none") if last else None}


def _way(opened: Opened, _asked: QueryDict) -> Context:
    return {"way": Channel(opened.link.matter).label}


def _stopped(opened: Opened) -> Context:
    """Return whether nothing comes any more by whatever way, and who is rung for a patient nevertheless."""
    stopped = ContactState.objects.filter(subject=opened.person.subject, state=Reach.STOPPED)
    return {"every_way": stopped.count() == len(Channel), "donor": opened.person.donor is not None}


def _invitation(opened: Opened, _asked: QueryDict) -> Context:
    return {"invitation": _described(opened)}


def _described(opened: Opened) -> replies.Invitation:
    found = replies.describe(opened.link.matter, opened.person.subject)
    if found is None:
        raise NothingThere
    return found


def _reply_form(*args: Any, opened: Opened, **kwargs: Any) -> forms.OfLink:
    return forms.Reply(*args, opened=opened, invitation=_described(opened), **kwargs)


def _wall(opened: Opened, _asked: QueryDict) -> Context:
    page = _wall_page(opened)
    entry = walls.entry_of(page)
    entries = [entry] if entry else []
    return {"entries": entries, "branch": page.family.branch, "state": page.state}


def _wall_page(opened: Opened) -> WallPage:
    """Return the page wherever it stands: a no is heard at any time."""
    page = walls.page_of(opened.person)
    if page is None:
        raise NothingThere
    return page


def _wall_form(*args: Any, opened: Opened, **kwargs: Any) -> forms.OfLink:
    page = _wall_page(opened)
    asked = walls.shown_to(opened.person) is not None
    return forms.OnTheWall(*args, opened=opened, standing=walls.standing(page), asked=asked, **kwargs)


def _answered(opened: Opened) -> Context:
    given = FollowUp.objects.filter(
        subject=_donor(opened).subject, at=opened.link.used_at or opened.link.made_at
    )
    calls = CallTask.objects.open().filter(donor=_donor(opened), kind=CallKind.FOLLOW_UP)
    return {"follow_up": given.first(), "call": calls.first()}


def _donor(opened: Opened) -> Donor:
    if opened.person.donor is None:
        raise NothingThere
    return opened.person.donor


_PAGES: Final[dict[Purpose, Page]] = {
    Purpose.CONFIRM: Page(forms.Nothing, _contact),
    Purpose.PAUSE: Page(forms.Pause, _pause, _paused),
    Purpose.PHONE: Page(forms.Phone, _contact),
    Purpose.ONLY_IF_MATCHED: Page(forms.Nothing),
    Purpose.WITHDRAW: Page(forms.Withdraw, _leaving, _receipt),
    Purpose.CONSENTS: Page(forms.WithdrawOne, _permissions, _after_permission),
    Purpose.STOP: Page(forms.Stop, _way, _stopped),
    Purpose.REPLY: Page(_reply_form, _invitation, lambda opened: _invitation(opened, QueryDict())),
    Purpose.FOLLOW_UP: Page(forms.HowAreYou, after=_answered),
    Purpose.WALL: Page(_wall_form, _wall),
}
