"""Who is ready to be listed, and what is missing for the others, without asking donor by donor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from consent import gate
from consent.purposes import Purpose
from foundation import vault
from foundation.access import Scope
from foundation.moves import Guard, Move
from foundation.trail import Actor
from registry.donors import rules
from registry.donors.actions.answering import BEFORE_LISTING
from registry.donors.models import Call, CallKind, CallResult, Donor
from registry.donors.states import DonorState

_PURPOSES = (
    Purpose.REGISTER_HPC,
    Purpose.SENSITIVE_DATA,
    Purpose.HLA_TYPING,
    Purpose.SAMPLE_STORAGE,
    Purpose.SHARE_REGISTRY,
)
_CONSENTS = dict(zip((*rules.RECRUITMENT_ACTIVE, rules.AGREED_TO_SHARE), _PURPOSES, strict=True))


@dataclass(frozen=True, slots=True)
class Readiness:
    """A typed donor, and the sentences that stand against listing them; none means ready."""

    donor: Donor
    missing: list[str]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def waiting_to_be_listed(scope: Scope) -> QuerySet[Donor]:
    """Return the typed donors whom the branches of a scope serve."""
    typed = Donor.objects.served_by(scope).filter(state=DonorState.TYPED)
    return typed.select_related("subject", "service_branch")


def readiness(donors: Sequence[Donor], *, by: Actor, at: datetime) -> list[Readiness]:
    """
    Return each donor with what is missing for the list.

    It says the same as the guards of ``list``, which are asked again when the button is
    pressed. The number of queries does not grow with the number of donors.
    """
    ids = [donor.pk for donor in donors]
    subjects = [donor.subject_id for donor in donors]
    fine: dict[Guard, set[UUID]] = {
        guard: _donors_of(donors, gate.allows_many(subjects, purpose)) for guard, purpose in _CONSENTS.items()
    }
    fine[rules.TYPING_THERE] = _with_a_typing(ids)
    fine[rules.CALL_MADE] = _said_yes(ids)
    fine[rules.NOT_TWICE] = _nobody_twice(donors)
    return [Readiness(donor, _sentences(donor, fine, by=by, at=at)) for donor in donors]


def _sentences(donor: Donor, fine: dict[Guard, set[UUID]], *, by: Actor, at: datetime) -> list[str]:
    asked: Move[Any] = Move(donor, "list", by, at)
    return [
        str(guard.sentence)
        for guard in rules.TO_LIST
        if not (donor.pk in fine[guard] if guard in fine else guard.check(asked))
    ]


def _donors_of(donors: Sequence[Donor], subjects: set[UUID]) -> set[UUID]:
    return {donor.pk for donor in donors if donor.subject_id in subjects}


def _with_a_typing(ids: Sequence[UUID]) -> set[UUID]:
    typed = Donor.objects.filter(pk__in=ids, typings__isnull=False, typings__disputed_at__isnull=True)
    return set(typed.values_list("pk", flat=True))


def _said_yes(ids: Sequence[UUID]) -> set[UUID]:
    calls = Call.objects.standing().filter(
        donor__in=ids, kind=CallKind.PRE_LISTING, result=CallResult.REACHED
    )
    last = dict(calls.order_by("at").values_list("donor_id", "answers"))
    return {pk for pk, answers in last.items() if all(answers.get(q) == "yes" for q in BEFORE_LISTING)}


def _nobody_twice(donors: Sequence[Donor]) -> set[UUID]:
    asked = {index for donor in donors for index in _phones(donor)}
    seen: dict[Any, list[Donor]] = {}
    for other in Donor.objects.live().filter(vault.index.among("phone_index", asked)):
        for index in _phones(other):
            seen.setdefault(index, []).append(other)
    return {donor.pk for donor in donors if donor.not_twice_at or not _is_there_again(donor, seen)}


def _is_there_again(donor: Donor, seen: Mapping[Any, Sequence[Donor]]) -> bool:
    alike = (other for index in _phones(donor) for other in seen.get(index, ()))
    return any(
        other.pk != donor.pk and other.born_on == donor.born_on and _names(other) & _names(donor)
        for other in alike
    )


def _phones(donor: Donor) -> set[Any]:
    return vault.index.both(donor, "phone_index")


def _names(donor: Donor) -> set[Any]:
    return vault.index.both(donor, "name_index")
