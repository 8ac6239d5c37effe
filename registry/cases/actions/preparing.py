"""What is settled before cells are collected: days, product, back-up donor, and what the hospital says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import approvals, moves, trail, vault
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import closing, common, facts
from registry.cases.guards import CONDITIONING
from registry.cases.hospitals import NOT_WANTED, TRANSFUSED, WANTED, Hospital
from registry.cases.models import About, CaseNote, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import RED_ZONE, CaseState, reached
from registry.donors.models import Donor
from registry.donors.states import DonorState

S = CaseState
DATES_ARE_SET_IN: Final = (S.WORKUP, S.SCHEDULED, S.CONDITIONING, S.MOBILISING)
CONDITIONING_DAY: Final = "CONDITIONING"  # a message about it


@transaction.atomic
def end_at(case: MatchCase, state: CaseState, *, outcome: str, by: Actor, at: datetime) -> MatchCase:
    """
    End a match where it stands: the laboratory found a mismatch, the hospital wants another donor.

    :raises moves.WrongState: if the match stands elsewhere by now.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    if case.state != state:
        raise moves.WrongState(move="close", state=str(case.state))
    return closing.close(case, outcome=outcome, by=by, at=at)


@transaction.atomic
def set_dates(
    case: MatchCase,
    *,
    product: str,
    conditioning_on: date,
    collection_on: date,
    by: Actor,
    at: datetime,
    admission_on: date | None = None,
) -> MatchCase:
    """
    Set what is collected, and the days. Another day of conditioning voids the hospital's message.

    :raises moves.Refused: if the days are not in their order, or conditioning has begun and its day changes.
    :raises moves.NotAllowed: if the actor may not decide.
    """
    case = common.locked(case)
    common.check(case, rules.DECIDE, by=by, at=at)
    if case.state not in DATES_ARE_SET_IN:
        raise moves.WrongState(move="set_dates", state=str(case.state))
    other_day = case.conditioning_on != conditioning_on
    _check_order(case, admission_on, conditioning_on, collection_on, at=at)
    before = case.collection_on
    case.product, case.admission_on = product, admission_on
    case.conditioning_on, case.collection_on = conditioning_on, collection_on
    saves = ["product", "admission_on", "conditioning_on", "collection_on"]
    if other_day and case.hospital_message_at is not None:
        case.hospital_message_at, case.hospital_message_ref = None, ""
        saves += ["hospital_message_at", "hospital_message_ref"]
    case.save(update_fields=saves)
    common.keep_due(case)
    approvals.close(CONDITIONING, [case.pk], by=by, at=at)
    common.write_note(case, About.DATES, by=by, at=at, code=product, before_on=before, after_on=collection_on)
    trail.record("case.dates_set", by=by, at=at, object=case, product=product)
    return case


@transaction.atomic
def name_backup(
    case: MatchCase,
    *,
    by: Actor,
    at: datetime,
    donor: Donor | None = None,
    code: str = "",
    none: str = "",
    words: str = "",
) -> MatchCase:
    """
    Name a back-up donor, ours or of another registry, or say in words that and why there is none.

    :param none: a code of ``NoBackup``; it needs words.
    :raises moves.Refused: if it is not exactly one of the three, or our donor is not there for it.
    """
    vault.lock(*[one.subject_id for one in (case.donor, donor) if one is not None])
    case = common.locked(case)
    common.check(case, rules.DECIDE, by=by, at=at)
    _check_backup(case, donor, code, none, words)
    case.backup, case.backup_code, case.no_backup = donor, code, none
    case.save(update_fields=["backup", "backup_code", "no_backup"])
    approvals.close(CONDITIONING, [case.pk], by=by, at=at)
    common.write_note(case, About.BACKUP, by=by, at=at, code=none, words=words)
    trail.record("case.backup_settled", by=by, at=at, object=case, none=none)
    return case


@transaction.atomic
def record_message(
    case: MatchCase, *, said_at: datetime, reference: str, conditioning_on: date, by: Actor, at: datetime
) -> MatchCase:
    """
    Write down the transplant hospital's message that conditioning begins, and on which day.

    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor neither decides nor speaks for that hospital.
    """
    case = common.locked(case)
    facts.check(case, rules.DECIDE, or_of=Hospital.TRANSPLANT, by=by, at=at, side=Side.PATIENT)
    if case.state not in {S.WORKUP, S.SCHEDULED}:
        raise moves.WrongState(move="record_message", state=str(case.state))
    if not case.opened_at <= said_at <= at:
        raise moves.Refused([_("The message came after the match was opened, and not after now.")])
    if case.collection_on is not None and conditioning_on > case.collection_on:
        raise moves.Refused([_("The day of collection lies before it. The registry must set the days anew.")])
    before = case.conditioning_on
    case.hospital_message_at, case.hospital_message_ref = said_at, reference.strip()
    case.conditioning_on = conditioning_on
    case.save(update_fields=["hospital_message_at", "hospital_message_ref", "conditioning_on"])
    common.keep_due(case)
    approvals.close(CONDITIONING, [case.pk], by=by, at=at)
    _say(case, CONDITIONING_DAY, by=by, at=at, before_on=before, after_on=conditioning_on)
    return case


@transaction.atomic
def record_decision_of_hospital(
    case: MatchCase, *, wants: bool, words: str = "", by: Actor, at: datetime
) -> CaseNote:
    """
    Write down whether the transplant hospital wants this donor; the registry manager makes the move.

    :raises moves.Refused: if the hospital is not asked at present.
    :raises moves.NotAllowed: if the actor does not speak for that hospital.
    """
    case = common.locked(case)
    facts.check(case, rules.DECIDE, or_of=Hospital.TRANSPLANT, by=by, at=at, side=Side.PATIENT)
    if case.state != S.TC_DECISION:
        raise moves.WrongState(move="decide", state=str(case.state))
    return _say(case, WANTED if wants else NOT_WANTED, by=by, at=at, words=words)


@transaction.atomic
def record_transfusion(case: MatchCase, *, on: date, words: str = "", by: Actor, at: datetime) -> CaseNote:
    """
    Write down the day on which the patient was given the cells, as the hospital says.

    :raises moves.Refused: if the cells have not left, or the day is not possible.
    :raises moves.NotAllowed: if the actor neither works on the case nor speaks for that hospital.
    """
    case = common.locked(case)
    facts.check(case, rules.WORK, or_of=Hospital.TRANSPLANT, by=by, at=at, open_only=False, side=Side.PATIENT)
    if case.state not in {S.HANDED_OVER, S.DONATED}:
        raise moves.WrongState(move="transfuse", state=str(case.state))
    first = min(case.collection_days.values_list("on", flat=True), default=None)
    if on > common.day_of(at) or first is None or on < first:
        raise moves.Refused([_("Choose a day from the collection to today.")])
    return _say(case, TRANSFUSED, by=by, at=at, words=words, after_on=on)


def _say(
    case: MatchCase, code: str, *, by: Actor, at: datetime, words: str = "", **days: date | None
) -> CaseNote:
    trail.record("case.hospital_said", by=by, at=at, object=case, what=code)
    return common.write_note(case, About.MESSAGE, by=by, at=at, code=code, words=words, **days)


def _check_order(
    case: MatchCase, admission_on: date | None, conditioning_on: date, collection_on: date, *, at: datetime
) -> None:
    wrong = []
    if collection_on < common.day_of(at):
        wrong.append(_("The day of collection is over already."))
    if conditioning_on > collection_on:
        wrong.append(_("Conditioning begins on or before the day of collection."))
    if admission_on is not None and admission_on > collection_on:
        wrong.append(_("The donor is admitted on or before the day of collection."))
    if case.state in RED_ZONE and conditioning_on != case.conditioning_on:
        wrong.append(_("Conditioning has begun: its day stays as it is."))
    if wrong:
        raise moves.Refused(wrong)


def _check_backup(case: MatchCase, donor: Donor | None, code: str, none: str, words: str) -> None:
    if sum(map(bool, (donor, code, none))) != 1:
        raise moves.Refused(
            [_("Name one of ours, or one of another registry, or say that and why there is none.")]
        )
    if not reached(case.stands_at, S.TC_DECISION):
        raise moves.Refused([_("A back-up donor is named once the hospital was asked.")])
    if none and not words.strip():
        raise moves.Refused([_("Say in words why there is no back-up donor.")])
    if donor is not None and donor.pk == case.donor_id:
        raise moves.Refused([_("The back-up donor is somebody else than the donor.")])
    if donor is not None and Donor.objects.get(pk=donor.pk).state != DonorState.LISTED:
        raise moves.Refused([_("This donor is not available at present.")])
