"""
What to say on the telephone, by what the call is for and by whether the other may know.

What is said aloud is in the language of the person who is called; what is told to the
caller is in the language of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.donors.models import CallKind, Contact

Words = str | Promise
_GREETING: Final = _("Hello, this is the Red Cross, %(branch)s. Is it a good moment to talk for two minutes?")
_THANKS: Final = _("Thank you. Whatever you decide is right.")

_FOR: Final[dict[str, tuple[Words, ...]]] = {
    CallKind.PRE_LISTING: (
        _("You gave a sample some weeks ago. Its typing is here, and you could now be listed."),
        _("May I ask you three questions first?"),
        _("Not sure is a good answer too: we can pause, or call again."),
    ),
    CallKind.COOLING_OFF: (
        _("You registered as a stem-cell volunteer some days ago. These days are there to think it over."),
        _("Did you talk about it at home? Is there a question I can answer?"),
        _("Do you still wish to go on? To change your mind is fine, today and at any time."),
    ),
    CallKind.RESAMPLE: (
        _("The laboratory could not use your sample. It is nobody's fault. May we take another?"),
    ),
    CallKind.HOLD_ENDED: (
        _("You asked us for a pause, and it is over now. Nothing happens by itself."),
        _("Would you like to go on, pause longer, or leave? All three are fine."),
    ),
    CallKind.OBJECTION: (
        _("Somebody near you told us that they do not want this. We stopped everything for now."),
        _("What would you like yourself? We do what you say, and nobody else."),
    ),
    CallKind.WAVERS: (
        _("You told us that you would rather not go on. We stopped everything for now, and that is fine."),
        _("We can ring you only if you match, pause until a day you choose, or let you go. What suits you?"),
    ),
    CallKind.NEW_NUMBER: (
        _("Somebody left this as your new number. To be sure that it is you: when were you born?"),
    ),
    CallKind.CONTACT_CHECK: (
        _("You stand by as a stem-cell volunteer. We only check that we can reach you."),
        _("Is this still the best number? And would you still go on if you matched?"),
    ),
    CallKind.OUT_OF_CONTACT: (
        _("We tried to reach you several times. We only check that your number is right."),
        _("Is this still the best number? And would you still go on if you matched?"),
    ),
    CallKind.MATCH: (
        _("You stand by as a stem-cell volunteer, and now you may match a patient."),
        _("Of ten thousand people who are not related, about one matches: it is rare, and it is you."),
        _("The next step is only a small blood sample. Before it we explain everything."),
        _("You may stop at any time before the patient's own marrow is destroyed; nobody blames you."),
        _("Does your family know that you are a volunteer? May we talk with them too, if you like?"),
    ),
    CallKind.AGE_LIMIT: (_("You have stood by for many years. Soon the age limit is reached. Thank you."),),
    CallKind.FAMILY_TALK: (_("You wished for a talk with your family. When and where would suit you all?"),),
    CallKind.FOLLOW_UP: (
        _("You wrote that you are not quite well after donating. How are you now? What would help you?"),
    ),
    CallKind.CONSENT_DUE: (_("One of your consents is to be asked again. May I tell you what is new?"),),
}
_ENDS: Final = _("By the rules of age your registration ends on %(day)s. You need not do anything.")
_WHO: Final = _("First make sure that it is the volunteer. To anybody else, not a word of donation.")
_MAY_KNOW: Final = _("They know. You may say what it is about.")
_MAY_NOT: Final = _("They do not know. Say only this, not a word of donation, whatever they ask.")
_TO_A_FRIEND: Final = _(
    "Hello, this is the Red Cross, %(branch)s. We would like to update a contact number. "
    "How can we reach your relative or friend?"
)
_TO_ONE_WHO_KNOWS: Final = _(
    "Hello, this is the Red Cross, %(branch)s. A volunteer named you as somebody who knows how to reach "
    "them. We would like to talk about their registration. Do you have their number?"
)
_THANK_YOU: Final = _("Thank you very much. Goodbye.")


@dataclass(frozen=True, slots=True)
class Script:
    """What the caller is told, and what they read aloud in the person's language."""

    language: str
    told: str
    aloud: Sequence[str]


def for_donor(kind: str, *, language: str, branch: str, ends_on: date | None = None) -> Script:
    """
    Return what to say to the volunteer, line by line.

    :param ends_on: when their register ends by the rules of age; a call about these says it.
    """
    lines = (_GREETING, *_FOR.get(kind, ()), _THANKS)
    if kind == CallKind.AGE_LIMIT and ends_on is not None:
        lines = (*lines[:-1], _ENDS, _THANKS)
    return _script(_WHO, lines, language=language, branch=branch, day=ends_on)


def for_contact(contact: Contact, *, language: str, branch: str) -> Script:
    """Return what to say to a relative or friend; whoever may not know hears nothing of donation."""
    if contact.may_know:
        return _script(_MAY_KNOW, (_TO_ONE_WHO_KNOWS, _THANK_YOU), language=language, branch=branch)
    return _script(_MAY_NOT, (_TO_A_FRIEND, _THANK_YOU), language=language, branch=branch)


def _script(
    told: Words, aloud: Sequence[Words], *, language: str, branch: str, day: date | None = None
) -> Script:
    with translation.override(language):
        said = {"branch": branch, "day": date_format(day, "DATE_FORMAT") if day else ""}
        lines = [str(line) % said if "%(" in str(line) else str(line) for line in aloud]
    return Script(language, str(told), lines)
