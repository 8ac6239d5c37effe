"""What comes next in each state of a match: the move, the words on its button, and the page of its facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.cases import rules
from registry.cases.states import CaseState

Words = str | Promise
S = CaseState


@dataclass(frozen=True, slots=True)
class Step:
    """
    The next step from a state.

    ``page`` is where its facts are asked, "" where a button is enough; ``meets`` are sentences of
    guards that this very page meets, so that they do not shut its door.
    """

    move: str
    words: Words
    page: str = ""
    meets: tuple[Words, ...] = ()
    danger: bool = False


NEXT: Final[dict[str, Step]] = {
    S.NOTIFIED: Step(
        "contact",
        _("Reach the donor"),
        "cases:attempt",
        meets=(_("Nobody has tried to reach the donor yet."),),
    ),
    S.CONTACTING: Step("remobilise", _("The donor knows of the match")),
    S.REMOBILISED: Step("agree", _("The donor agrees to typing again")),
    S.HR_AGREED: Step("take_sample", _("Take the sample"), "cases:sample"),
    S.HR_SAMPLED: Step("send_to_lab", _("Send the sample to the laboratory")),
    S.HR_LAB: Step("confirm_match", _("Enter what the laboratory found"), "cases:result"),
    S.HR_MATCHED: Step("ask_hospital", _("Put the match before the hospital")),
    S.TC_DECISION: Step("start_work_up", _("Enter what the hospital decided"), "cases:decision"),
    S.WORKUP: Step("schedule", _("Fix the days")),
    S.SCHEDULED: Step(
        "condition",
        _("Conditioning begins"),
        "cases:condition",
        meets=(rules.SECOND_PERSON.sentence,),
        danger=True,
    ),
    S.CONDITIONING: Step("mobilise", _("The donor is admitted and prepared")),
    S.MOBILISING: Step("collect", _("Begin to collect")),
    S.COLLECTING: Step("hand_over", _("The cells have left with the courier")),
    S.HANDED_OVER: Step("donate", _("Record the donation"), "cases:donate"),
    S.POSTPONED: Step("resume", pgettext_lazy("case", "Go on")),
}
PRESSED: Final = frozenset(step.move for step in NEXT.values() if not step.page) - {"resume"}
