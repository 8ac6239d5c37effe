"""
What each of two people gets back when their records are parted, and what stays.

Only what still holds what the joining wrote is given back. What was written since is never lost: it
stays with the record it was written to. What silences somebody holds for both until each was asked,
and what was learned of a number or a document goes where the number or the document goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from foundation import calendar, moves, vault
from foundation.access import task_actor
from foundation.trail import Actor
from registry.donors import conflicts, phones
from registry.donors.actions import common, gathering
from registry.donors.actions.numbers import leave_number
from registry.donors.actions.tasks import fall_off, open_task
from registry.donors.models import Call, CallKind, CallTask, ContactChoice, Donor, Merge

Values = dict[str, Any]
UNREADABLE: Final = _(
    "A value of one of the records does not open, so nothing was given back. Tell your administrator."
)
_DOCUMENT: Final = ("document", "document_kind", "sex", "born_on", "limit_notice_on", "age_notice_on")
_NARROW: Final = ContactChoice.ONLY_IF_MATCHED
_NUMBER: Final = ("phone", "phone_since", "phone_wrong_on", "contact_verified_on")
_NATIONAL: Final = ("national_state", "national_no", "national_on")
_EACH: Final = ("name", *gathering.FILLED, *gathering.PLAIN, "listed_on", "donated_at", "collections")


@dataclass(frozen=True, slots=True)
class Said:
    """What the record that stayed said before it was joined with another, and right after."""

    was: Values = field(repr=False)
    wrote: Values = field(repr=False)

    @classmethod
    def of(cls, made: Merge) -> Said | None:
        """Open what was kept; None where it does not open."""
        opened = vault.open_one(made, "was", "wrote")
        was, wrote = (_read(text) for text in (opened["was"], opened["wrote"]))
        return cls(was, wrote) if was and wrote else None

    def brought(self, name: str) -> bool:
        """Return whether the joining wrote something else here."""
        return bool(self.was[name] != self.wrote[name])


@dataclass(slots=True)
class Parting:
    """Two locked records on their way apart: what each says now, what it is to say, whom to ask."""

    kept: Donor
    other: Donor
    made: Merge
    said: Said
    now: Values = field(init=False, repr=False)  # what the record that stayed says
    theirs: Values = field(init=False, repr=False)  # what the other one says
    back: Values = field(default_factory=dict, repr=False)  # to the record that stayed
    own: Values = field(default_factory=dict, repr=False)  # to the other one
    left: list[tuple[Donor, str]] = field(default_factory=list, repr=False)  # numbers a call has to show

    def __post_init__(self) -> None:
        """Open both records."""
        self.now, self.theirs = (gathering.values_of(donor) for donor in (self.kept, self.other))

    def give_back_unchanged(self, names: Iterable[str]) -> None:
        """Give back those columns that still hold what the joining wrote."""
        self.back |= {name: self.said.was[name] for name in names if not self.is_new(name)}

    def give_back(self, names: Iterable[str]) -> None:
        """Give columns back whatever they hold now."""
        self.back |= {name: self.said.was[name] for name in names}

    def hand_on(self, names: Iterable[str]) -> None:
        """Give the other record what stands here now."""
        self.own |= {name: self.now[name] for name in names}

    def is_new(self, name: str) -> bool:
        """Return whether something else was written since the joining."""
        return bool(self.now[name] != self.said.wrote[name])


def give_back(kept: Donor, other: Donor, made: Merge, said: Said) -> Parting:
    """
    Let the two locked records say what each is to say; what is to be asked is for ``afterwards``.

    :raises moves.Refused: if somebody was registered under one of the documents since, or a value
        of one of the records does not open.
    """
    if conflicts.does_not_open(kept, other):
        raise moves.Refused([str(UNREADABLE)])
    parting = Parting(kept, other, made, said)
    parting.give_back_unchanged(_EACH)
    if made.chosen.get("document") == "other":
        parting.give_back(_DOCUMENT)
        parting.hand_on(["document", "document_kind"])
    _number(parting)
    if any(said.brought(name) for name in _NATIONAL):  # it was, and is, the other's number there
        parting.give_back(_NATIONAL)
        parting.hand_on(_NATIONAL)
    _silence(parting)
    if said.was["hold_until"] is not None:  # a pause of its own that the joining made longer
        parting.give_back_unchanged(["hold_until"])
    _write(parting)
    return parting


def afterwards(parting: Parting, *, by: Actor, at: datetime) -> None:
    """Ask each of the two what only they can say: whether they stay, and whose a number is."""
    for donor in (parting.kept, parting.other):
        if not donor.is_gone:
            fall_off(donor, at=at)
            _call_about_an_objection(donor, at=at)
    for donor, number in parting.left:
        _leave(donor, number, by=by, at=at)


def _number(parting: Parting) -> None:
    """
    Give the number back, and what was learned of the other's number to the other.

    Where a new one was heard since, at a number that was the other's, nobody knows whose it is: it
    stays, and both are called.
    """
    if not parting.said.brought("phone"):
        parting.give_back_unchanged(["contact_verified_on"])
        return
    if parting.is_new("phone"):
        own, new = parting.said.was["phone"], parting.now["phone"]
        parting.left = [(parting.kept, own), (parting.other, new)]
        return
    parting.give_back(_NUMBER)
    parting.hand_on(name for name in ("phone_wrong_on", "contact_verified_on") if parting.is_new(name))
    # Calls made since went to the other's number: they count for no round of this one.
    since = Call.objects.filter(donor=parting.kept, number=gathering.DONOR, at__gt=parting.made.at)
    since.update(number=gathering.LEFT)


def _silence(parting: Parting) -> None:
    """
    Let an objection or a narrower choice that was said since hold for both, and lift nobody's own.

    A death report, whoever's it was, is lifted by somebody who knows that they are alive.
    """
    was, now = parting.said.was, parting.now
    parting.back["objected_at"] = was["objected_at"]
    if parting.is_new("objected_at"):
        parting.back["objected_at"] = now["objected_at"] or was["objected_at"]
        parting.own["objected_at"] = now["objected_at"] or parting.theirs["objected_at"]
    parting.back["contact_choice"] = was["contact_choice"]
    chosen_at = parting.kept.contact_chosen_at
    if (chosen_at and chosen_at >= parting.made.at) and now["contact_choice"] == _NARROW:
        parting.back["contact_choice"] = parting.own["contact_choice"] = _NARROW


def _write(parting: Parting) -> None:
    for donor, values in ((parting.kept, parting.back), (parting.other, parting.own)):
        sealed = {name: value for name, value in values.items() if name in gathering.SEALED}
        saves = vault.seal(donor, **sealed) if sealed else []
        plain = [name for name in values if name not in sealed]
        for name in plain:
            setattr(donor, name, values[name])
        donor.save(update_fields=[*saves, *(name.removesuffix("_id") for name in plain)])
    mine, theirs = parting.now | parting.back, parting.theirs | parting.own
    try:
        with transaction.atomic():
            gathering.give_documents({parting.kept: mine, parting.other: theirs})
    except IntegrityError as clash:
        sentence = _("Somebody was registered since under one of the two documents.")
        raise moves.Refused([str(sentence)]) from clash
    for donor, values in ((parting.kept, mine), (parting.other, theirs)):
        donor.save(update_fields=gathering.index(donor, values))


def _call_about_an_objection(donor: Donor, *, at: datetime) -> None:
    """See to it that somebody who was objected to is called: only their own word lifts it."""
    if donor.objected_at is None or donor.death_reported_at is not None:
        return
    if not CallTask.objects.open().filter(donor=donor, kind=CallKind.OBJECTION).exists():
        due = calendar.add_working_days(common.day_of(at), settings.OBJECTION_WORKING_DAYS)
        open_task(donor, CallKind.OBJECTION, due_on=due, at=at)


def _leave(donor: Donor, number: str | None, *, by: Actor, at: datetime) -> None:
    """Let a call show whose a number is; one that nobody can be called at stands in a note."""
    if not number:
        return
    try:
        leave_number(donor, number, by=task_actor("donors.part"), at=at)
    except phones.PhoneProblem:
        common.write_note(donor, about="number", words=number, by=by, at=at)


def _read(text: Any) -> Values:
    """Return values as the columns have them, from the text they were kept as."""
    kept: Values = json.loads(text) if isinstance(text, str) else {}
    for name in set(kept) & set(gathering.CLEAR):
        column: Any = Donor._meta.get_field(name)
        kept[name] = None if kept[name] is None else column.to_python(kept[name])
    return kept
