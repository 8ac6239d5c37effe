"""The days a household can tick are those that family care knows how to keep."""

import tomllib
from pathlib import Path

from notifications.programmes import first
from registry.families.rites import RITES

PROGRAMME = tomllib.loads((Path(first.__file__).parent / "family_care.toml").read_text())


class TestRites:
    def test_are_steps_of_the_programme(self):
        chosen = {step["key"] for step in PROGRAMME["steps"] if step.get("only_if_chosen")}
        assert {rite.key for rite in RITES} == chosen

    def test_leave_the_calendar_to_the_family_only_for_the_anniversary(self):
        assert [rite.key for rite in RITES if rite.own_calendar] == ["anniversary"]
