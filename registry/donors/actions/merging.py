"""
Join two records of one person into one, as two members of staff agreed.

Everything moves to the record that is kept. The other stays as an empty shell: it has left, stands
nowhere in the tree, is in no list, count or search, and keeps at most the index of its document, so
that the person is known by both. A withdrawal under either record holds for the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from consent import actions as consents
from foundation import access, approvals, moves, trail, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors import conflicts, likeness
from registry.donors.actions import common, gathering, rights
from registry.donors.actions.withdrawing import withdraw
from registry.donors.models import Donor, Merge, Word
from registry.donors.reasons import Reason

MERGE: Final = "donors.merge"


@transaction.atomic
def ask_to_merge(
    kept: Donor,
    other: Donor,
    *,
    chosen: Mapping[str, str],
    both_documents: bool,
    sure: bool = False,
    why: str = "",
    by: Actor,
    at: datetime,
) -> Approval:
    """
    Ask a second person to agree that two records are of one person. The same question twice is one.

    :param chosen: ``kept`` or ``other`` for document, name and phone: whose value stays.
    :param both_documents: the document that gives way is theirs too, and stays known.
    :param sure: said where name, sex and birth date differ so much that two people are likelier.
    :param why: why they are one person all the same; kept sealed, and the trail names where.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor may not merge records at both.
    """
    kept, other = _locked(kept, other)
    for donor in (kept, other):
        rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_MERGE,))
    differs = likeness.differing(kept, other)
    doubtful = likeness.is_doubtful(differs)
    sentences = conflicts.of(kept, other)
    if doubtful and not (sure and why.strip()):
        sure_of_it = _("Say that it is one person all the same, and write down why.")
        sentences += [likeness.words(differs), sure_of_it]
    if sentences:
        raise moves.Refused(sentences, move="merge")
    facts = {
        "other": str(other.pk),
        "chosen": {name: chosen.get(name, "kept") for name in gathering.CHOSEN},
        "both_documents": both_documents,
        "differs": list(differs),
    }
    if (waiting := _asked_already(kept, facts, at=at)) is not None:
        return waiting
    note = common.write_note(kept, about="merge", words=why, by=by, at=at) if doubtful else None
    return approvals.ask(MERGE, kept, by=by, at=at, facts={**facts, "note": str(note.pk) if note else ""})


@transaction.atomic
def merge(kept: Donor, *, approval: Approval, by: Actor, at: datetime) -> Merge:
    """
    Join the two records that a question names. Called in the transaction of the second person's yes.

    It is the asker's act; ``by``, who agreed, is kept with it.

    :raises moves.Refused: with every sentence that stands against it now.
    :raises moves.NotAllowed: if one of the two may not act at one of the records.
    """
    asker = Actor.of(approval)
    kept, other = _locked(kept, Donor.objects.get(pk=approval.facts["other"]))
    _check_people(kept, other, asker=asker, by=by, at=at)
    sentences = conflicts.of(kept, other)
    if likeness.is_doubtful(likeness.differing(kept, other)) and not approval.facts.get("note"):
        sentences.append(_("The records differ more than when this was asked. Please ask again."))
    if sentences:
        raise moves.Refused(sentences, move="merge")
    approvals.use(approval, by=by, at=at)
    if (live := conflicts.withdraws(kept, other)) is not None:
        withdraw(live, by=asker, at=at, word=Word.MERGE)
        kept, other = _locked(kept, other)
    chosen = dict(approval.facts["chosen"])
    made = Merge(
        donor=kept,
        emptied=other,
        at=at,
        agreed_by_id=by.id,
        both_documents=bool(approval.facts["both_documents"]),
        chosen=chosen,
        **asker.columns(),
    )
    was = json.dumps(gathering.values_of(kept), default=str, ensure_ascii=False)
    vault.seal(made, key=kept.subject.key_id, was=was)
    made.save(force_insert=True)
    _empty(kept, other, made, by=asker, at=at)
    trail.record(
        "donor.merged",
        by=asker,
        at=at,
        object=kept,
        emptied=other.pk,
        merge=made.pk,
        chosen=chosen,
        differed=approval.facts.get("differs", []),
        note=approval.facts.get("note", ""),
    )
    return made


def _asked_already(kept: Donor, facts: Mapping[str, Any], *, at: datetime) -> Approval | None:
    """
    Return the same question, where it waits already.

    :raises moves.Refused: if another one about this record waits, which would be answered in its stead.
    """
    waiting = Approval.objects.waiting(at).about(kept).filter(kind=MERGE).first()
    if waiting is not None and any(waiting.facts.get(name) != value for name, value in facts.items()):
        sentence = _("Another question about this record waits. It is answered or taken back first.")
        raise moves.Refused([sentence], move="merge")
    return waiting


def _empty(kept: Donor, other: Donor, made: Merge, *, by: Actor, at: datetime) -> None:
    """Bring everything over, then let the other record go."""
    made.moved = {
        "rows": gathering.move_rows(kept, other, by=by, at=at),
        "consents": consents.join(kept.subject, other.subject, by=by, at=at, on=kept),
    }
    answers = signals.donor_merged.send(Donor, kept=kept, emptied=other, made=made, by=by, at=at)
    for _receiver, moved in answers:
        made.moved.update(moved or {})
    made.moved["paths"] = {"service": other.service_path, "owner": other.owner_path}
    made.save(update_fields=["moved"])
    other.merged_into = kept
    saves = [*common.leave(other, at=at, reason=Reason.MERGED), "merged_into"]
    other.service_path = other.owner_path = ""
    saves += ["service_path", "owner_path"]
    common.move(other, "merge", by=by, at=at, on=kept, reason=Reason.MERGED, saves=saves, kept=kept.pk)
    Donor.objects.filter(merged_into=other).update(merged_into=kept)
    gathering.choose_values(kept, other, made, by=by, at=at)
    Subject.objects.filter(pk=other.subject_id).update(restricted_at=at)


def _locked(one: Donor, other: Donor) -> tuple[Donor, Donor]:
    """Lock two people in the order of their ids, and return the rows as they are now."""
    vault.lock(one.subject_id, other.subject_id)
    found = Donor.objects.select_related("subject", "service_branch", "owner_branch").in_bulk(
        [one.pk, other.pk]
    )
    return found[one.pk], found[other.pk]


def _check_people(kept: Donor, other: Donor, *, asker: Actor, by: Actor, at: datetime) -> None:
    """Ask the rights of both people at both records: they may have ended since the question was asked."""
    for donor in (kept, other):
        rights.check(donor, by=asker, at=at, permissions=(Permission.DONOR_MERGE,))
        if donor.merged_into_id is None and not any(
            access.may(by, right, on=donor, at=at) for right in (Permission.APPROVE, Permission.DONOR_MERGE)
        ):
            raise moves.Refused([_("Who agrees must be allowed to see both records.")])
