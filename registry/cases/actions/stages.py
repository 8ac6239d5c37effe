"""Stages 2 and 3 of the consent: what was explained, who witnessed it, what was said back and signed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consent import actions as consents
from consent.purposes import Purpose
from foundation import moves, trail
from foundation.access import Staff
from foundation.moves.stops import Stop
from foundation.trail import Actor, ActorKind
from registry.cases import clocks, rules, stages, witnesses
from registry.cases.actions import common
from registry.cases.actions.stopping import call_people
from registry.cases.models import About, MatchCase, StageConsent, TalkKind
from registry.cases.outcomes import Side
from registry.cases.sides import people_of
from registry.cases.states import RED_ZONE, CaseState

if TYPE_CHECKING:
    from consent.evidence import NewEvidence
    from consent.forms import TeachBackAnswers
    from consent.models import Consent, Text

OF_THE_PERSON: Final = frozenset({Purpose.PEER_TALK})  # for good, whatever becomes of this match


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    What happened when a stage was agreed to.

    :param checklist: keys of what was explained. :param read_back: the donor said the sentence back.
    :param witness_id: the witness's login, or :param witness: the name of one without.
    """

    checklist: Collection[str]
    read_back: bool = False
    witness_id: str = ""
    witness: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What was signed: the text, in which language, what was given and declined, and with what evidence."""

    text: Text
    language: str
    given: Collection[Purpose]
    declined: Collection[Purpose]
    evidence: NewEvidence
    teach_back: TeachBackAnswers | None = None


@transaction.atomic
def agree_to_stage(
    case: MatchCase, stage: int, signed: Signed, session: Session, *, by: Actor, at: datetime
) -> StageConsent:
    """
    Record that a donor agreed to typing again (2) or to the donation (3), for this case alone.

    :raises moves.Refused: if the case is not that far, a point was not explained or not asked back, the
        information talk is not a day old, the witness is not independent, or the sentence was not said back.
    :raises moves.NotAllowed: if the actor may not work on this case or record consents here.
    :raises EvidenceProblem: if a signature is missing.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at, side=Side.DONOR)
    if missing := missing_for(case, stage, signed, session, by=by, at=at):
        raise moves.Refused(missing)
    evidence = replace(signed.evidence, witness_id=session.witness_id or signed.evidence.witness_id)
    _record(case, replace(signed, evidence=evidence), by=by, at=at)
    row = StageConsent(
        case=case, stage=stage, at=at, checklist=sorted(session.checklist), read_back=session.read_back,
        witness_id=session.witness_id, **by.columns(),
    )  # fmt: skip
    common.seal(case, row, witness=session.witness.strip())
    row.save(force_insert=True)
    if stage == stages.FINAL:
        case.final_consent_at, case.talked_at = at, _talk_before(case, at=at) or case.talked_at
        case.save(update_fields=["final_consent_at", "talked_at"])
    trail.record("case.agreed", by=by, at=at, object=case, stage=stage, witness=session.witness_id)
    return row


def missing_for(
    case: MatchCase, stage: int, signed: Signed, session: Session, *, by: Actor, at: datetime
) -> list[str]:
    """Return every sentence that stands against recording a stage; empty where nothing does."""
    missing = stages.not_yet(case, stage, at=at)
    missing += [
        _("Not explained yet: %(item)s") % {"item": item.words}
        for item in stages.CHECKLIST[stage]
        if item.key not in session.checklist
    ]
    if not set(signed.given) >= stages.NEEDED[stage]:
        missing.append(_("Without this consent the match does not go on. Not wanting it is fine: close it."))
    missing += _about_understanding(signed)
    if stage == stages.FINAL:
        missing += _about_the_witness(case, session, by=by)
        if not session.read_back:
            missing.append(_("The donor has not said the sentence about the patient's life back."))
    elif signed.evidence.witness:
        missing += _about_who_heard_it(case, signed.evidence.witness, by=by)
    return missing


def _talk_before(case: MatchCase, *, at: datetime) -> datetime | None:
    """Return the newest information talk that lies far enough before a final consent."""
    latest = clocks.later(at, -timedelta(hours=settings.TALK_HOURS))
    held = case.talks.filter(kind=TalkKind.INFORMATION, held_at__lte=latest)
    when: datetime | None = held.order_by("-held_at").values_list("held_at", flat=True).first()
    return when


def _about_understanding(signed: Signed) -> list[str]:
    """Return why nobody knows yet whether the donor understands what they sign."""
    questions = signed.text.bodies.get(language=signed.language).questions
    said = signed.teach_back
    if said is None or any(question.key not in said.answers for question in questions):
        return [_("Ask the donor back, question by question, what they have understood.")]
    if said.explained or all(said.answers[question.key] == question.right for question in questions):
        return []
    return [_("Talk through together what was answered otherwise, and say that you did.")]


def _about_the_witness(case: MatchCase, session: Session, *, by: Actor) -> list[str]:
    if not session.witness_id:
        return _about_an_outsider(case, session.witness, by=by)
    if session.witness_id == by.id:
        return [_("Whoever takes a consent cannot be its witness.")]
    if session.witness_id in witnesses.not_independent(case):
        return [_("The witness must not be one of the people of this match.")]
    known = Staff.objects.filter(pk=UUID(session.witness_id), is_active=True).exists()
    return [] if known else [_("Please say who witnessed it.")]


def _about_an_outsider(case: MatchCase, name: str, *, by: Actor) -> list[str]:
    """Return why a witness named in words is none: they have a part in it, by their name."""
    if not witnesses.says_a_name(name):
        return [_("Please say who witnessed it.")]
    if against := _about_who_heard_it(case, name, by=by):
        return against
    if witnesses.is_called(name, witnesses.of_staff(people_of(case))):
        return [_("The witness must not be one of the people of this match.")]
    if witnesses.is_called(name, witnesses.of_the_family(case)):
        return [_("The witness must not be one of the donor's family or contacts.")]
    return []


def _about_who_heard_it(case: MatchCase, name: str, *, by: Actor) -> list[str]:
    """Return why nobody can have heard a yes who bears this name: the taker, or the donor."""
    if by.kind == ActorKind.STAFF and witnesses.is_called(name, witnesses.of_staff([by.id])):
        return [_("Whoever takes a consent cannot be its witness.")]
    if witnesses.is_called(name, witnesses.of_the_donor(case)):
        return [_("Nobody witnesses their own consent.")]
    return []


def _record(case: MatchCase, signed: Signed, *, by: Actor, at: datetime) -> None:
    """Record the consents of this match under it, and those of the person for good."""
    teach_back = signed.teach_back
    for of_the_person in (False, True):
        given = [one for one in signed.given if (one in OF_THE_PERSON) == of_the_person]
        declined = [one for one in signed.declined if (one in OF_THE_PERSON) == of_the_person]
        if not given and not declined:
            continue
        consents.record(
            case.donor.subject,
            text=signed.text,
            language=signed.language,
            given=given,
            declined=declined,
            evidence=signed.evidence,
            matter="" if of_the_person else str(case.pk),
            teach_back=teach_back,
            on=case,
            by=by,
            at=at,
        )
        teach_back = None


@transaction.atomic
def note_consent_gone(consent: Consent, *, by: Actor, at: datetime) -> Stop | None:
    """
    Write into a case that a consent given for it was taken back: the guards that ask for it are shut.

    Where the final consent goes after conditioning began, the people of the case are called.
    """
    case = _case_of(consent)
    if case is None:
        return None
    case = common.locked(case)
    common.write_note(case, About.CONSENT_GONE, by=by, at=at, code=consent.purpose[:24])
    if consent.purpose == Purpose.DONATION_FINAL and case.state in RED_ZONE:
        call_people(case, by=by, at=at)
    return Stop(what="cases.consent_gone", when=at)


def _case_of(consent: Consent) -> MatchCase | None:
    """Return the open case that a consent was given for."""
    try:
        matter = UUID(consent.matter)
    except ValueError:
        return None
    open_ones = MatchCase.objects.open().exclude(state=CaseState.WAITING).select_related("donor")
    return open_ones.filter(pk=matter, donor__subject=consent.subject_id).first()
