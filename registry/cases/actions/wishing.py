"""What a donor wishes after donating: letters of the recipient, talks with others who are to donate."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from consent import actions as consents
from consent import queries
from consent.evidence import NewEvidence
from consent.purposes import Purpose
from consent.states import EvidenceKind
from foundation import moves
from foundation.trail import Actor
from registry.cases import rules, stages
from registry.cases.actions import common
from registry.cases.actions.stages import OF_THE_PERSON
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState

ASKED_AFTERWARDS: Final = (Purpose.LETTERS, Purpose.PEER_TALK)


@transaction.atomic
def record_wishes(
    case: MatchCase,
    *,
    given: Collection[Purpose],
    declined: Collection[Purpose],
    witness: str,
    by: Actor,
    at: datetime,
) -> None:
    """
    Record a donor's yes or no, said before a witness; a yes is in force once a second person verified it.

    A no takes back what stood at once.

    :raises moves.Refused: if nothing was asked, nobody donated, or no text is in force.
    :raises moves.NotAllowed: if the actor may not work on the case or record consents here.
    :raises EvidenceProblem: if nobody witnessed a yes.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at, open_only=False, side=Side.DONOR)
    if case.state != CaseState.DONATED:
        raise moves.Refused([_("This is asked after a donation.")])
    if not (given or declined):
        raise moves.Refused([_("Choose what the donor said.")])
    text = queries.text_in_force(stages.TEXTS[stages.FINAL], at)
    for purpose in ASKED_AFTERWARDS:
        if purpose not in {*given, *declined}:
            continue
        consents.record(
            case.donor.subject,
            text=text,
            language=case.donor.subject.language,
            given=[purpose] if purpose in given else [],
            declined=[purpose] if purpose in declined else [],
            evidence=NewEvidence(EvidenceKind.WITNESSED_WORD, witness=witness.strip()),
            matter="" if purpose in OF_THE_PERSON else str(case.pk),
            on=case,
            by=by,
            at=at,
        )
