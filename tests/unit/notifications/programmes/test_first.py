"""The programmes that come with the program, line by line as the design has them. Source: domain.md 7."""

from datetime import date, timedelta
from functools import cache

import pytest

from notifications.channel_names import BY_MACHINE
from notifications.programmes import checks, first
from notifications.programmes.alarms import CALLS
from notifications.programmes.models import Programme, ProgrammeStep
from notifications.programmes.planning import Facts, dates
from notifications.wordings import first as wordings
from notifications.wordings.models import LANGUAGES

PERSON, MACHINE = "CALL VISIT LETTER", "LETTER CALL VISIT SMS WECHAT EMAIL"
PHONE, MAIL = "CALL SMS WECHAT", "CALL SMS EMAIL WECHAT"
RITE = {"only_if_chosen": True, "beats_gap": True}
UNASKED = {"on_working_day": True, "conditions": ["first_months"]}
# Of a step in the table: its day, whether the region's way of counting moves it, its ways, and what else
# is not plain. Plain is: a person releases it, the 48 hours hold, on whatever day, without a condition.
D, MONTH, YEARLY, TERM, LUNAR, SOLAR = "D", "MONTH", "YEARLY", "TERM", "LUNAR", "SOLAR"
TABLE = {
    "family_care": {
        "condolence": ("opened_on", D, 0, "VISIT CALL LETTER", {}),
        "d7": ("died_on", D, 6, PERSON, {**RITE, "counts": True}),
        "d35": ("died_on", D, 34, PERSON, {**RITE, "counts": True}),
        "papers_week6": ("died_on", D, 42, "CALL VISIT", {"on_working_day": True}),
        "d49": ("died_on", D, 48, PERSON, {**RITE, "counts": True}),
        "call_month2": ("died_on", MONTH, 2, "CALL VISIT", UNASKED),
        "grief_month3": ("died_on", MONTH, 3, "LETTER VISIT CALL", UNASKED),
        "d100": ("died_on", D, 99, PERSON, {**RITE, "counts": True}),
        "spring_festival": (
            "died_on", LUNAR, (1, 1, -3), MACHINE, {"only_if_chosen": True, "last_year": 3},
        ),
        "spring_festival_later": (
            "died_on", LUNAR, (1, 1, -3), MACHINE, {"first_year": 4, "conditions": ["spring_festival"]},
        ),
        "qingming": ("died_on", TERM, "清明", MACHINE, RITE),
        "zhongyuan": ("died_on", LUNAR, (7, 15, 0), MACHINE, RITE),
        "chongyang": (
            "died_on", LUNAR, (9, 9, 0), MACHINE, {**RITE, "conditions": ["parent_60"]},
        ),
        "hanyi": ("died_on", LUNAR, (10, 1, 0), MACHINE, RITE),
        "anniversary": ("died_on", YEARLY, 0, MACHINE, RITE),
        "birthday": ("born_on", YEARLY, 0, "CALL LETTER VISIT", {"conditions": ["birthdays"]}),
        "gift_told": ("opened_on", D, 0, "LETTER CALL VISIT", {"conditions": ["asked"]}),
    },
    "post_donation": {
        "d2": ("donated_on", D, 2, PHONE, {"alone": True}),
        "d7": ("donated_on", D, 7, PHONE, {"alone": True}),
        "expenses": ("donated_on", D, 14, "CALL SMS WECHAT EMAIL", {"alone": True, "on_working_day": True}),
        "d30": ("donated_on", D, 30, PHONE, {"alone": True}),
        "honour": ("donated_on", D, 40, "VISIT CALL LETTER", {"alone": True, "on_working_day": True}),
        "benefit": ("donated_on", D, 60, "SMS WECHAT EMAIL CALL", {"alone": True, "on_working_day": True}),
        "d180": ("donated_on", D, 180, MAIL, {"alone": True, "on_working_day": True}),
        "yearly": (
            "donated_on", YEARLY, 0, MAIL,
            {"alone": True, "on_working_day": True, "first_year": 1, "last_year": 10},
        ),
    },
    "retention": {
        "cooling_off": (
            "registered_on", D, 5, "SMS WECHAT EMAIL", {"alone": True, "conditions": ["not_rung"]},
        ),
        "welcome": ("listed_on", D, 30, "SMS WECHAT EMAIL", {"alone": True}),
        "contact_check": ("verified_on", YEARLY, 0, "SMS WECHAT EMAIL", {"alone": True}),
        "graduation": (
            "", SOLAR, (5, 15, 0), "SMS WECHAT EMAIL", {"alone": True, "conditions": ["graduates"]},
        ),
        "limit_notice": (
            "limit_notice_on", D, 0, "EMAIL SMS WECHAT", {"alone": True, "conditions": ["goes_on"]},
        ),
        "age_notice": ("age_notice_on", D, 0, "EMAIL SMS WECHAT", {"alone": True}),
    },
    "drive": {"reminder": ("drive_on", D, -1, "SMS WECHAT EMAIL", {"alone": True, "at_least_once": True})},
    "case_paging": {
        "at_once": ("", "AT_ONCE", 10, "SMS EMAIL CALL", {"alone": True}),
        "next": ("", "NEXT", 10, "SMS EMAIL CALL", {"alone": True}),
        "again": ("", "AGAIN", 10, "SMS EMAIL CALL", {"alone": True}),
    },
}  # fmt: skip
THEIR_OWN = "own_rite"  # the family names the day itself
LINES = [(key, step) for key, steps in TABLE.items() for step in steps]


@cache
def programmes():
    return {
        one.key: (
            Programme(key=one.key, **one.said),
            [ProgrammeStep(order=order, **step) for order, step in enumerate(one.steps)],
        )
        for one in first.read()
    }


def day_of(step):
    by_months = "MONTH" if step.offset_months else "D"
    return {
        **{rule: (rule, step.minutes) for rule in CALLS},
        "OFFSET": (by_months, step.offset_months or step.offset_days),
        "YEARLY": ("YEARLY", step.offset_days),
        "TERM": ("TERM", step.term),
        "LUNAR": ("LUNAR", (step.month, step.day, step.offset_days)),
        "SOLAR": ("SOLAR", (step.month, step.day, step.offset_days)),
    }[step.rule]


def not_plain(step):
    marks = {
        "alone": not step.needs_approval,
        "counts": step.counts_the_day,
        "conditions": step.conditions,
        **{
            name: getattr(step, name)
            for name in (
                "only_if_chosen", "beats_gap", "on_working_day", "first_year", "last_year", "asks",
                "at_least_once",
            )
        },
    }  # fmt: skip
    return {name: value for name, value in marks.items() if value}


class TestFirstProgrammes:
    @pytest.mark.parametrize(("key", "name"), LINES, ids=lambda one: one)
    def test_say_what_the_design_says(self, key, name):
        step = {one.key: one for one in programmes()[key][1]}[name]
        said = (step.base, *day_of(step), " ".join(step.channels), not_plain(step))

        assert said == TABLE[key][name]

    def test_have_no_other_touchpoint(self):
        for key, (_programme, steps) in programmes().items():
            assert [one.key for one in steps if one.key != THEIR_OWN] == list(TABLE[key])

    def test_are_for_whom_the_design_says(self):
        marks = {
            key: (one.audience, one.bereaved, one.service, one.for_everybody)
            for key, (one, _steps) in programmes().items()
        }

        assert marks == {
            "family_care": ("FAMILY", True, False, False),
            "post_donation": ("DONOR", False, False, False),
            "retention": ("DONOR", False, False, True),
            "drive": ("DRIVE", False, True, False),
            "case_paging": ("STAFF", False, True, False),
        }

    def test_pass_their_own_checks(self):
        found = {key: checks.problems(*one) for key, one in programmes().items()}
        assert not any(found.values()), found

    def test_have_words_in_three_languages_for_every_way(self):
        known = {
            (wording.key, body.channel, body.language)
            for wording in wordings.read()
            for body in wording.bodies
        }
        missing = [
            (step.wording, channel, language)
            for _programme, steps in programmes().values()
            for step in steps
            for channel in step.channels
            for language in LANGUAGES
            if step.wording and (step.wording, channel, language) not in known
        ]

        wordless = [
            step.key
            for _programme, steps in programmes().values()
            for step in steps
            if not step.wording and set(step.channels) & BY_MACHINE
        ]

        assert (missing, wordless) == ([], [])


def kept(*, died=date(2026, 8, 20), **facts):
    """Return the days of family care for who died on a day and ticked the days named."""
    chosen = dict.fromkeys(facts.pop("chosen"), facts.pop("by", "SOLAR"))
    known = Facts(days={"died_on": died, "born_on": date(1980, 5, 4)}, chosen=chosen, **facts)
    found = dates(programmes()["family_care"][1], known, since=died, until=date(2031, 12, 31))
    always = {"papers_week6", "call_month2", "grief_month3"}
    return [(one.key, one.on_date) for one in found if one.key not in always]


class TestARiteThatWasTicked:
    @pytest.mark.parametrize(
        ("rite", "day"),
        [
            ("d7", date(2026, 8, 26)),
            ("d35", date(2026, 9, 23)),
            ("d49", date(2026, 10, 7)),
            ("d100", date(2026, 11, 27)),
        ],
    )
    def test_counts_the_day_itself_or_where_the_region_does_not_one_later(self, rite, day):
        assert kept(chosen=[rite]) == [(rite, day)]
        assert kept(chosen=[rite], counts_the_day=False) == [(rite, day + timedelta(days=1))]

    @pytest.mark.parametrize(
        ("rite", "first_days"),
        [
            ("qingming", [date(2027, 4, 5), date(2028, 4, 4)]),
            ("zhongyuan", [date(2026, 8, 27), date(2027, 8, 16)]),
            ("hanyi", [date(2026, 11, 9), date(2027, 10, 29)]),
            ("anniversary", [date(2027, 8, 20), date(2028, 8, 20)]),
        ],
    )
    def test_comes_every_year(self, rite, first_days):
        assert kept(chosen=[rite])[:2] == [(rite, day) for day in first_days]

    def test_is_greeted_quietly_for_three_new_years_and_otherwise_after_them(self):
        assert kept(chosen=["spring_festival"]) == [
            ("spring_festival", date(2027, 2, 3)),
            ("spring_festival", date(2028, 1, 23)),
            ("spring_festival", date(2029, 2, 10)),
            ("spring_festival_later", date(2030, 1, 31)),
            ("spring_festival_later", date(2031, 1, 20)),
        ]

    @pytest.mark.parametrize(
        ("died", "quiet", "wished"),
        [
            (date(2024, 2, 9), "2025-01-26 2026-02-14 2027-02-03", "2028-01-23"),  # lunar 12/30
            (date(2026, 2, 12), "2026-02-14 2027-02-03 2028-01-23 2029-02-10", "2030-01-31"),  # lunar 12/25
            (date(2026, 2, 14), "2027-02-03 2028-01-23 2029-02-10", "2030-01-31"),  # on the day of the letter
            (date(2026, 2, 17), "2027-02-03 2028-01-23 2029-02-10", "2030-01-31"),  # on New Year's day
        ],
    )
    def test_is_wished_a_good_year_once_three_years_have_passed_and_never_before(self, died, quiet, wished):
        found = kept(died=died, chosen=["spring_festival"])

        assert [str(day) for key, day in found if key == "spring_festival"] == quiet.split()
        assert str(next(day for key, day in found if key == "spring_festival_later")) == wished

    def test_of_the_elderly_needs_a_parent_of_sixty(self):
        parents = (date(1967, 10, 8),)

        assert kept(chosen=["chongyang"]) == []
        assert kept(chosen=["chongyang"], parents_born=parents)[0] == ("chongyang", date(2027, 10, 8))

    def test_is_a_birthday_only_where_the_family_asked(self):
        assert kept(chosen=["birthday"]) == []
        asked = kept(chosen=["birthday"], marks=frozenset({"birthdays"}))
        assert asked[0] == ("birthday", date(2027, 5, 4))
