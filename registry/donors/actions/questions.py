"""Answer what another branch asked about a donor: one sentence goes back, and nothing of the record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import rights
from registry.donors.models import BranchQuestion, QuestionAnswer


@transaction.atomic
def answer_question(question: BranchQuestion, *, answer: str, by: Actor, at: datetime) -> BranchQuestion:
    """
    Let who asked know how it goes on.

    :param answer: a code of ``QuestionAnswer``.
    :raises moves.Refused: if it was answered before.
    :raises moves.NotAllowed: if the actor may not call or change donors here.
    """
    vault.lock(question.donor.subject_id)
    question = BranchQuestion.objects.select_related("donor").get(pk=question.pk)
    rights.check(question, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    if question.answer:
        raise moves.Refused([_("This question has been answered already.")])
    question.answer = QuestionAnswer(answer)
    question.answered_at, question.answered_by_id = at, by.id
    question.save(update_fields=["answer", "answered_at", "answered_by_id"])
    trail.record(
        "question.answered", by=by, at=at, object=question.donor, reason=answer, question=question.pk
    )
    return question
