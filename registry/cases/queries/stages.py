"""What was agreed to for a match: the sessions of stages 2 and 3, their consents, who may witness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.models import Consent
from consent.queries import Row
from consent.states import IN_FORCE, State
from foundation.access import Permission
from foundation.desk.naming import Names
from registry.cases import stages, witnesses
from registry.cases.models import MatchCase, StageConsent
from registry.cases.queries import staff

WITNESSES_SHOWN = 100
TITLES = {stages.TYPING: _("Typing again for this patient"), stages.FINAL: _("Donating: the final consent")}
TAGS = {State.ACTIVE: "good", State.RECONSENT_DUE: "good", State.SIGNED: "due", State.WITHDRAWN: "bad"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage on the page of a case: its consents, the newest session, what keeps it from being asked."""

    number: int
    title: str | Promise
    rows: list[Row] = field(default_factory=list)
    session: StageConsent | None = None
    witness: str = ""
    not_yet: list[str] = field(default_factory=list)

    @property
    def in_force(self) -> bool:
        """Whether everything that the match needs of this stage is in force."""
        held = {row.consent.purpose for row in self.rows if row.consent.state in IN_FORCE}
        return stages.NEEDED[self.number] <= held


def stages_of(case: MatchCase, *, at: datetime) -> list[Stage]:
    """Return both stages of a case with the newest answer to each purpose."""
    newest: dict[tuple[str, str], Consent] = {}
    given = Consent.objects.filter(subject=case.donor.subject_id, matter=str(case.pk))
    for consent in given.select_related("text", "evidence").order_by("id"):
        newest[(consent.text.document, consent.purpose)] = consent
    sessions = {one.stage: one for one in case.stage_consents.order_by("id")}
    names = Names.of([one.witness_id for one in sessions.values() if one.witness_id])
    return [
        Stage(
            number,
            TITLES[number],
            rows=[
                Row(consent, TAGS.get(State(consent.state), "none"))
                for (document, _purpose), consent in newest.items()
                if document == stages.TEXTS[number]
            ],
            session=sessions.get(number),
            witness=_witness(sessions.get(number), names),
            not_yet=stages.not_yet(case, number, at=at),
        )
        for number in (stages.TYPING, stages.FINAL)
    ]


def _witness(session: StageConsent | None, names: Names) -> str:
    if session is None or not session.witness_id:
        return ""
    return str(names.get(session.witness_id))


def witnesses_for(case: MatchCase, *, besides: str, at: datetime) -> list[tuple[str, str]]:
    """Return who has a login around here and does not work on this match, as choices by name."""
    out = witnesses.not_independent(case) | {besides}
    around = staff.holders(case, (Permission.CONSENT_RECORD,), on=timezone.localdate(at))
    return [(str(one.pk), str(one)) for one in around if str(one.pk) not in out][:WITNESSES_SHOWN]
