"""The days that docs/operate.md states, of deaths on days that not every year has, and what is planned."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from notifications.programmes import first
from notifications.programmes.models import ProgrammeStep
from notifications.programmes.planning import Facts, OwnDay, Silence, dates

PAGE = Path(__file__).parents[4] / "docs" / "operate.md"
SPAN = {"since": date(2020, 1, 1), "until": date(2032, 12, 31)}
COUNTED = ("d7", "d35", "d49", "d100")
MARKS = frozenset({"first_months", "birthdays"})
STEPS = [
    ProgrammeStep(order=order, **said)
    for one in first.read()
    if one.key == "family_care"
    for order, said in enumerate(one.steps)
]


def table(heading):
    """Return the first row and the others of the table under a heading of the page, as cells of words."""
    _, _, after = PAGE.read_text("utf-8").partition(f"### {heading}\n")
    lines = [line for line in after.split("\n### ")[0].split("\n## ")[0].splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return rows[0][1:], {row[0].strip("`"): row[1:] for row in rows[2:]}


DEATHS, OF_DEATHS = table("Five deaths")
YEARS, OF_YEARS = table("Days of every year")


def days_of(key, facts):
    return [planned.on_date for planned in dates(STEPS, facts, **SPAN) if planned.key == key]


def after_a_death(row, died, **more):
    """Return the days of a row as "anniversary, lunar" for a family that ticked everything."""
    key, _, by = row.partition(", ")
    chosen = dict.fromkeys((step.key for step in STEPS), by.upper() or "SOLAR")
    parents = (date(1940, 1, 1),)
    return days_of(
        key, Facts(days={"died_on": died}, chosen=chosen, parents_born=parents, marks=MARKS, **more)
    )


class TestTheDaysOfFiveDeaths:
    def test_are_stated_for_every_step_that_counts_from_a_death(self):
        stated = {row.partition(", ")[0] for row in OF_DEATHS}

        assert stated == {step.key for step in STEPS if step.base == "died_on"}
        assert {"anniversary, solar", "anniversary, lunar"} <= set(OF_DEATHS)
        assert [death[:10] for death in DEATHS] == [
            "2020-06-06", "2024-02-09", "2024-02-29", "2026-02-12", "2026-02-17",
        ]  # fmt: skip

    @pytest.mark.parametrize("row", OF_DEATHS)
    def test_are_those_that_are_planned(self, row):
        planned = [after_a_death(row, date.fromisoformat(death[:10])) for death in DEATHS]
        stated = [[date.fromisoformat(day) for day in cell.split(", ")] for cell in OF_DEATHS[row]]

        assert [kept[: len(said)] for kept, said in zip(planned, stated, strict=True)] == stated
        if row == "spring_festival":
            assert planned == stated, "no quiet greeting more than these"

    @pytest.mark.parametrize("row", COUNTED)
    def test_come_a_day_later_where_the_region_begins_with_the_day_after(self, row):
        for death, cell in zip(DEATHS, OF_DEATHS[row], strict=True):
            kept = after_a_death(row, date.fromisoformat(death[:10]), counts_the_day=False)

            assert kept == [date.fromisoformat(cell) + timedelta(days=1)]


class TestADayOfEveryYear:
    @pytest.mark.parametrize("row", OF_YEARS)
    def test_falls_where_it_is_stated(self, row):
        what, said, by = row.split(", ")
        if what == "born":
            kept = days_of(
                "birthday",
                Facts(
                    days={"born_on": date.fromisoformat(said)}, chosen={"birthday": by.upper()}, marks=MARKS
                ),
            )
        else:
            month, day = map(int, said.split("/"))
            kept = days_of("own_rite", Facts(own=(OwnDay(month, day, calendar=by.upper()),)))
            assert all(Silence(month, day, calendar=by.upper()).holds_on(each) for each in kept)

        assert [str(each) for each in kept if str(each.year) in YEARS] == OF_YEARS[row]
