"""Which page mends what a guard misses, and what stands in its place once it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.cases import rules
from registry.cases.models import MatchCase

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Mend:
    """
    What to do about one missing thing.

    ``sentence`` is the guard's own; ``there`` says the same once it holds, "" where nobody needs to
    read it; ``name`` is the page that mends it, "" where none does, with ``args`` behind the case;
    ``brief`` is what a card of the board has room for.
    """

    sentence: Words
    there: Words = ""
    name: str = ""
    link: Words = ""
    args: tuple[object, ...] = ()
    brief: Words = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the checklist."""

    words: str
    ok: bool = False
    url: str = ""
    link: Words = ""


MENDS: Final = (
    Mend(
        _("Nobody has tried to reach the donor yet."),
        _("Somebody has tried to reach the donor."),
        "cases:attempt",
        _("Try now"),
        brief=_("first attempt"),
    ),
    Mend(
        _("Nobody has spoken with the donor yet."),
        _("Somebody has spoken with the donor."),
        "cases:attempt",
        _("Call"),
        brief=_("a word with the donor"),
    ),
    Mend(
        rules.AGREED_TO_TYPING.sentence,
        _("The consent to typing again is in force."),
        "cases:consent",
        _("Ask for the consent"),
        (2,),
        brief=_("consent to typing again"),
    ),
    Mend(
        _("The health-and-availability check is missing, or was not passed."),
        _("The health-and-availability check was passed."),
        "cases:health-check",
        _("Go through the check"),
        brief=_("health-and-availability check"),
    ),
    Mend(
        _("It is not written down what the family knows and thinks."),
        _("What the family knows and thinks is written down."),
        "cases:family",
        _("Write down the family"),
        brief=_("what the family thinks"),
    ),
    Mend(
        rules.CLEARED.sentence,
        _("The medical clearance is in force."),
        "cases:findings",
        _("Look at the findings"),
        brief=_("medical clearance"),
    ),
    Mend(
        rules.AGREED_TO_DONATE.sentence,
        _("The final consent is in force."),
        "cases:consent",
        _("Ask for the final consent"),
        (3,),
        brief=_("final consent"),
    ),
    Mend(
        rules.BACKUP.sentence,
        _("It is settled who stands behind as a back-up."),
        "cases:backup",
        _("Settle the back-up"),
        brief=_("back-up donor"),
    ),
    Mend(
        rules.DATES.sentence,
        _("The days are set."),
        "cases:dates",
        _("Set the days"),
        brief=_("days of conditioning and collection"),
    ),
    Mend(
        _("The hospital's message that conditioning begins is not here."),
        _("The hospital's message is here."),
        "cases:hospital-message",
        _("Enter the message"),
        brief=_("the hospital's message"),
    ),
    Mend(
        _("Nobody has spoken with the donor within the last 24 hours."),
        _("Somebody has spoken with the donor within the last 24 hours."),
        "cases:attempt",
        _("Call"),
        brief=_("a word with the donor within 24 hours"),
    ),
    Mend(
        rules.SECOND_PERSON.sentence,
        _("A second person has confirmed."),
        "cases:condition",
        _("Confirm, and ask a second person"),
        brief=_("a second person"),
    ),
    Mend(
        _("Say what is collected."),
        _("It is said what is collected."),
        "cases:dates",
        _("Say it"),
        brief=_("what is collected"),
    ),
    Mend(
        _("The days of collection are not recorded with volume and CD34⁺ dose."),
        _("The days of collection are recorded."),
        "cases:collection",
        _("Record the days"),
        brief=_("days of collection"),
    ),
    Mend(
        rules.HARM_SAID.sentence,
        _("It is written down what did the donor harm, or that nothing did."),
        "cases:adverse",
        _("Write it down"),
        brief=_("a word on adverse events"),
    ),
    Mend(
        _("Two people must have checked the label; courier and temperature belong to it."),
        _("Two people have checked the label."),
        "cases:hand-over",
        _("Check the label"),
        brief=_("label check by two"),
    ),
    Mend(
        _("It is not written down when the cells arrived."),
        _("The cells have arrived."),
        "cases:arrival",
        _("Write it down"),
        brief=_("arrival of the cells"),
    ),
    Mend(_("Another match keeps this donor."), _("No other match keeps this donor.")),
    Mend(rules.LIVES.sentence),
    Mend(rules.TWICE),
    Mend(rules.NOT_YET_GIVEN.sentence, "", "cases:donate", _("Record the donation")),
    Mend(_("From the hospital's decision on, the registry manager closes a match.")),
)


def needs(
    case: MatchCase, asked: Sequence[Words], missing: Sequence[Words], *, all_of_it: bool = True
) -> list[Need]:
    """
    Return the checklist of a step: what holds, what is missing, and where it is mended.

    :param asked: the sentences of all guards. :param missing: those of the ones that do not hold.
    :param all_of_it: whether to say what holds, besides what is missing.
    """
    known = {str(mend.sentence): mend for mend in MENDS}
    lacking = [str(sentence) for sentence in missing]
    lines = []
    for sentence in dict.fromkeys([*map(str, asked), *lacking]):
        mend = known.get(sentence, Mend(sentence))
        if sentence in lacking:
            lines.append(Need(sentence, url=page_of(mend, case), link=mend.link))
        elif all_of_it and mend.there:
            lines.append(Need(str(mend.there), ok=True))
    return lines


def in_brief() -> dict[str, str]:
    """Return the few words that a card has room for, by the sentence of what is missing."""
    return {str(mend.sentence): str(mend.brief) for mend in MENDS if mend.brief}


def page_of(mend: Mend, case: MatchCase) -> str:
    """Return the address of the page that mends something, "" where there is none."""
    return reverse(mend.name, args=[case.pk, *mend.args]) if mend.name else ""
