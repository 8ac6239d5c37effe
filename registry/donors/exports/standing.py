"""Where sheets stand, for the pages that show them: a few queries for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.approvals import Approval, Decision
from foundation.jobs import Job, JobState
from registry.donors.exports.asking import KIND
from registry.donors.models import Export


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one sheet stands: a code, a word and its kind; the question asked and the work begun."""

    code: str
    words: str | Promise
    kind: str
    question: Approval | None
    job: Job | None


def standings_of(exports: Sequence[Export]) -> dict[UUID, Standing]:
    """Return where some sheets stand, by id."""
    ids = [export.pk for export in exports]
    asked: Any = Approval.objects.filter(
        kind=KIND, object_type=Export._meta.label_lower, object_id__in=[str(pk) for pk in ids]
    ).order_by("id")
    questions = {question.object_id: question for question in asked}
    works = {job.about: job for job in Job.objects.filter(kind=KIND, about__in=ids).order_by("id")}
    return {
        export.pk: _standing(export, questions.get(str(export.pk)), works.get(export.pk))
        for export in exports
    }


def _standing(export: Export, question: Approval | None, job: Job | None) -> Standing:
    code, words, kind = _of_export(export) or _of_question(question) or _of_job(job)
    return Standing(code, words, kind, question, job)


def _of_export(export: Export) -> tuple[str, str | Promise, str] | None:
    if export.ended_at:
        return "over", _("Destroyed"), "none"
    return ("ready", _("Ready"), "good") if export.ready_at else None


def _of_question(question: Approval | None) -> tuple[str, str | Promise, str] | None:
    if question is None or question.decision == Decision.YES:
        return None
    if question.decision == Decision.NO:
        return "refused", _("Not agreed"), "bad"
    return "asked", _("A second person is asked"), "due"


def _of_job(job: Job | None) -> tuple[str, str | Promise, str]:
    if job is not None and job.state == JobState.STOPPED:
        return "stopped", _("Stopped"), "due"
    if job is not None and job.state == JobState.FAILED:
        return "failed", _("Failed"), "bad"
    return "making", _("Being made"), "wait"
