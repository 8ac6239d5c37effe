"""While an answer is unread nothing leaves to whoever may have written it, nor to their households."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from foundation import access, moves, standing
from foundation.access import Branch
from foundation.standing import ID, Asked, slot
from foundation.trail import Actor, ActorKind
from notifications.answers.guards import RIGHTS
from notifications.answers.models import Answer, Held, Kind, Writer
from notifications.answers.querysets import AnswerQuerySet
from notifications.outbox import Message, MessageState, NotNow
from notifications.plans import actions as plans
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.sendings import Sending
from notifications.plans.whys import Why
from notifications.recipients import Recipient
from registry.families.models import Member

SOON: Final = timedelta(minutes=1)  # an answer that is being settled is settled by then


def question(message: Message, _recipient: Recipient, at: datetime) -> NotNow | None:
    """Hold what was planned, released or queued after the answer came; whoever settles it lets it go."""
    answers = _UNREAD.ask(subject=message.subject_id, touchpoint=message.touchpoint_id)
    if not answers:
        return None
    open_ones = _kept_open(answers)
    if open_ones is None:
        return NotNow(Why.REPLIED.value, MessageState.DUE, at + SOON)
    for answer in open_ones:
        Held.objects.get_or_create(answer=answer, message=message)
    return NotNow(Why.REPLIED.value, MessageState.HELD)


def asked(message: Message) -> Asked:
    """Return what ``question`` will ask, to be asked with other things."""
    return _UNREAD.about(subject=message.subject_id, touchpoint=message.touchpoint_id)


def touchpoint_approved(
    *, touchpoint: Touchpoint, sendings: Sequence[Sending], by: Actor, at: datetime, **_more: Any
) -> None:
    """
    Have nothing released while somebody of its people has answered, and nobody read it.

    What the program releases waits in the queue; a letter, a call or a visit of it waits by itself.

    :raises moves.Refused: where a person releases it: the answer is read first.
    """
    open_ones = list(of_plan(touchpoint.plan))
    if not open_ones:
        return
    if by.kind == ActorKind.STAFF:
        raise moves.Refused([_who_reads(open_ones, by=by, at=at)], move="approve")
    if not sendings:
        kept = _kept_open(open_ones)
        if kept is None:
            raise moves.Refused([_("Somebody answered. Read it first.")], move="approve")
        plans.hold(touchpoint, why=Why.REPLIED.value, by=by, at=at)
        Held.objects.bulk_create(Held(answer=answer, touchpoint=touchpoint) for answer in kept)


def _kept_open(answers: Sequence[Answer]) -> list[Answer] | None:
    """
    Keep these answers unread until what they hold is committed; None where one is being settled just now.

    Nobody waits here: whoever settles an answer waits for the people of what it holds.
    """
    rows = Answer.objects.open().select_for_update(skip_locked=True, of=("self",))
    kept = list(rows.filter(pk__in=[one.pk for one in answers]))
    return kept if len(kept) == len(answers) else None


def _who_reads(answers: Sequence[Answer], *, by: Actor, at: datetime) -> str:
    """Say what to do about unread answers: read them, or ring the branch at whose desk they lie."""
    elsewhere = [one for one in answers if not access.may(by, RIGHTS[one.desk], on=one, at=at)]
    branch = Branch.objects.filter(path__in=[one.branch_path for one in elsewhere]).order_by("path").first()
    if branch is None:
        return _("Somebody answered. Read it first.")
    if not branch.phone:
        return _("Somebody answered, and %(branch)s reads it. Ask them first.") % {"branch": branch.name}
    sentence = _("Somebody answered, and %(branch)s reads it. Ring them first: %(phone)s.")
    return sentence % {"branch": branch.name, "phone": branch.phone}


def of(subject_ids: Iterable[UUID], families: Iterable[UUID]) -> AnswerQuerySet:
    """Return the unread words that one of these people may have written, or somebody of these households."""
    theirs = Q(subject__in=list(subject_ids)) | Q(subject__member__family__in=list(families))
    return _by(theirs)


def of_plan(plan: Plan) -> AnswerQuerySet:
    """Return the unread words of whom a plan is kept for."""
    return of(filter(None, [plan.subject_id]), filter(None, [plan.family_id]))


def _by(writers: Q) -> AnswerQuerySet:
    written = Writer.objects.filter(writers).values("answer")
    return Answer.objects.open().filter(pk__in=written, kind=Kind.REPLY)


def _family(of: QuerySet[Any], name: str) -> Subquery:
    return Subquery(of.values(name)[:1])


_UNREAD: Final = standing.Question(
    lambda: _by(
        Q(subject=slot("subject", ID))
        | Q(
            subject__member__family=_family(
                Touchpoint.objects.filter(pk=slot("touchpoint", ID)), "plan__family"
            )
        )
        | Q(subject__member__family=_family(Member.objects.filter(subject=slot("subject", ID)), "family"))
    )
)
