"""Acts of people on one touchpoint: release it, hold it, leave it out, do it by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation import access, calendar, moves, trail
from foundation.access import Permission
from foundation.moves import Step
from foundation.trail import Actor
from notifications.plans import joined, quiet, sendings, signals, ways
from notifications.plans.actions.common import lock_everybody, locked
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import Why


class NotReleased(moves.Refused):
    """Some of several cannot be released, so none is; ``wrong`` says why, by touchpoint."""

    def __init__(self, wrong: Mapping[UUID, Sequence[str]]) -> None:
        sentence = _("Nothing was released: of what was ticked, some cannot be. Each line says why.")
        super().__init__([sentence], move="approve")
        self.wrong = wrong


@transaction.atomic
def approve(touchpoint: Touchpoint, *, by: Actor, at: datetime, channel: str = "") -> Touchpoint:
    """
    Release a touchpoint: a message for each person whom a way is open to, or a task for who does it.

    One that reached nobody is released anew, by a way that was not tried.

    :param channel: the way that a person chose; else the first that is open to somebody.
    :raises moves.Refused: with every sentence that stands against it, or if nobody can be reached.
    """
    touchpoint = locked(touchpoint)
    choice = ways.choose(touchpoint, wanted=channel, at=at)
    touchpoint.channel = choice.way
    touchpoint.approved_by_id, touchpoint.approved_at = by.id, at
    saves = ("channel", "approved_by_id", "approved_at")
    moves.make(touchpoint, "approve", by=by, at=at, saves=saves)
    if choice.against:
        raise moves.Refused(choice.against, move="approve")
    copies = sendings.of_touchpoint(touchpoint, at=at, tried=choice.tried)
    if not copies:
        _check_somebody_is_left(touchpoint)
    signals.touchpoint_approved.send(Touchpoint, touchpoint=touchpoint, sendings=copies, by=by, at=at)
    return touchpoint


def _check_somebody_is_left(touchpoint: Touchpoint) -> None:
    """
    Refuse what would go to nobody.

    :raises moves.Refused: if all had it, or a machine would send it and no way is open.
    """
    if sendings.reached_all(touchpoint):
        raise moves.Refused([_("Everybody was reached already, by another way.")], move="approve")
    if not sendings.is_by_a_person(touchpoint):
        raise moves.Refused([_("Nobody can be reached by this way now. Choose another one.")], move="approve")


@transaction.atomic
def release_to(touchpoint: Touchpoint, subject: UUID, *, by: Actor, at: datetime) -> Touchpoint:
    """
    Release what went out already to one more, who joined the household since.

    :raises moves.NotAllowed: if the actor may not release it.
    :raises moves.Refused: if its day has passed, they were meant or reached before, or no way is open.
    """
    lock_everybody(touchpoint.plan)
    touchpoint = locked(touchpoint)
    if not access.may(by, Permission.CARE_APPROVE, on=touchpoint, at=at):
        raise moves.NotAllowed(Permission.CARE_APPROVE.value)
    to = next((one for one in joined.since_release(touchpoint) if one.subject.pk == subject), None)
    if to is None:
        raise moves.Refused([_("They were meant already, or were reached.")], move="approve")
    sentences = joined.against(touchpoint, to, at=at)
    copy = joined.copy_for(touchpoint, to, at=at)
    if copy is None:
        sentences.append(_("Nobody can be reached by this way now. Choose another one."))
    if sentences:
        raise moves.Refused(sentences, move="approve")
    signals.touchpoint_released_to.send(Touchpoint, touchpoint=touchpoint, sendings=[copy], by=by, at=at)
    trail.record("touchpoint.released_to", by=by, at=at, object=touchpoint, person=str(subject))
    return touchpoint


@transaction.atomic
def approve_many(
    touchpoints: Sequence[Touchpoint], *, by: Actor, at: datetime, channel: str = ""
) -> list[Touchpoint]:
    """
    Release several at once; all or none.

    :param channel: the one way that a person chose for all of them; else the way of each.
    :raises NotReleased: with what stands against each of them that cannot be released.
    :raises moves.Refused: if one of them may not be released, or lies before a hundredth day:
        these are released one by one.

    Source: domain.md section 7, "tasks that the officer releases one by one"
    """
    for touchpoint in touchpoints:
        if quiet.lies_before(touchpoint):
            sentence = _("What lies before the hundredth day is released one by one.")
            raise moves.Refused([sentence], move="approve")
    lock_everybody(*(touchpoint.plan for touchpoint in touchpoints))
    in_order = sorted(touchpoints, key=lambda one: str(one.plan_id))
    released, wrong = [], {}
    for touchpoint in in_order:
        try:
            with transaction.atomic():
                released.append(approve(touchpoint, channel=channel, by=by, at=at))
        except moves.Refused as refused:
            wrong[touchpoint.pk] = [str(sentence) for sentence in refused.sentences]
    if wrong:
        raise NotReleased(wrong)
    return released


@transaction.atomic
def hold(touchpoint: Touchpoint, *, why: str, by: Actor, at: datetime) -> Step:
    """
    Stop a touchpoint, and what is queued of it, until a person looks into it.

    :param why: a code of ``whys.HOLDS``.
    :raises moves.Refused: if it went out already.
    """
    touchpoint = locked(touchpoint)
    touchpoint.held_reason = why
    step = moves.make(touchpoint, "hold", by=by, at=at, reason=why, saves=("held_reason",))
    signals.touchpoint_held.send(Touchpoint, touchpoint=touchpoint, why=why, by=by, at=at)
    return step


def hold_on(touchpoints: QuerySet[Touchpoint], *, was: str, why: str) -> int:
    """Hold for another reason from now on what is held for one that is over, and return how many."""
    held = touchpoints.filter(state=TouchpointState.HELD, held_reason=was)
    return held.update(held_reason=why)


@transaction.atomic
def release(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> Touchpoint:
    """Lift a hold. Who releases it to go out is asked anew; what is queued of it stays held till then."""
    touchpoint = locked(touchpoint)
    if touchpoint.state != TouchpointState.HELD:
        raise moves.WrongState(move="release", state=str(touchpoint.state))
    touchpoint.held_reason, touchpoint.approved_by_id, touchpoint.approved_at = "", "", None
    saves = ("held_reason", "approved_by_id", "approved_at")
    moves.make(touchpoint, "put_back", by=by, at=at, saves=saves)
    if touchpoint.on_date <= calendar.day_of(at) and touchpoint.plan.state == "ACTIVE":
        moves.make(touchpoint, "fall_due", by=by, at=at)
    return touchpoint


@transaction.atomic
def skip(touchpoint: Touchpoint, *, why: str, by: Actor, at: datetime) -> Step:
    """
    Leave a touchpoint out this time.

    :param why: a code of ``whys.SKIPS``, or that it was found too late.
    :raises moves.Refused: if it went out already, or is not the actor's to leave out.
    """
    touchpoint = locked(touchpoint)
    touchpoint.why, touchpoint.held_reason = why, ""
    step = moves.make(touchpoint, "skip", by=by, at=at, reason=why, saves=("why", "held_reason"))
    signals.touchpoint_ended.send(Touchpoint, touchpoint=touchpoint, why=why, by=by, at=at)
    return step


@transaction.atomic
def done(touchpoint: Touchpoint, *, by: Actor, at: datetime, channel: str = "") -> Step:
    """
    Note that a person did it by hand. What is queued of it is taken back: there is one copy only.

    :param channel: how it was done, where that was not decided before.
    :raises moves.Refused: if a message of it is on its way, or it is not the actor's to do.
    """
    touchpoint = locked(touchpoint)
    touchpoint.done_at, touchpoint.channel = at, channel or touchpoint.channel
    step = moves.make(touchpoint, "do", by=by, at=at, saves=("done_at", "channel"))
    signals.touchpoint_ended.send(
        Touchpoint, touchpoint=touchpoint, why=Why.DONE_OTHERWISE.value, by=by, at=at
    )
    return step
