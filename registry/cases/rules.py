"""Guards that several moves of a case share, each with its sentence."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.purposes import Purpose
from foundation.access import Permission
from foundation.moves import Guard
from foundation.trail import ActorKind
from registry.cases import guards, harm

P = Permission
CONTACT: Final = (P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)  # to reach the donor and tell them
WORK: Final = (P.CASE_WORK, P.CASE_DECIDE)  # up to the confirmed match
DECIDE: Final = (P.CASE_DECIDE,)  # from the hospital's decision on
CLEAR: Final = (P.CASE_CLEAR,)  # the medical reviewer
WORK_OR_CLEAR: Final = (*WORK, P.CASE_CLEAR)  # the reviewer for medical reasons only
TASK: Final = frozenset({ActorKind.TASK})

LIVES: Final = Guard(guards.donor_lives, _("The donor was reported dead."))
KEPT_FOR_NOBODY_ELSE: Final = Guard(guards.donor_may_be_kept, _("Another match keeps this donor."))
CLEARED: Final = Guard(
    guards.clearance_is_in_force,
    _(
        "The medical clearance is not in force: examination, a pregnancy test where it applies, and "
        "infection markers at most 30 days old on the day of collection."
    ),
)
AGREED_TO_DONATE: Final = Guard(
    guards.final_consent_is_in_force,
    _("The final consent, given at least 24 hours after the information talk, is not in force."),
)
BACKUP: Final = Guard(
    guards.backup_is_settled,
    _("Name a back-up donor who is available now, or say that and why there is none."),
)
COLLECTED: Final = Guard(
    guards.collection_was_recorded, _("The days of collection are not recorded with volume and CD34⁺ dose.")
)
HARM_SAID: Final = Guard(
    harm.was_asked, _("It is not written down what did the donor harm, nor that nothing did.")
)
NOT_YET_GIVEN: Final = Guard(
    guards.cells_have_not_left, _("The cells have left with the courier: record the donation.")
)
DATES: Final = Guard(
    guards.dates_are_set, _("The days of conditioning and collection are not set, or are not in their order.")
)
AGREED_TO_TYPING: Final = Guard(
    guards.agreed_to(Purpose.VERIFICATION_TYPING),
    _("The consent to typing again for this match is not in force."),
)
A_REASON: Final = guards.at_the_act(guards.gives_a_reason, _("A reason must be given."))
MEDICAL_ONLY: Final = guards.at_the_act(
    guards.reviewer_gives_a_medical_reason, _("The medical reviewer stops a match for medical reasons only.")
)
TO_BE_SCHEDULED: Final = (CLEARED, AGREED_TO_DONATE, BACKUP, DATES)
SECOND_PERSON: Final = Guard(
    guards.another_person_confirmed,
    _("A second person must confirm before conditioning can be recorded."),
)
TWICE: Final = _("Cells were collected from this donor twice: nobody asks a third time.")
GIVES_AGAIN: Final = (
    Guard(guards.may_still_give, TWICE),
    Guard(
        guards.long_enough_since_the_last,
        _("It is too early: lymphocytes after one month, a second donation after three."),
    ),
)
_AGREED: Final = _("After a donation the medical reviewer must agree first.")
TO_WAIT: Final = (LIVES, Guard(guards.reviewer_agrees, _AGREED))
AGREED_SINCE: Final = Guard(guards.reviewer_agreed_since, _AGREED)
A_DOCTORS_WORD: Final = guards.at_the_act(
    guards.a_doctor_found_it,
    _("A lasting medical reason is given by the medical reviewer, or stands on a finding not passed."),
)
