"""
Letters between donor and recipient: received, screened by another, asked about, sent on or back.

What goes on names nobody: nothing that the record knows of either side may stand in it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.cases import redaction, rules
from registry.cases.actions import common
from registry.cases.letters import delay_days, donor_wants_letters
from registry.cases.models import Direction, Letter, LetterState, MatchCase
from registry.cases.states import CaseState
from registry.donors.states import DonorState

L = LetterState
OPEN: Final = (L.RECEIVED, L.SCREENED, L.ASKED)


@transaction.atomic
def receive_letter(
    case: MatchCase, *, direction: str, received_on: date, words: str, by: Actor, at: datetime
) -> Letter:
    """
    Write down a letter as it came. It goes on after the delay of its route at the earliest.

    :raises moves.Refused: before the donation, after the donor has left, of a day ahead, or without words.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at, open_only=False)
    if case.state != CaseState.DONATED:
        raise moves.Refused([_("Letters are exchanged after a donation.")])
    if case.donor.state in (DonorState.WITHDRAWN, DonorState.DECEASED):
        raise moves.Refused([_("The donor has left the registry. The letter goes back to who wrote it.")])
    if not words.strip():
        raise moves.Refused([_("Type or paste what the letter says.")])
    if received_on > common.day_of(at):
        raise moves.Refused([_("A letter came today or before.")])
    letter = Letter(
        case=case,
        direction=direction,
        received_on=received_on,
        not_before=received_on + timedelta(days=delay_days(case.source)),
        **by.columns(),
    )
    common.seal(case, letter, words=words.strip())
    letter.save(force_insert=True)
    trail.record("letter.received", by=by, at=at, object=case, direction=direction)
    return letter


@transaction.atomic
def screen_letter(letter: Letter, *, redacted: str, by: Actor, at: datetime) -> Letter:
    """
    Keep what of a letter goes on, as somebody else than who wrote it down has screened it.

    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case, letter = _taken(letter, (L.RECEIVED, L.SCREENED), by=by, at=at)
    if letter.by_id == by.id:
        raise moves.Refused([_("Somebody else than who wrote the letter down must screen it.")])
    if not redacted.strip():
        raise moves.Refused([_("Write what goes on to the reader, or return the letter.")])
    _check_names_nobody(case, redacted)
    letter.state, letter.screened_by_id = L.SCREENED, by.id
    common.seal(case, letter, redacted=redacted.strip())
    letter.save(update_fields=["state", "screened_by_id", "redacted", "words", "seal_version"])
    trail.record("letter.screened", by=by, at=at, object=case, direction=letter.direction)
    return letter


@transaction.atomic
def ask_reader(letter: Letter, *, by: Actor, at: datetime) -> Letter:
    """
    Write down that the reader was asked and wants the letter.

    :raises moves.Refused: if it is not screened, or the donor's consent to letters is not in force.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case, letter = _taken(letter, (L.SCREENED,), by=by, at=at)
    _check_wanted(case, letter)
    letter.state = L.ASKED
    letter.save(update_fields=["state"])
    trail.record("letter.wanted", by=by, at=at, object=case, direction=letter.direction)
    return letter


@transaction.atomic
def forward_letter(letter: Letter, *, by: Actor, at: datetime) -> Letter:
    """
    Write down that the redacted letter went on to its reader.

    :raises moves.Refused: too early, not wanted, or if it says what the record knows by now.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case, letter = _taken(letter, (L.ASKED,), by=by, at=at)
    _check_wanted(case, letter)
    if common.day_of(at) < letter.not_before:
        raise moves.Refused([_("The delay of this route is not over. A letter is not sent on earlier.")])
    goes_on = vault.open_one(letter, "redacted")["redacted"]
    if not isinstance(goes_on, str):
        raise moves.Refused([_("The data of this donor were erased. Nothing can be added any more.")])
    _check_names_nobody(case, goes_on)
    letter.state, letter.settled_at = L.FORWARDED, at
    letter.save(update_fields=["state", "settled_at"])
    trail.record("letter.forwarded", by=by, at=at, object=case, direction=letter.direction)
    return letter


@transaction.atomic
def return_letter(letter: Letter, *, reason: str, by: Actor, at: datetime) -> Letter:
    """
    Write down that a letter went back to who wrote it, and why.

    :param reason: a code of ``letters.RETURNED``.
    :raises moves.Refused: if it is settled already.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case, letter = _taken(letter, OPEN, by=by, at=at)
    letter.state, letter.settled_at, letter.returned_reason = L.RETURNED, at, reason
    letter.save(update_fields=["state", "settled_at", "returned_reason"])
    trail.record("letter.returned", by=by, at=at, object=case, direction=letter.direction, reason=reason)
    return letter


def known_of(case: MatchCase) -> list[str]:
    """
    Return what the record knows of both sides and no letter may say: opened, never to be shown.

    The donor's name, numbers and mail, both codes, both hospitals, the branches.
    """
    donor = case.donor
    said = vault.open_one(donor, "name", "phone", "document", "email", "workplace")
    phone = said["phone"]
    places = (case.transplant_hospital, case.collection_hospital, case.patient.hospital, donor.service_branch)
    others: list[object] = [
        phone.removeprefix("+86") if isinstance(phone, str) else None,
        *(said[name] for name in ("document", "email", "workplace")),
        *(place.name for place in places if place is not None),
        donor.grid,
        donor.national_no,
        case.patient.code,
        case.notice_code,
    ]
    return redaction.known_of(names=[said["name"]], others=others)


def _check_names_nobody(case: MatchCase, text: str) -> None:
    if redaction.leaks(text, known_of(case)):
        sentence = _("A name, number, hospital or code of this match stands in it. Both stay anonymous.")
        raise moves.Refused([sentence])


def _check_wanted(case: MatchCase, letter: Letter) -> None:
    if letter.direction == Direction.TO_DONOR and not donor_wants_letters(case):
        raise moves.Refused([_("The donor's consent to letters is not in force.")])


def _taken(
    letter: Letter, states: tuple[LetterState, ...], *, by: Actor, at: datetime
) -> tuple[MatchCase, Letter]:
    """Return case and letter as the rows are now, if the letter stands where this begins."""
    case = common.locked(letter.case)
    common.check(case, rules.WORK, by=by, at=at, open_only=False)
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.state not in states:
        raise moves.Refused([_("A colleague has taken this letter further meanwhile.")])
    return case, letter
