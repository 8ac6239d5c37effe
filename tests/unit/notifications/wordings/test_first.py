"""The words that come with the program."""

import re
from pathlib import Path

import pytest

from notifications.channel_names import BY_MACHINE, Channel
from notifications.programmes import first as programmes
from notifications.wordings import check, fields, first, sandbox
from notifications.wordings.models import LANGUAGES

WORDINGS = {wording.key: wording for wording in first.read()}
BODIES = [(wording, body) for wording in WORDINGS.values() for body in wording.bodies]
UNTICKED = ("spring_festival_later", "birthday")  # kept with another tick
ROOT = Path(__file__).parents[4]
CAMPAIGNS = ("donor.campaign",)  # chosen by hand for each
EARLY = ("condolence", "d7", "d35", "d49", "d100", "papers_week6", "call_month2", "grief_month3")


class TestFirstWordings:
    def test_pass_every_check(self) -> None:
        found = {
            f"{wording.key} {body.channel} {body.language}": [(p.code, p.where) for p in problems]
            for wording, body in BODIES
            if (
                problems := [
                    problem
                    for problem in check(
                        body.text,
                        audience=wording.audience,
                        bereaved=wording.bereaved,
                        channel=body.channel,
                        subject=body.subject,
                        language=body.language,
                    )
                    if problem.stops
                ]
            )
        }
        assert found == {}

    def test_speak_every_language_by_every_way(self) -> None:
        uneven = [
            key
            for key, wording in WORDINGS.items()
            if {body.language for body in wording.bodies} != set(LANGUAGES)
            or len(wording.bodies) % len(LANGUAGES)
        ]
        assert uneven == []

    def test_ask_for_the_same_fields_in_every_language(self) -> None:
        uneven = [
            f"{key} {channel}"
            for key, wording in WORDINGS.items()
            for channel in {body.channel for body in wording.bodies}
            if len({sandbox.names(b.text) for b in wording.bodies if b.channel == channel}) != 1
        ]
        assert uneven == []

    @pytest.mark.parametrize("key", EARLY)
    def test_send_no_machine_text_before_the_hundredth_day(self, key) -> None:
        assert not {body.channel for body in WORDINGS[f"family.{key}"].bodies} & BY_MACHINE

    def test_date_letters_of_remembrance_with_their_day_and_not_with_that_of_printing(self) -> None:
        (care,) = [one for one in programmes.read() if one.key == "family_care"]
        chosen = {s["wording"] for s in care.steps if s.get("only_if_chosen") or s["key"] in UNTICKED}
        letters = [(w.key, b) for w, b in BODIES if w.key in chosen and b.channel == Channel.LETTER]

        assert len(letters) == len(chosen) * len(LANGUAGES)
        assert [key for key, letter in letters if "on_date" not in sandbox.names(letter.text)] == []
        assert [key for key, letter in letters if re.search("今天|today", letter.text, re.IGNORECASE)] == []

    def test_are_each_sent_by_a_programme_or_named_in_the_program(self) -> None:
        of_steps = {step.get("wording") for one in programmes.read() for step in one.steps}
        rooms = [path for room in ("notifications", "registry") for path in (ROOT / room).rglob("*.py")]
        code = "".join(path.read_text("utf-8") for path in rooms)
        unsent = [key for key in WORDINGS if key not in of_steps and f'"{key}"' not in code]

        assert [key for key in unsent if key.startswith(("donor.", "family.")) and key not in CAMPAIGNS] == []

    def test_of_the_welcome_count_from_the_listing_and_not_from_the_enrolment(self) -> None:
        (step,) = [s for one in programmes.read() for s in one.steps if s["key"] == "welcome"]
        said = [body.text for body in WORDINGS["donor.welcome"].bodies]

        assert (step["base"], step["offset_days"]) == ("listed_on", 30)
        assert [
            text for text in said if re.search("登记，|登記，|上个月|上個月|signing up|成为|成為", text)
        ] == []

    def test_tell_no_name_to_who_only_sees_the_subject(self) -> None:
        assert [body for _wording, body in BODIES if sandbox.names(body.subject)] == []

    def test_name_fields_that_previews_can_fill(self) -> None:
        empty = [
            (audience, field.name, language)
            for audience, known in fields.KNOWN.items()
            for field in known.values()
            for language in LANGUAGES
            if not field.sample(language)
        ]
        assert empty == []
