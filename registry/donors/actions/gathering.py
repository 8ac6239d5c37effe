"""What goes from one record of a person to the other when they become one, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.utils import timezone

from foundation import vault
from foundation.trail import Actor
from foundation.vault import normal
from registry.donors import names
from registry.donors.actions.assisting import end_assists_of
from registry.donors.actions.numbers import leave_number, left_numbers
from registry.donors.actions.pausing import hold
from registry.donors.actions.tasks import hand_tasks
from registry.donors.models import (
    STANDS_THERE,
    Assist,
    BranchMove,
    BranchQuestion,
    Call,
    CallState,
    CallTask,
    ContactChoice,
    Donor,
    IdentityChange,
    Merge,
    MoveNote,
    NationalFinding,
    NationalState,
    Withdrawal,
)
from registry.donors.states import BEFORE_A_CASE, DonorState

Ids = list[str]
# Rows that only change whose they are. What has rules of its own stands below.
PLAINLY: Final[dict[str, type[models.Model]]] = {
    "notes": MoveNote,
    "identity_changes": IdentityChange,
    "merges": Merge,
    "branch_moves": BranchMove,
    "questions": BranchQuestion,
    "assists": Assist,
    "national_findings": NationalFinding,
}
DONOR: Final = "donor"
LEFT: Final = "left"  # a call to a number that is not the donor's present one
CHOSEN: Final = ("document", "name", "phone")
# Values of the record that stays, filled up from the other where it has none.
FILLED: Final = ("email", "address", "workplace", "ethnic_group", "education", "note")
PLAIN: Final = ("blood_group", "weight_kg", "graduates_on", "drive_id")
SEALED: Final = ("name", "document", "phone", *FILLED)
CLEAR: Final = (
    "document_kind", "sex", "born_on", *PLAIN, "phone_since", "phone_wrong_on", "contact_verified_on",
    "contact_choice", "objected_at", "death_reported_at", "hold_until", "listed_on", "donated_at",
    "collections", "national_state", "national_no", "national_on", "limit_notice_on", "age_notice_on",
)  # fmt: skip


def values_of(donor: Donor) -> dict[str, Any]:
    """Return what a record says of a person, opened, before anything of it gives way."""
    opened = vault.open_one(donor, *SEALED)
    kept = {name: value if isinstance(value, str) else None for name, value in opened.items()}
    return {**kept, **{name: getattr(donor, name) for name in CLEAR}}


def move_rows(kept: Donor, other: Donor, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Bring the rows of this room over; return what moved, by kind, so that it can be brought back."""
    end_assists_of(other, by=by, at=at)
    places = _contacts(kept, other)
    moved: dict[str, Any] = {
        "contacts": places.moved,
        "calls": _calls(kept, other, places.now),
        "withdrawals": _withdrawals(kept, other, at=at),
        "tasks": _tasks(kept, other, by=by, at=at),
    }
    for name, model in PLAINLY.items():
        moved[name] = _plainly(model, kept, other)
    return moved


def choose_values(kept: Donor, other: Donor, made: Merge, *, by: Actor, at: datetime) -> None:
    """Let the chosen document, name and phone stand; fill up the rest; forget the other's indexes."""
    mine, theirs = values_of(kept), values_of(other)
    right = {name: theirs[name] if _is_theirs(made, name) else mine[name] for name in CHOSEN}
    right |= {name: mine[name] or theirs[name] for name in FILLED}
    changed = {name: value for name, value in right.items() if value != mine[name]}
    saves = vault.seal(kept, **changed) if changed else []
    saves += _settle_documents(kept, other, mine, theirs, made)
    saves += index(kept, right)
    if _is_theirs(made, "phone") and mine["phone"] != theirs["phone"]:
        kept.phone_since, kept.phone_wrong_on = at, None  # what was tried before was another number
        saves += ["phone_since", "phone_wrong_on"]
    other.save(update_fields=vault.index.put(other, name_index=None, initials_index=None, phone_index=None))
    kept.save(update_fields=[*saves, *_strictest(kept, other, made)])
    _carry_silence(kept, other, by=by, at=at)
    _remember_what_it_wrote(kept, made)


def _remember_what_it_wrote(kept: Donor, made: Merge) -> None:
    """Keep what the record says now: what says something else when the two are parted was learned since."""
    wrote = json.dumps(values_of(Donor.objects.get(pk=kept.pk)), default=str, ensure_ascii=False)
    made.save(update_fields=vault.seal(made, wrote=wrote))


def _is_theirs(made: Merge, name: str) -> bool:
    return bool(made.chosen.get(name) == "other")


def index(donor: Donor, values: dict[str, Any]) -> list[str]:
    """Write the indexes of name and phone anew; return the columns to save."""
    name, phone = values["name"], values["phone"]
    return vault.index.put(
        donor,
        name_index=vault.index.name(name) if name else None,
        initials_index=vault.index.initials(names.initials(name)) if name else None,
        phone_index=vault.index.phone(phone) if phone else None,
    )


def _settle_documents(
    kept: Donor, other: Donor, mine: dict[str, Any], theirs: dict[str, Any], made: Merge
) -> list[str]:
    """Give the chosen document to the record that stays; the other one stays known, or not at all."""
    saves: list[str] = []
    if _is_theirs(made, "document"):
        sealed = vault.seal(other, document=mine["document"])
        other.document_kind = mine["document_kind"]
        other.save(update_fields=[*sealed, "document_kind"])
        kept.document_kind, kept.sex, kept.born_on = (
            theirs[name] for name in ("document_kind", "sex", "born_on")
        )
        kept.limit_notice_on = kept.age_notice_on = None  # the night tells of age limits anew
        saves = ["document_kind", "sex", "born_on", "limit_notice_on", "age_notice_on"]
    mine_now, theirs_now = (theirs, mine) if saves else (mine, theirs)
    give_documents({kept: mine_now, other: theirs_now if made.both_documents else None})
    return saves


def give_documents(of: dict[Donor, dict[str, Any] | None]) -> None:
    """Index the documents of some subjects anew, all forgotten first: none stands in another's way."""
    for donor in of:
        donor.subject.save(update_fields=vault.index.put(donor.subject, document_index=None))
    for donor, values in of.items():
        if values and values["document"]:
            index = vault.index.document(values["document_kind"], values["document"])
            donor.subject.save(update_fields=vault.index.put(donor.subject, document_index=index))


def _strictest(kept: Donor, other: Donor, made: Merge) -> list[str]:
    """Fill up what the record that stays does not know, and keep whatever binds more."""
    for name in PLAIN:
        setattr(kept, name, getattr(kept, name) or getattr(other, name))
    kept.objected_at = kept.objected_at or other.objected_at
    if ContactChoice.ONLY_IF_MATCHED in {kept.contact_choice, other.contact_choice}:
        kept.contact_choice = ContactChoice.ONLY_IF_MATCHED
    kept.listed_on = _of_both(min, kept.listed_on, other.before["listed_on"])
    kept.donated_at = max(filter(None, (kept.donated_at, other.donated_at)), default=None)
    kept.collections += other.collections
    if _is_theirs(made, "phone"):
        kept.contact_verified_on = other.contact_verified_on
    if not kept.national_no and (kept.national_state == NationalState.NONE or _has_its_number(other)):
        for name in ("national_state", "national_no", "national_on"):
            setattr(kept, name, getattr(other, name))
    numbers = ("national_state", "national_no", "national_on", "collections", "donated_at", "listed_on")
    return [*PLAIN, *numbers, "objected_at", "contact_choice", "contact_verified_on"]


def _has_its_number(donor: Donor) -> bool:
    """Return whether a donor stands at the national register under a number that was given."""
    return bool(donor.national_no) and donor.national_state in STANDS_THERE


def _of_both(choose: Callable[..., date], one: date | None, other: str | None) -> date | None:
    known = [day for day in (one, date.fromisoformat(other) if other else None) if day is not None]
    return choose(known) if known else None


def _carry_silence(kept: Donor, other: Donor, *, by: Actor, at: datetime) -> None:
    """Let a death that was reported, or a pause that was asked for, hold for the record that stays."""
    if other.death_reported_at is not None and kept.death_reported_at is None:
        vault.report_dead(kept.subject, by=by, at=at)
    before = other.before
    until = date.fromisoformat(before["hold_until"]) if before.get("hold_until") else None
    if until is None or until <= timezone.localdate(at):
        return
    if kept.state in BEFORE_A_CASE:
        hold(kept, until=until, reason=before["hold_reason"], by=by, at=at)
    elif kept.state == DonorState.ON_HOLD and kept.hold_until and kept.hold_until < until:
        kept.hold_until = until
        kept.save(update_fields=["hold_until"])


@dataclass(slots=True)
class _Places:
    """Which contacts came over, from which place, and where each place of the other record is now."""

    moved: list[tuple[str, int]] = field(default_factory=list)
    now: dict[str, str] = field(default_factory=dict)


def _contacts(kept: Donor, other: Donor) -> _Places:
    """Bring contacts over, behind those there are; one whose number is there already stays behind."""
    mine = list(kept.contacts.order_by("order"))
    known = {
        normal.phone(plain["phone"]): contact.order
        for contact, plain in zip(mine, vault.open(mine, ["phone"]), strict=True)
        if isinstance(plain["phone"], str)
    }
    place = max((contact.order for contact in mine), default=0)
    places, theirs = _Places(), list(other.contacts.order_by("order"))
    for contact, plain in zip(theirs, vault.open(theirs, ["phone"]), strict=True):
        number = normal.phone(plain["phone"]) if isinstance(plain["phone"], str) else ""
        if number in known:
            places.now[str(contact.order)] = str(known[number])
            continue
        place += 1
        places.moved.append((str(contact.pk), contact.order))
        places.now[str(contact.order)] = str(place)
        contact.donor, contact.order = kept, place
        contact.save(update_fields=["donor", "order"])
    return places


def _calls(kept: Donor, other: Donor, places: dict[str, str]) -> dict[str, str]:
    """
    Bring calls over, each to the number it was made to.

    One to a number of the donor's that gave way counts for no round of the number that stays.
    """
    same = bool(vault.index.both(kept, "phone_index") & vault.index.both(other, "phone_index"))
    calls = list(Call.objects.filter(donor=other))
    moved = {str(call.pk): call.number for call in calls}
    for call in calls:
        call.donor = kept
        if call.number == DONOR:
            call.number = DONOR if same else LEFT
        else:
            call.number = places.get(call.number, LEFT)
    Call.objects.bulk_update(calls, ["donor", "number"], batch_size=200)
    return moved


def _withdrawals(kept: Donor, other: Donor, *, at: datetime) -> dict[str, bool]:
    """Bring receipts over; one withdrawal is in force at the most, and of somebody who came back none."""
    rows = Withdrawal.objects.filter(donor=other)
    moved = {str(pk): ended is None for pk, ended in rows.values_list("pk", "ended_at")}
    rows.filter(ended_at__isnull=True).update(ended_at=at)
    rows.update(donor=kept)
    return moved


def _tasks(kept: Donor, other: Donor, *, by: Actor, at: datetime) -> dict[str, str]:
    """Bring calls that are to be made over; where one of the kind is open already, that one stands."""
    there = dict(CallTask.objects.open().filter(donor=kept).values_list("kind", "pk"))
    rows = CallTask.objects.filter(donor=other)
    moved = {str(pk): state for pk, state in rows.values_list("pk", "state")}
    for task in rows.open():
        if kept.is_gone or task.kind in there:
            task.state, task.ended_at = CallState.CANCELLED, at
            task.save(update_fields=["state", "ended_at"])
        if task.kind in there:
            standing = CallTask.objects.filter(pk=there[task.kind], due_on__gt=task.due_on)
            standing.update(due_on=task.due_on)
            for number in reversed(left_numbers(task)):
                leave_number(kept, number, by=by, at=at)
    hand_tasks(rows, kept, path=kept.service_path)
    return moved


def _plainly(model: type[models.Model], kept: Donor, other: Donor) -> Ids:
    rows = model.objects.filter(donor=other)  # type: ignore[attr-defined]
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.update(donor=kept)
    return ids
