"""The pages of the own form: what each asks, and what becomes of the answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from registry.drives.answers import Answer, Answers
from registry.drives.own_forms import parts
from registry.drives.own_forms.parts import PARTS
from registry.drives.states import Step
from tests.factories import donors, own_forms

ON = date(2026, 11, 20)


def sent(fields: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def write(answers: Answers, part: str, fields: dict[str, list[str]]) -> Answers:
    page, data = PARTS[part], sent(fields)
    form = page.make(data, answers, ON)
    return answers.with_step(page.step, page.answer(data, form, answers, on=ON))


def filled(**changes: Any) -> Answers:
    answers = Answers()
    for part, fields in own_forms.told(**changes).items():
        answers = write(answers, part, fields)
    return answers


class TestPages:
    def test_are_the_questions_of_the_enrolment(self) -> None:
        assert list(PARTS) == ["document", "reach", "first", "second", "health"]
        assert [part.before for part in PARTS.values()] == [None, "document", "reach", "first", "second"]
        assert [part.after for part in PARTS.values()] == ["reach", "first", "second", "health", None]

    def test_that_are_all_answered_leave_nothing_open(self) -> None:
        assert parts.first_open(filled(), on=ON) is None

    @pytest.mark.parametrize("left_out", list(PARTS))
    def test_that_are_left_out_are_found(self, left_out: str) -> None:
        answers = Answers()
        for part, fields in own_forms.told().items():
            if part != left_out:
                answers = write(answers, part, fields)
        assert parts.first_open(answers, on=ON) == left_out


class TestAnswers:
    def test_leave_the_document_to_the_coordinator(self) -> None:
        answers = filled()
        assert answers.first_open == Step.DOCUMENT
        assert not answers.is_done(Step.DOCUMENT)

    def test_are_those_of_the_enrolment_otherwise(self) -> None:
        answers = filled()
        assert answers.is_done(Step.CONTACTS)
        assert answers.facts(Step.CONTACTS)["contacts"][1]["may_know"] is False
        assert answers.facts(Step.HEALTH) == {"weight_kg": "56", "blood_group": "A"}

    def test_keep_the_trap_for_programs_out(self) -> None:
        answers = write(Answers(), "document", {**own_forms.told()["document"], "leave_empty": [""]})
        assert "leave_empty" not in (answers.typed(Step.DOCUMENT) or {})

    def test_do_not_say_which_illness_it_is(self) -> None:
        answers = filled(well="some")
        assert answers.typed(Step.HEALTH) == {
            "weight_kg": ["56"], "blood_group": ["A"], "well": ["some"], "none_of_these": [],
        }  # fmt: skip
        assert not answers.is_done(Step.HEALTH)  # the coordinator speaks with them
        assert parts.first_open(answers, on=ON) is None  # and they need not answer again

    def test_below_the_weight_are_taken_and_left_to_the_coordinator(self) -> None:
        answers = filled(weight_kg="44")
        assert parts.first_open(answers, on=ON) is None
        assert not answers.is_done(Step.HEALTH)

    @pytest.mark.parametrize("born_on", [date(2010, 1, 1), date(1970, 1, 1)])
    def test_judge_nobody_s_age(self, born_on: date) -> None:
        told = own_forms.told(number=donors.person(born_on=born_on).document_number)
        form = PARTS["document"].make(sent(told["document"]), Answers(), ON)
        assert form.is_valid(), form.errors

    def test_of_a_contact_are_not_the_volunteer_s_own_number(self) -> None:
        told = own_forms.told()
        answers = write(write(Answers(), "document", told["document"]), "reach", told["reach"])
        own = told["reach"]["phone"]
        form = PARTS["first"].make(sent({**told["first"], "first_phone": own}), answers, ON)
        assert "first_phone" in form.errors

    def test_of_the_second_contact_are_not_the_first_s(self) -> None:
        told = own_forms.told()
        answers = Answers()
        for part in ("document", "reach", "first"):
            answers = write(answers, part, told[part])
        fields = {**told["second"], "second_phone": told["first"]["first_phone"]}
        assert "second_phone" in PARTS["second"].make(sent(fields), answers, ON).errors

    def test_that_become_wrong_by_a_later_change_are_asked_again(self) -> None:
        answers = filled()
        told = own_forms.told()
        changed = {**told["reach"], "phone": ["13900010001"]}  # the first contact's
        assert parts.first_open(write(answers, "reach", changed), on=ON) == "first"

    def test_show_again_without_scolding(self) -> None:
        answers = Answers().with_step(Step.DOCUMENT, Answer({"name": ["王晓"], "number": ["3"]}, None))
        form = PARTS["document"].shown(answers, on=ON)
        assert not form.is_bound
        assert form.initial["name"] == "王晓"
