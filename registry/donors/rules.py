"""Guards that several moves of a donor share, each with its sentence."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.purposes import CORE, Purpose
from consent.states import State
from foundation.moves import Guard
from foundation.trail import ActorKind
from registry.donors import guards

SUBJECT: Final = frozenset({ActorKind.SUBJECT})
TASK: Final = frozenset({ActorKind.TASK})
COMMAND: Final = frozenset({ActorKind.COMMAND})
NOT_STAFF: Final = SUBJECT | TASK | COMMAND

AGE_TO_JOIN: Final = Guard(
    guards.is_of_the_age_to_join, _("People join from 18 until the day before they turn 46.")
)
AGE_LIMIT: Final = Guard(guards.is_below_the_age_limit, _("The age limit of the register is reached."))
WEIGHT: Final = Guard(
    guards.weighs_enough, _("The weight must be at least 45 kg for women and 50 kg for men.")
)
TWO_CONTACTS: Final = Guard(guards.names_two_contacts, _("Two relatives or friends must be named."))
DOCUMENT_SEEN: Final = Guard(
    lambda move: bool(move.facts.get("document_seen", True)),
    _("A coordinator must have seen the document of a form that the volunteer filled alone."),
)
NOT_DEAD: Final = Guard(guards.was_not_reported_dead, _("This person was reported dead."))
NO_OBJECTION: Final = Guard(
    guards.nobody_objects, _("Somebody objects. Call the donor first; only they decide.")
)
NOT_TWICE: Final = Guard(
    guards.is_nobody_twice,
    _("Somebody with the same name, birth date and phone is registered too. Are they one person?"),
)
TYPING_THERE: Final = Guard(guards.typing_is_there, _("There is no typing that stands."))
CALL_MADE: Final = Guard(
    guards.said_yes_before_listing,
    _("The call before listing is missing, or one of its three answers was not yes."),
)
A_REASON: Final = guards.at_the_act(guards.gives_a_reason, _("A reason must be given."))
WAS_LISTED: Final = Guard(guards.was_listed_before, _("This donor has never been listed."))

AGREED_TO_SHARE: Final = Guard(
    guards.agreed_to(Purpose.SHARE_REGISTRY), _("The consent to share with the registry is not in force.")
)
RECRUITMENT_ACTIVE: Final = (
    Guard(guards.agreed_to(Purpose.REGISTER_HPC), _("The consent to be on the register is not in force.")),
    Guard(guards.agreed_to(Purpose.SENSITIVE_DATA), _("The consent to handle health data is not in force.")),
    Guard(guards.agreed_to(Purpose.HLA_TYPING), _("The consent to typing is not in force.")),
    Guard(guards.agreed_to(Purpose.SAMPLE_STORAGE), _("The consent to keep the sample is not in force.")),
)
RECRUITMENT_SIGNED: Final = Guard(
    guards.agreed_to(*sorted(CORE), at_least=State.SIGNED),
    _("The consents of the drive have not all been signed."),
)
TO_LIST: Final = (
    TYPING_THERE,
    *RECRUITMENT_ACTIVE,
    AGREED_TO_SHARE,
    CALL_MADE,
    NOT_TWICE,
    AGE_LIMIT,
    NO_OBJECTION,
    NOT_DEAD,
)
# Those taken over from the records before have no typing text or call of ours: consent and age only.
TO_LIST_AGAIN: Final = (
    *(guards.unless_taken_over(guard) for guard in (TYPING_THERE, CALL_MADE, NOT_TWICE)),
    *RECRUITMENT_ACTIVE,
    AGREED_TO_SHARE,
    AGE_LIMIT,
    NO_OBJECTION,
    NOT_DEAD,
)
