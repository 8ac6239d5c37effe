"""Plan what a family asked to be told; planning by itself never does."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, calendar, moves, trail
from foundation.trail import Actor, ActorKind
from notifications.plans.actions.common import locked_plan
from notifications.plans.asked import GIFT_TOLD, HELPED_MOST, Asked
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import OPEN_TOUCHPOINTS, WHO_PLANS, PlanState
from notifications.programmes.queries import steps_in_use


@transaction.atomic
def answer_about_gift(
    plan: Plan, *, helped: int, channel: str, on: date, by: Actor, at: datetime
) -> Touchpoint:
    """
    Plan to tell a household how many people were helped; a person releases it, like everything else.

    :param helped: at least one: that nobody was, no paper says.
    :param on: the day on which they asked.
    :raises moves.Refused: if the plan does not run, its programme has no words for it, the number or the
        day is none, or they are being told already.
    :raises moves.NotAllowed: if the actor may not plan there.

    Source: domain.md section 7, "What the gift did is told only if asked"
    """
    plan = locked_plan(plan)
    if by.kind == ActorKind.STAFF and not any(access.may(by, one, on=plan, at=at) for one in WHO_PLANS):
        raise moves.NotAllowed(WHO_PLANS[0].value)
    asked, today = Asked(on, helped), calendar.day_of(at)
    if sentences := _against(plan, asked, today):
        raise moves.Refused(sentences, move="answer")
    step = next((one for one in steps_in_use(plan.programme_key) if one.key == GIFT_TOLD), None)
    if step is None or channel not in step.channels:
        sentence = _("The programme in use has no such answer by this way. Publish a version that has it.")
        raise moves.Refused([sentence], move="answer")
    touchpoint = Touchpoint.objects.create(
        plan=plan,
        step=step,
        key=GIFT_TOLD,
        occasion=asked.occasion,
        on_date=today,
        branch_path=plan.branch_path,
        channel=channel,
    )
    trail.record(
        "touchpoint.asked_for", by=by, at=at, object=touchpoint, branch=plan.branch_id, helped=helped
    )
    return touchpoint


def _against(plan: Plan, asked: Asked, today: date) -> list[str]:
    sentences = []
    if plan.state != PlanState.ACTIVE:
        sentences.append(_("The plan is not running."))
    if not 1 <= asked.helped <= HELPED_MOST:
        sentences.append(_("Nobody is told on paper that the gift helped nobody. Speak with them yourself."))
    if asked.on > today:
        sentences.append(_("A day in the future cannot be right."))
    told = plan.touchpoints.filter(key=GIFT_TOLD)
    if told.filter(state__in=OPEN_TOUCHPOINTS).exists():
        sentences.append(_("They are being told already. Leave that out first if it was wrong."))
    elif told.filter(occasion=asked.occasion).exists():
        sentences.append(_("This is written down already: the same day, the same number."))
    return sentences
