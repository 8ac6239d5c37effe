"""
The doors through which one branch reaches a record that another keeps.

Each answers one sentence, is counted for each person and hour, and stands on the trail. Nothing of
the record is opened: facts are compared through their blind indexes, with the same questions to the
database whether there is such a record or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import trail, vault
from foundation.access import Branch, task_actor
from foundation.calendar import add_working_days
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from registry.donors import documents, phones
from registry.donors.actions import common
from registry.donors.actions.numbers import leave_number
from registry.donors.actions.tasks import open_task
from registry.donors.actions.withdrawing import withdraw
from registry.donors.by_document import of_document
from registry.donors.models import BranchQuestion, CallKind, Donor, QuestionKind, Withdrawal, Word
from registry.donors.states import STILL_TO_WITHDRAW, DonorState

_HOUR: Final = timedelta(hours=1)


class AskedTooOften(ValueError):
    """Somebody asked a door more often in an hour than their work explains."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [
            str(_("Too many documents were looked up in this hour. Go on in an hour, or ask your branch."))
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFact:
    """What a person says besides their document. A number that tells the birth date needs another fact."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    born_on: date | None = field(default=None, repr=False)

    def facts(self, document: documents.Document) -> tuple[str, ...]:
        """Return the codes of what is compared; empty where nothing is a fact of its own."""
        own = (
            ("name", self.name),
            ("phone", self.phone),
            ("born_on", self.born_on if document.born_on is None else None),
        )
        return tuple(code for code, said in own if said)


@transaction.atomic
def is_registered(kind: str, number: str, *, by: Actor, at: datetime) -> bool:
    """
    Return whether somebody with this document is registered anywhere in the registry.

    Nothing of the record is read. The question is on the trail, without the document.

    :raises AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` questions of one person in an hour.
    """
    count_look_up(by, at=at)
    index = vault.index.document(kind, number)
    found = Subject.objects.filter(capacity=Capacity.DONOR, document_index__in=index.each).exists()
    trail.record("door.already_registered", by=by, at=at, answer=found)
    return found


@transaction.atomic
def ask_its_branch(
    kind: str,
    number: str,
    *,
    by: Actor,
    at: datetime,
    on: Branch,
    what: str = QuestionKind.STILL_RIGHT,
    place: str = "",
    phone: str = "",
) -> None:
    """
    Let the branch that holds a person's record ring them, without saying which branch it is.

    Whoever asks learns nothing, also not whether there was somebody to ask for. The branch
    finds the question on its list, and a number that was left on its call list.

    :param on: the desk's own branch. :param place: the name of the drive at which they met.
    :param phone: a new number of the person; it is forwarded unseen.
    :raises phones.PhoneProblem: if nobody can be called at the number.
    :raises AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` questions of one person in an hour.
    """
    new = phones.check(phone) if phone else ""
    if not is_registered(kind, number, by=by, at=at):
        return
    found = of_document(vault.index.document(kind, number))
    if found is None:
        return
    donor = common.locked_kept(found)
    if donor.state == DonorState.DECEASED or donor.death_reported_at is not None:
        return
    kind_asked = QuestionKind.NEW_NUMBER if new else QuestionKind(what)
    question = BranchQuestion.objects.create(
        donor=donor,
        kind=kind_asked,
        branch=on,
        branch_path=on.path,
        place=place[:80],
        asked_at=at,
        **by.columns(),
    )
    trail.record("door.branch_asked", by=by, at=at, object=question, branch=donor.service_branch_id)
    if not donor.is_gone:  # who withdrew is not rung any more; the question stands for itself
        _ask_for_a_call(donor, new, place=place, at=at)


@transaction.atomic
def withdraw_by_document(
    *,
    kind: str,
    number: str,
    second: SecondFact,
    by: Actor,
    at: datetime,
    on: Any,
    destroy_now: bool = False,
) -> Withdrawal | None:
    """
    Withdraw the donor who holds this document and to whom the second fact is true, wherever they are kept.

    :param on: the desk's own branch, where the right is asked.
    :returns: the receipt, or None where no donor fits both facts.
    :raises documents.DocumentProblem: if the number cannot be one of its kind.
    :raises AskedTooOften: beyond `DOOR_WITHDRAWN_PER_HOUR` of one person in an hour.
    :raises moves.NotAllowed: if the actor may not record a withdrawal at the desk.
    """
    _count("withdraw", by, most=settings.DOOR_WITHDRAWN_PER_HOUR, at=at)
    found, facts = known_by(kind, number, second)
    if found is None or found.state not in STILL_TO_WITHDRAW:
        trail.record("door.withdraw_missed", by=by, at=at)
        return None
    receipt = withdraw(
        found, by=by, at=at, word=Word.STAFF_TWO_FACTS, facts=facts, destroy_now=destroy_now, on=on
    )
    trail.record("door.withdrawn", by=by, at=at, object=found)
    return receipt


def known_by(kind: str, number: str, second: SecondFact) -> tuple[Donor | None, tuple[str, ...]]:
    """
    Return the donor whom document and second fact mean, and the codes of what was compared.

    Nothing is opened: every index is worked out before anybody is looked for.

    :raises documents.DocumentProblem: if the number cannot be one of its kind.
    """
    document = documents.check(documents.DocumentKind(kind), number, fifteen=True)
    facts = second.facts(document)
    index = vault.index.document(document.kind, document.number)
    name, phone = vault.index.name(second.name), vault.index.phone(second.phone)
    found = of_document(index)
    if found is None or not facts:
        return None, ()
    right = {
        "name": found.name_index in name.each,
        "phone": found.phone_index in phone.each,
        "born_on": found.born_on == second.born_on,
    }
    return (found, ("document", *facts)) if all(right[fact] for fact in facts) else (None, ())


def count_look_up(by: Actor, *, at: datetime) -> None:
    """
    Count one question whether a document is registered.

    :raises AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` questions of one person in an hour.
    """
    _count("asked", by, most=settings.DOOR_ASKED_PER_HOUR, at=at)


def count_taking_in(by: Actor, *, at: datetime) -> None:
    """
    Count one wish to take somebody in.

    :raises AskedTooOften: beyond `DOOR_TAKEN_IN_PER_HOUR` of one person in an hour.
    """
    _count("take_in", by, most=settings.DOOR_TAKEN_IN_PER_HOUR, at=at)


def _ask_for_a_call(donor: Donor, new: str, *, place: str, at: datetime) -> None:
    if new:  # the right was asked at the door; a stranger holds none at the donor's branch
        leave_number(donor, new, by=task_actor("donors.doors"), at=at, words=place)
        return
    due_on = add_working_days(timezone.localdate(at), settings.ASK_BRANCH_WORKING_DAYS)
    open_task(donor, CallKind.CONTACT_CHECK, due_on=due_on, at=at)


def _count(door: str, by: Actor, *, most: int, at: datetime) -> None:
    key = f"door:{door}:{by.id}:{at:%Y%m%d%H}"
    cache.add(key, 0, timeout=_HOUR.total_seconds())
    try:
        asked = cache.incr(key)
    except ValueError:  # it ended between the two lines
        return
    if asked > most:
        raise AskedTooOften
