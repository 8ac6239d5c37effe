"""
The questions of the health-and-availability check, as data: what each answer means, and its code.

A change of what is asked or of what an answer means raises ``VERSION``.

Source: docs/sources.md#health-and-availability
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.donors.reasons import Reason

VERSION: Final = 1
Words = str | Promise


class Effect(StrEnum):
    """What one answer means, the gravest last."""

    FINE = "FINE"
    HELP = "HELP"  # something has to be arranged, and nothing speaks against it
    NOT_NOW = "NOT_NOW"
    ASK = "ASK"
    NOT_ANY_MORE = "NOT_ANY_MORE"


GRAVITY: Final = {effect: place for place, effect in enumerate(Effect)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer, what it means, and the code of the donors' reasons for it."""

    key: str
    words: Words
    effect: Effect = Effect.FINE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; asked of women alone where it says so."""

    key: str
    words: Words
    answers: tuple[Answer, ...]
    hint: Words = ""
    women: bool = False

    def answer(self, key: str) -> Answer | None:
        """Return the answer of a key, None where there is no such answer."""
        return next((answer for answer in self.answers if answer.key == key), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together."""

    key: str
    words: Words
    questions: tuple[Question, ...]


NO: Final = Answer("no", _("No"))
F, N, A, P, H = Effect.FINE, Effect.NOT_NOW, Effect.ASK, Effect.NOT_ANY_MORE, Effect.HELP
R: Final = Reason

GROUPS: Final = (
    Group(
        "women",
        _("Pregnancy"),
        (
            Question(
                "pregnancy",
                _("Are you pregnant, or could you be?"),
                (
                    NO,
                    Answer("maybe", _("Perhaps, or a child is planned soon"), A, R.MR_T_PREGNANT),
                    Answer("yes", _("Yes"), N, R.MR_T_PREGNANT),
                ),
                women=True,
            ),
            Question(
                "lactation",
                _("Did you give birth within the last six months, or do you breastfeed?"),
                (NO, Answer("yes", _("Yes"), N, R.MR_T_LACTATION)),
                women=True,
            ),
        ),
    ),
    Group(
        "now",
        _("Now, and in the last weeks"),
        (
            Question(
                "medicines",
                _("Which medicines do you take?"),
                (
                    Answer("none", _("None, or vitamins or the pill")),
                    Answer("short", _("One for a short time, such as an antibiotic"), N, R.MR_T_MEDICATION),
                    Answer("daily", _("One every day, or injections"), A, R.MR_T_MEDICATION),
                ),
                hint=_("Name them below, also those without a prescription and traditional ones."),
            ),
            Question(
                "ill",
                _("Do you have a fever or an infection, or had one in the last two weeks?"),
                (NO, Answer("yes", _("Yes"), N, R.MR_T_ILLNESS)),
            ),
            Question(
                "vaccine",
                _("Were you vaccinated in the last four weeks?"),
                (
                    NO,
                    Answer("killed", _("Yes, against influenza, COVID-19, hepatitis or tetanus")),
                    Answer("live", _("Yes, with another vaccine, or I do not know which"), N, R.MR_T_VACCINE),
                ),
            ),
            Question(
                "operation",
                _("Were you operated on in the last six months, or is an operation planned?"),
                (
                    NO,
                    Answer("small", _("A small one, healed (tooth, mole)")),
                    Answer("yes", _("Yes"), N, R.MR_T_SURGERY),
                ),
            ),
            Question(
                "tattoo",
                _("A tattoo, a piercing or acupuncture in the last four months?"),
                (
                    NO,
                    Answer("clean", _("Acupuncture in a hospital, with needles used once")),
                    Answer("yes", _("Yes"), A),
                ),
            ),
            Question(
                "travel",
                _("Were you abroad or in an area with malaria or dengue in the last six months?"),
                (
                    NO,
                    Answer("safe", _("Yes, and none of these illnesses is known there")),
                    Answer("yes", _("Yes, or I am not sure"), A),
                ),
            ),
        ),
    ),
    Group(
        "ever",
        _("Ever"),
        (
            Question(
                "infections",
                _("Hepatitis B or C, HIV, syphilis, HTLV or tuberculosis?"),
                (
                    NO,
                    Answer("healed", _("Had one, and it is healed"), A, R.MR_P_INFECTION),
                    Answer("yes", _("Yes, I have or carry one"), P, R.MR_P_INFECTION),
                ),
            ),
            Question(
                "risk",
                _("Something by which you might have caught one of these in the last twelve months?"),
                (NO, Answer("yes", _("Yes, or I would rather tell a doctor"), A)),
                hint=_("Such as injected drugs, an injury with a needle, or a new partner."),
            ),
            Question(
                "autoimmune",
                _("An autoimmune illness, such as rheumatism, lupus, psoriasis, MS or Crohn's disease?"),
                (
                    NO,
                    Answer("mild", _("A mild one: white spots, a little psoriasis, the thyroid"), A,
                           R.MR_P_AUTOIMMUNE),
                    Answer("yes", _("Yes"), P, R.MR_P_AUTOIMMUNE),
                ),
            ),
            Question(
                "cancer",
                _("Cancer, or an illness of the blood?"),
                (
                    NO,
                    Answer("cured", _("A small one, cured: of the skin, or before cancer of the cervix"), A,
                           R.MR_P_MALIGNANCY),
                    Answer("carrier", _("I carry thalassaemia, or bleed easily"), A, R.MR_P_OTHER),
                    Answer("yes", _("Yes"), P, R.MR_P_MALIGNANCY),
                ),
            ),
            Question(
                "heart",
                _("An illness of the heart or the vessels, a stroke, a thrombosis, high blood pressure?"),
                (
                    NO,
                    Answer("pressure", _("High blood pressure, under control"), A, R.MR_P_CARDIO),
                    Answer("yes", _("Yes"), P, R.MR_P_CARDIO),
                ),
            ),
            Question(
                "diabetes",
                _("Diabetes?"),
                (
                    NO,
                    Answer("mild", _("Yes, without insulin"), A, R.MR_P_DIABETES),
                    Answer("insulin", _("Yes, with insulin"), P, R.MR_P_DIABETES),
                ),
            ),
            Question(
                "back",
                _("Trouble with the back, the hips or the neck?"),
                (
                    NO,
                    Answer("light", _("Now and then, without treatment")),
                    Answer("yes", _("A slipped disc, an operation, or pain that stays"), A),
                ),
                hint=_("It matters for marrow, for lying still, and for the pain that the injections cause."),
            ),
            Question(
                "allergy",
                _("A grave allergy, or trouble with an anaesthetic, in you or your family?"),
                (NO, Answer("light", _("Hay fever, dust, food: light")), Answer("yes", _("Yes"), A)),
            ),
            Question(
                "organs",
                _("An illness of the lungs, liver, kidneys, nerves or mind; epilepsy, asthma?"),
                (
                    NO,
                    Answer("light", _("Light asthma, without an attack for years")),
                    Answer("yes", _("Yes"), A, R.MR_P_OTHER),
                ),
            ),
            Question(
                "transplant",
                _("Did you receive an organ or tissue of somebody else, or growth hormone of human origin?"),
                (
                    NO,
                    Answer("blood", _("A blood transfusion"), A),
                    Answer("yes", _("Yes"), P, R.MR_P_OTHER),
                ),
            ),
        ),
    ),
    Group(
        "available",
        _("Time, work and home"),
        (
            Question(
                "work",
                _("Can you be away from work or school for the examination and about a week?"),
                (
                    Answer("yes", _("Yes")),
                    Answer("letter", _("With a letter of ours"), H),
                    Answer("no", _("Not at present"), N, R.PR_WORK_STUDY),
                ),
            ),
            Question(
                "care",
                _("Who looks after children or old parents meanwhile?"),
                (
                    Answer("nobody", _("Nobody needs it")),
                    Answer("there", _("Somebody is there")),
                    Answer("open", _("It has to be arranged"), H),
                ),
            ),
        ),
    ),
)  # fmt: skip
