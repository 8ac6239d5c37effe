"""What each step of the enrolment asks, and what it refuses in which words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from registry.drives.answers import as_data
from registry.drives.forms.contacts import ContactsForm
from registry.drives.forms.document import DocumentForm, words_of
from registry.drives.forms.health import HealthForm
from registry.drives.forms.tube import TubeForm

ON = date(2026, 11, 20)


def number(born_on: str, order: str = "112") -> str:
    """Return a valid resident number."""
    stem = f"330106{born_on}{order}"
    return stem + mod_11_2.calc_check_digit(stem)


def document(**changes: str) -> DocumentForm:
    told = {"name": "王丽华", "kind": "RESIDENT_ID", "number": number("19990305")} | changes
    return DocumentForm(as_data({name: [value] for name, value in told.items()}), on=ON)


class TestDocument:
    def test_tells_birth_date_and_sex_from_the_number(self) -> None:
        form = document()
        assert form.is_valid(), form.errors
        assert (form.facts["born_on"], form.facts["sex"]) == ("1999-03-05", "F")
        assert "1999" in words_of(form.facts, on=ON)

    @pytest.mark.parametrize(
        ("born_on", "may_join"),
        [("20081120", True), ("20081121", False), ("19801121", True), ("19801120", False)],
        ids=["18 today", "18 tomorrow", "46 tomorrow", "46 today"],
    )
    def test_takes_people_from_18_until_the_day_before_46(self, born_on: str, *, may_join: bool) -> None:
        form = document(number=number(born_on))
        assert form.is_valid() is may_join
        assert (form.not_today is None) is may_join

    def test_says_when_a_young_one_may_come_back(self) -> None:
        form = document(number=number("20100228"))
        assert not form.is_valid()
        assert form.not_today is not None
        assert form.not_today.come_back_on == date(2028, 2, 28)

    def test_asks_birth_date_and_sex_where_the_document_does_not_tell(self) -> None:
        form = document(kind="PASSPORT", number="E12345678")
        assert not form.is_valid()
        assert set(form.errors) == {"born_on", "sex"}
        assert document(kind="PASSPORT", number="E12345678", born_on="19990305", sex="M").is_valid()

    def test_notices_a_birth_date_that_contradicts_the_number(self) -> None:
        assert "born_on" in document(born_on="1999-03-06").errors

    def test_refuses_a_number_with_a_wrong_digit(self) -> None:
        wrong = number("19990305")[:-1] + ("1" if number("19990305")[-1] != "1" else "2")
        assert set(document(number=wrong).errors) == {"number"}


CONTACTS = {
    "phone": "138 1234 0001",
    "first_name": "张建国",
    "first_relation": "PARENT",
    "first_phone": "0571-88001234",
    "first_may_know": "yes",
    "first_stance": "SUPPORTS",
    "second_name": "李梅",
    "second_relation": "FRIEND",
    "second_phone": "13812340003",
    "second_may_know": "no",
    "second_stance": "NOT_TOLD",
}


def contacts(**changes: str) -> ContactsForm:
    told = CONTACTS | changes
    return ContactsForm(as_data({name: [value] for name, value in told.items()}), on=ON)


class TestContacts:
    def test_keeps_what_each_may_know(self) -> None:
        form = contacts()
        assert form.is_valid(), form.errors
        assert [one["may_know"] for one in form.facts["contacts"]] == [True, False]
        assert form.facts["phone"] == "+8613812340001"

    def test_asks_for_somebody_elses_number(self) -> None:
        assert set(contacts(first_phone="13812340001").errors) == {"first_phone"}

    def test_asks_for_two_people(self) -> None:
        assert set(contacts(first_phone="13812340003").errors) == {"second_phone"}

    def test_offers_years_of_graduation_to_students(self) -> None:
        assert contacts(graduates_on="2028-06-30").is_valid()
        assert not contacts(graduates_on="2018-06-30").is_valid()


class TestHealth:
    @pytest.mark.parametrize(
        ("sex", "weight", "enough"),
        [("F", "45", True), ("F", "44.9", False), ("M", "50", True), ("M", "49", False)],
    )
    def test_asks_for_a_safe_weight(self, sex: str, weight: str, *, enough: bool) -> None:
        form = HealthForm(as_data({"weight_kg": [weight], "none_of_these": ["on"]}), sex=sex)
        assert form.is_valid() is enough

    @pytest.mark.parametrize(("sex", "asked"), [("F", True), ("M", False)])
    def test_asks_women_alone_about_a_pregnancy(self, sex: str, *, asked: bool) -> None:
        offered = [value for value, _words in HealthForm(sex=sex)["conditions"].field.choices]
        assert ("T_PREGNANT" in offered) is asked

    def test_sends_nobody_on_who_ticked_something(self) -> None:
        told = {"weight_kg": ["60"], "none_of_these": ["on"], "conditions": ["T_PREGNANT"]}
        form = HealthForm(as_data(told), sex="F")
        assert not form.is_valid()
        assert form.not_today is not None

    def test_keeps_no_answer_about_illness(self) -> None:
        form = HealthForm(as_data({"weight_kg": ["60"], "none_of_these": ["on"]}), sex="F")
        assert form.is_valid()
        assert set(form.facts) == {"weight_kg", "blood_group"}


class TestTube:
    @pytest.mark.parametrize(
        ("told", "right"),
        [
            ({"volume_ml": "6"}, True),
            ({"volume_ml": "8"}, True),
            ({"volume_ml": "5.9"}, False),
            ({"volume_ml": "8.1"}, False),
            ({"volume_ml": ""}, False),
            ({"kind": "SWAB", "volume_ml": ""}, True),
        ],
    )
    def test_holds_six_to_eight_millilitres_of_blood(self, told: dict[str, Any], *, right: bool) -> None:
        fields = {"barcode": "nb-0001 23", "kind": "BLOOD"} | told
        form = TubeForm(as_data({name: [value] for name, value in fields.items()}))
        assert form.is_valid() is right, form.errors
        if right:
            assert form.facts["barcode"] == "NB-000123"
