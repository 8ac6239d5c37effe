"""Bring the answers of one record to another of the same person: the latest word holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from consent.actions.remarking import remark
from consent.models import Consent, Disclosure, Evidence, RemarkKind, TeachBack
from consent.states import IN_FORCE, STANDING, State
from foundation import moves, trail, vault

if TYPE_CHECKING:
    from foundation.trail import Actor
    from foundation.vault import Subject

Moved = Mapping[str, Any]
_KINDS = {"consents": Consent, "evidence": Evidence, "teach_backs": TeachBack, "disclosures": Disclosure}
_NO = frozenset({State.WITHDRAWN, State.DECLINED})


@transaction.atomic
def join(kept: Subject, emptied: Subject, *, by: Actor, at: datetime, on: Any) -> dict[str, Any]:
    """
    Move everything a person signed under another record to the one that is kept.

    Of what stands for one purpose and matter the newest stays and the others are
    superseded. A no that was said later under the other record is not undone by it.
    What was signed keeps its own key, and is marked.

    :returns: ids of what moved, and the states that were superseded, for ``part``.
    """
    vault.lock(kept.pk, emptied.pk)
    of_both = Consent.objects.filter(subject__in=[kept.pk, emptied.pk]).select_related("subject")
    superseded = {}
    for consent in _outdated(list(of_both.order_by("answered_at", "id"))):
        superseded[str(consent.pk)] = str(consent.state)
        moves.make(consent, "supersede", by=by, at=at, on=on)
    remark(emptied, RemarkKind.OTHER_RECORD, by=by, at=at)
    moved: dict[str, Any] = {
        name: [str(pk) for pk in model.objects.filter(subject=emptied).values_list("pk", flat=True)]  # type: ignore[attr-defined]
        for name, model in _KINDS.items()
    }
    for model in _KINDS.values():
        model.objects.filter(subject=emptied).update(subject=kept)  # type: ignore[attr-defined]
    trail.record("consents.joined", by=by, at=at, object=kept, superseded=len(superseded))
    return {**moved, "superseded": superseded}


@transaction.atomic
def part(kept: Subject, emptied: Subject, moved: Moved, *, since: datetime, by: Actor, at: datetime) -> None:
    """
    Undo a ``join``: two people after all. Answers given since then stay where they were given.

    A no that was said since may be the word of either: what it was said about is revived for neither.

    :param since: when the two were joined.
    """
    vault.lock(kept.pk, emptied.pk)
    refused = _refused_since(kept, emptied, since=since)
    for name, model in _KINDS.items():
        model.objects.filter(pk__in=moved[name], subject=kept).update(subject=emptied)  # type: ignore[attr-defined]
    for consent in Consent.objects.filter(pk__in=moved["superseded"], state=State.SUPERSEDED):
        if (consent.purpose, consent.matter) not in refused and not _newer(consent).exists():
            state = moved["superseded"][str(consent.pk)]
            moves.put_back(consent, state, move="mark_as_error", by=by, at=at, reason="merge")
    trail.record("consents.parted", by=by, at=at, object=kept)


def _refused_since(kept: Subject, emptied: Subject, *, since: datetime) -> set[tuple[str, str]]:
    """Return for which purposes and matters somebody of the two said no."""
    nos = Consent.objects.filter(subject__in=[kept.pk, emptied.pk], state__in=_NO)
    said_since = nos.filter(Q(withdrawn_at__gt=since) | Q(withdrawn_at__isnull=True, answered_at__gt=since))
    return set(said_since.values_list("purpose", "matter"))


def _newer(consent: Consent) -> Any:
    same = Consent.objects.filter(
        subject=consent.subject_id, purpose=consent.purpose, matter=consent.matter, state__in=STANDING
    )
    return same.exclude(pk=consent.pk)


def _outdated(consents: Sequence[Consent]) -> list[Consent]:
    """Return what stands and must give way, of the answers of both records, the oldest first."""
    by_matter: dict[tuple[str, str], list[Consent]] = {}
    for consent in consents:
        by_matter.setdefault((consent.purpose, consent.matter), []).append(consent)
    return [old for answers in by_matter.values() for old in _outdated_of(answers)]


def _outdated_of(answers: Sequence[Consent]) -> list[Consent]:
    in_force = [one for one in answers if one.state in IN_FORCE]
    to_verify = [one for one in answers if one.state == State.SIGNED]
    older = {one.pk for group in (in_force, to_verify) for one in group[:-1]}
    return [one for one in (*in_force, *to_verify) if one.pk in older or _was_answered_no_since(one, answers)]


def _was_answered_no_since(consent: Consent, answers: Iterable[Consent]) -> bool:
    """Return whether the person said no under the other record after they had signed this."""
    nos = (one for one in answers if one.state in _NO and one.subject_id != consent.subject_id)
    return any(
        said and consent.answered_at and said > consent.answered_at
        for said in (one.withdrawn_at or one.answered_at for one in nos)
    )
