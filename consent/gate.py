"""The gate: asked at the moment of every act that rests on a person's consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from consent.models import Consent, Text
from consent.models.records import ConsentQuerySet
from consent.purposes import Purpose
from consent.states import OPENS, State
from foundation import moves, standing
from foundation.standing import ID, TEXT, slot
from foundation.vault import Subject

AT_ONCE = 500  # ids in one question; SQLite takes 999 parameters at the least


class GateShut(moves.Refused):
    """The person has not agreed to this, or no longer does."""

    def __init__(self, purpose: Purpose, *, use: str = "") -> None:
        sentence = _("The consent to “%(purpose)s” is not in force.") % {"purpose": Purpose(purpose).label}
        if use:
            sentence = _("What was signed for “%(purpose)s” does not cover this use.") % {
                "purpose": Purpose(purpose).label
            }
        super().__init__([sentence], move="gate")
        self.purpose = purpose
        self.use = use


def require(
    subject: Subject | UUID,
    purpose: Purpose,
    *,
    at_least: State = State.ACTIVE,
    matter: str = "",
    use: str = "",
) -> None:
    """
    Go on only if a person's consent covers this.

    :param at_least: SIGNED lets a paper through that is not verified yet; RECONSENT_DUE
        counts as ACTIVE, for what its own text said.
    :param use: what exactly is done. A use that the signed text does not list is shut.
    :raises GateShut: if there is no such consent in force.

    Source: domain.md section 6, "Gate".
    """
    if not _open(purpose, at_least, matter, use).filter(subject=subject).exists():
        raise GateShut(purpose, use=use)


def allows(
    subject: Subject | UUID,
    purpose: Purpose,
    *,
    at_least: State = State.ACTIVE,
    matter: str = "",
    use: str = "",
) -> bool:
    """Return whether ``require`` would let this through."""
    return moves.allows(
        require, subject, purpose, at_least=at_least, matter=matter, use=use, refusal=GateShut
    )


def allows_all(
    subject: Subject | UUID,
    purposes: Collection[Purpose],
    *,
    at_least: State = State.ACTIVE,
    matter: str = "",
) -> bool:
    """Return whether the gate is open for each of several purposes, in one query."""
    return open_to(subject, at_least=at_least, matter=matter) >= set(purposes)


def open_to(subject: Subject | UUID, *, at_least: State = State.ACTIVE, matter: str = "") -> frozenset[str]:
    """Return every purpose for which the gate is open, in one query; for whoever asks again and again."""
    pk = subject.pk if isinstance(subject, Subject) else subject
    return frozenset(purpose for (purpose,) in _opens(at_least).ask(subject=pk, matter=matter))


@lru_cache(maxsize=len(State))
def _opens(at_least: State) -> standing.Question[tuple[str]]:
    consents = Consent.objects.filter(subject=slot("subject", ID), matter=slot("matter", TEXT))
    return standing.Question(lambda: consents.filter(state__in=OPENS[at_least]).values_list("purpose"))


def allows_many(
    subject_ids: Iterable[UUID] | QuerySet[Subject],
    purpose: Purpose,
    *,
    at_least: State = State.ACTIVE,
    matter: str = "",
    use: str = "",
) -> set[UUID]:
    """
    Return those of many people whom the gate lets through.

    :param subject_ids: ids, or a query of them, which is not fetched.
    """
    consents = _open(purpose, at_least, matter, use)
    if isinstance(subject_ids, QuerySet):
        return set(consents.filter(subject__in=subject_ids).values_list("subject_id", flat=True))
    ids = list(subject_ids)
    found: set[UUID] = set()
    for start in range(0, len(ids), AT_ONCE):
        part = consents.filter(subject__in=ids[start : start + AT_ONCE])
        found.update(part.values_list("subject_id", flat=True))
    return found


def agreed(purpose: Purpose, *, subject: str = "subject", at_least: State = State.ACTIVE) -> Exists:
    """
    Return the condition that the gate lets the person of a row through, for a query that is cut short.

    :param subject: by which column a row leads to its subject.
    """
    return Exists(_open(purpose, at_least, "", "").filter(subject=OuterRef(subject)))


def _open(purpose: Purpose, at_least: State, matter: str, use: str) -> ConsentQuerySet:
    consents = Consent.objects.filter(purpose=purpose, matter=matter, state__in=OPENS[at_least])
    if not use:
        return consents
    return consents.filter(
        text__in=[text.pk for text in Text.objects.all() if use in text.uses().get(purpose, ())]
    )
