"""One touchpoint: who, what, in which words, what became of it; release it, hold it, leave it out, do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import moves, trail
from foundation.access import Permission, StaffRequest, requires
from foundation.desk.naming import Names
from foundation.pages import Attempt
from foundation.pages.forms import RelayForm
from foundation.templatetags.relay import moment
from notifications.care import actions, forms, queries, showing, unsent
from notifications.care.forms.touchpoints import LONGEST_NOTE
from notifications.care.ticked import ids_of
from notifications.care.views.calendar import DESK, RELEASED, show_work
from notifications.care.work import Work
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.outbox import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans import asked, own, sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import STILL_TO_DO, TouchpointState

P = Permission
AT_ONCE: Final = 200  # released in one transaction; a busy week has some tens [D]
ACTS: Final = frozenset({"approve", "put_back", "hold", "skip", "do"})  # what its page offers
_OF_WORDS: Final = frozenset({"no_wording", "field_missing"})  # said beside each person
SAID: Final = {
    "approve": gettext_lazy("It is released."),
    "hold": gettext_lazy("It is held. Nothing of it leaves until somebody lifts this."),
    "release": gettext_lazy("The hold is lifted. It is to be released anew."),
    "skip": gettext_lazy("It is left out this time."),
    "done": gettext_lazy("It is written down as done."),
}


@requires(*DESK)
@require_safe
def detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one touchpoint."""
    return _page(request, _touchpoint(request, pk))


@requires(P.CARE_APPROVE)
@require_POST
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Release it: its messages are queued, its letter can be printed, or somebody rings."""
    touchpoint = _touchpoint(request, pk)
    form = forms.Approve(request.POST, touchpoint=touchpoint)

    def act() -> object:
        channel = form.cleaned_data["channel"]
        return plans.approve(touchpoint, channel=channel, by=request.actor, at=request.at)

    return _acted(request, touchpoint, "approve", form, act)


@requires(P.CARE_APPROVE)
@require_POST
def release_to(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Release it to one more, who joined the household since it was released."""
    touchpoint = _touchpoint(request, pk)
    for subject in ids_of(request.POST.getlist("person"))[:1]:
        with Attempt(request, None) as attempt:
            plans.release_to(touchpoint, subject, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, SAID["approve"])
    return redirect("care:touchpoint", touchpoint.pk)


@requires(*DESK)
@require_POST
def hold(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Stop it, and what is queued of it, until somebody looks into it."""
    touchpoint, form = _touchpoint(request, pk), forms.Hold(request.POST)

    def act() -> object:
        return plans.hold(touchpoint, why=form.cleaned_data["why"], by=request.actor, at=request.at)

    return _acted(request, touchpoint, "hold", form, act)


@requires(P.CARE_APPROVE)
@require_POST
def release(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Lift a hold."""
    touchpoint = _touchpoint(request, pk)

    def act() -> object:
        return plans.release(touchpoint, by=request.actor, at=request.at)

    return _acted(request, touchpoint, "release", None, act)


@requires(P.CARE_APPROVE)
@require_POST
def skip(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Leave it out this time."""
    touchpoint, form = _touchpoint(request, pk), forms.Skip(request.POST)

    def act() -> object:
        return plans.skip(touchpoint, why=form.cleaned_data["why"], by=request.actor, at=request.at)

    return _acted(request, touchpoint, "skip", form, act)


@requires(P.CARE_SEND)
@require_POST
def done(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what was done by hand, with a note."""
    touchpoint = _touchpoint(request, pk)
    left = _people(showing.people(touchpoint, at=request.at))
    if not left or touchpoint.state not in STILL_TO_DO:
        return _too_late(request, touchpoint)
    form = forms.Done(request.POST, people=left)

    def act() -> object:
        reached = ids_of(form.cleaned_data["people"])
        given = {name: form.cleaned_data[name] for name in ("channel", "note")}
        return actions.done_by_hand(touchpoint, people=reached, **given, by=request.actor, at=request.at)

    return _acted(request, touchpoint, "done", form, act)


@requires(P.CARE_APPROVE)
@require_http_methods(["POST"])
def approve_several(request: StaffRequest) -> HttpResponse:
    """Release what was ticked, all of it or nothing."""
    ticked = ids_of(request.POST.getlist("touchpoint"))
    work = next((one for one in RELEASED if one.value == request.POST.get("work")), Work.APPROVE)
    if len(ticked) > AT_ONCE:
        messages.error(request, _("Tick at most %(n)d at a time.") % {"n": AT_ONCE})
        return redirect("care:work", work.value)
    wanted = list(queries.of_families(request.scope).filter(pk__in=ticked))
    form, status = forms.ApproveSeveral(request.POST, touchpoints=wanted), 422
    wrong: Mapping[UUID, Sequence[str]] = {}
    if form.is_valid():
        way, status = form.cleaned_data["channel"], 409
        with Attempt(request, form) as attempt:
            try:
                released = plans.approve_many(wanted, channel=way, by=request.actor, at=request.at)
            except plans.NotReleased as refused:
                wrong = refused.wrong
                raise
        if attempt.ok:
            messages.success(request, _("%(n)d released.") % {"n": len(released)})
            return redirect("care:work", work.value)
    kept = frozenset(map(str, ticked))
    return show_work(request, work, ticked=kept, wrong=wrong, form=form, status=status)


def _people(people: Sequence[showing.Person]) -> list[tuple[str, str]]:
    """Return whom it may still reach: nobody gets it twice."""
    return [(str(one.recipient.subject.pk), str(one.name)) for one in people if one.reached is None]


def _touchpoint(request: StaffRequest, pk: UUID) -> Touchpoint:
    return get_object_or_404(queries.of_families(request.scope), pk=pk)


def _acted(
    request: StaffRequest,
    touchpoint: Touchpoint,
    name: str,
    form: RelayForm | None,
    act: Callable[[], object],
) -> HttpResponse:
    if form is None or form.is_valid():
        with Attempt(request, form) as attempt:
            act()
        if attempt.ok:
            messages.success(request, SAID[name])
            return redirect("care:touchpoint", touchpoint.pk)
    if form is None:
        return redirect("care:touchpoint", touchpoint.pk)
    return _page(request, _touchpoint(request, touchpoint.pk), status=422, typed={name: form})


def _too_late(request: StaffRequest, touchpoint: Touchpoint) -> HttpResponse:
    """Show what was typed of one that a colleague or another tab wrote down before: no note is lost."""
    step = moves.steps_of(touchpoint).filter(to_state=TouchpointState.DONE).last()
    who = Names.of([step.by_id]).get(step.by_id) if step else ""
    words = _("It is over: nothing more can be written down here.")
    if step and who:
        said = {"who": who, "when": moment(step.at)}
        words = _("%(who)s wrote this down as done on %(when)s.") % said
    note = request.POST.get("note", "")[:LONGEST_NOTE].strip()
    return _page(request, touchpoint, status=409, too_late={"words": words, "note": note})


def _page(
    request: StaffRequest,
    touchpoint: Touchpoint,
    *,
    status: int = 200,
    too_late: Mapping[str, str] | None = None,
    typed: Mapping[str, RelayForm] | None = None,
) -> HttpResponse:
    today = timezone.localdate(request.at)
    line = queries.lines_of([touchpoint], today=today, language=get_language() or "")[0]
    way = sendings.way_of(touchpoint)
    people = showing.people(touchpoint, at=request.at)
    given: dict[str, Any] = {
        "approve": forms.Approve(touchpoint=touchpoint),
        "hold": forms.Hold(),
        "skip": forms.Skip(),
        "done": forms.Done(initial={"channel": way}, people=_people(people)),
        **(typed or {}),
    }
    kept = showing.sent(Message.objects.filter(touchpoint=touchpoint), opened=True)
    if people or kept:  # the words stand there in full: who looked is on the trail
        trail.record("touchpoint.viewed", by=request.actor, at=request.at, object=touchpoint)
    offers = {offer.name: offer for offer in moves.offers(touchpoint, by=request.actor, at=request.at)}
    context = {
        "line": line,
        "touchpoint": touchpoint,
        "family": touchpoint.plan.family,
        "forms": given,
        "form": next(iter((typed or {}).values()), None),
        "offers": offers,
        "is_letter": way == Channel.LETTER,
        "is_by_voice": way in {Channel.CALL, Channel.VISIT},
        "people": people,
        "asked": asked.of(touchpoint),
        "own": own.words_of(touchpoint) if people else "",
        "left": _people(people),
        "messages_of": kept,
        "was_posted": any(_is_posted(one.message) for one in kept),
        "steps": moves.steps_of(touchpoint).order_by("-at")[:20],
        "today": today,
        "has_acts": any(offer.allowed for name, offer in offers.items() if name in ACTS),
        "no_letter": _no_letter(touchpoint, at=request.at) if way == Channel.LETTER else None,
        "too_late": too_late,
    }
    return render(request, "notifications/care/touchpoint.html", context, status=status)


def _no_letter(touchpoint: Touchpoint, *, at: datetime) -> unsent.Reason | None:
    """Return why no letter can be printed of one that is still to be written; None where one can."""
    if touchpoint.state not in STILL_TO_DO:
        return None
    why = post.letter_of(touchpoint, at=at).why
    return unsent.reason_of(why) if why and why not in _OF_WORDS else None


def _is_posted(message: Message) -> bool:
    return message.channel == Channel.LETTER and message.state == MessageState.SENT
