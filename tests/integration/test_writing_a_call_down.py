"""One call is made: what the page shows and says, and what is written down of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import vault
from foundation.access import Staff, task_actor
from foundation.trail.models import TrailRow
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.models import Reach
from registry.donors import actions, scripts
from registry.donors.models import Call, CallTask, Donor, MoveNote, Word
from registry.donors.states import DonorState
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.on_the_telephone import (
    AT,
    TODAY,
    YES,
    SignIn,
    a_list,
    afternoon,
    by,
    county,
    desk,
    due,
    go,
    helper_of,
    lin,
    on_screen,
    typed_donor,
)

__all__ = ["afternoon", "by", "county", "desk", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
TASK = task_actor("tests")


class TestOneCall:
    def test_is_written_down_on_the_trail_by_its_task(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)

        assert any(str(task.pk) in bytes(row.body).decode() for row in TrailRow.objects.all())

    def test_dials_the_number_it_shows(self, county: Any, desk: Client) -> None:
        CallTaskFactory(donor=typed_donor(county, about={"phone": "+8613812344417", "name": "王丽华"}))

        html = desk.get(reverse("donors:call", args=[on_screen(desk).pk])).content.decode()

        assert 'href="tel:+8613812344417"' in html
        assert "王丽华" in html

    def test_is_spoken_in_the_persons_language(self, county: Any, desk: Client) -> None:
        [task] = due(county, 1)
        subject = task.donor.subject
        type(subject).objects.filter(pk=subject.pk).update(language="en")
        html = desk.get(reverse("donors:call", args=[on_screen(desk).pk])).content.decode()

        assert "You gave a sample some weeks ago." in html
        assert '<blockquote class="aloud" lang="en">' in html

    def test_tells_a_contact_who_may_not_know_nothing_of_donation(self, county: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        may_not = donor.contacts.get(order=2)

        for language in ("en", "zh-hans", "zh-hant"):
            script = scripts.for_contact(may_not, language=language, branch=county.name)
            said = " ".join(script.aloud).lower()
            for word in ("donat", "stem", "捐", "干细胞", "幹細胞", "骨髓", "配型", "volunteer", "志愿"):
                assert word not in said

    def test_keeps_everything_when_one_field_is_wrong(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)

        answer = go(
            desk, "call", task.pk, number="donor", result="REACHED", phone="12", words="周六再聊", **YES
        )

        assert answer.status_code == 422
        html = answer.content.decode()
        assert "周六再聊" in html
        assert 'value="12"' in html
        assert html.count("checked") >= 4
        assert not Call.objects.exists()

    def test_keeps_a_new_number_and_the_old_one_in_a_note(self, county: Any, desk: Client) -> None:
        donor = typed_donor(county, about={"phone": "+8613812344417"})
        CallTaskFactory(donor=donor)
        task = on_screen(desk)

        go(desk, "call", task.pk, number="donor", result="REACHED", phone="139 0000 1234", **YES)

        assert vault.open_one(Donor.objects.get(), "phone")["phone"] == "+8613900001234"
        assert vault.open_one(MoveNote.objects.get(about="number"), "words")["words"] == "+8613812344417"

    def test_keeps_a_relatives_new_number_landlines_too(self, county: Any, desk: Client) -> None:
        donor = typed_donor(county)
        CallTaskFactory(donor=donor)
        mother = donor.contacts.get(order=1)
        old = vault.open_one(mother, "phone")["phone"]
        type(mother).objects.filter(pk=mother.pk).update(phone_wrong_on=TODAY, verified_on=date(2026, 1, 1))
        own = vault.open_one(donor, "phone")["phone"]

        go(desk, "call", on_screen(desk).pk, number="1", result="REACHED", phone="0574-87654321", whose="1")

        now = donor.contacts.get(order=1)
        assert vault.open_one(now, "phone")["phone"] == "+8657487654321"
        assert (now.phone_since, now.phone_wrong_on, now.verified_on) == (AT, None, None)
        assert vault.open_one(Donor.objects.get(), "phone")["phone"] == own
        note = vault.open_one(MoveNote.objects.get(about="contact_number"), "words")["words"]
        assert str(old) in str(note)
        assert any(b"contact.number_changed" in bytes(row.body) for row in TrailRow.objects.all())

    def test_does_not_take_one_number_for_two_people(self, county: Any, desk: Client) -> None:
        donor = typed_donor(county, about={"phone": "+8613812344417"})
        CallTaskFactory(donor=donor)
        task = on_screen(desk)
        second = vault.open_one(donor.contacts.get(order=2), "phone")["phone"]

        for phone in ("13812344417", str(second)):
            answer = go(desk, "call", task.pk, number="1", result="NO_ANSWER", phone=phone, whose="1")
            assert answer.status_code == 422

        assert not Call.objects.exists()

    def test_does_not_mark_the_new_number_for_what_the_old_one_was(self, county: Any, desk: Client) -> None:
        due(county, 1)
        go(desk, "call", on_screen(desk).pk, number="donor", result="NOT_THE_PERSON", phone="13900001234")
        assert Donor.objects.get().phone_wrong_on is None

    @pytest.mark.parametrize(
        ("typed", "day"),
        [
            ({"when": "hour"}, TODAY),
            ({"when": "evening"}, TODAY),
            ({"when": "tomorrow"}, date(2026, 11, 21)),
            ({"when": "day", "when_on": "2026-12-01", "when_at": "18:30"}, date(2026, 12, 1)),
        ],
    )
    def test_later_asks_when_and_keeps_it(
        self, county: Any, desk: Client, typed: dict[str, str], day: date
    ) -> None:
        due(county, 1)
        task = on_screen(desk)
        asked = go(desk, "call", task.pk, number="donor", result="LATER", words="在开会")
        assert asked.status_code == 422
        assert "在开会" in asked.content.decode()

        go(desk, "call", task.pk, number="donor", result="LATER", **typed)

        now = CallTask.objects.get()
        assert now.due_on == day
        assert now.due_at is not None
        assert now.due_at > AT
        assert not CallTask.objects.due(AT).exists()
        assert CallTask.objects.due(now.due_at).exists()

    def test_later_is_ones_own_where_one_says_so_but_never_a_helpers(
        self, county: Any, desk: Client, lin: Staff, by: Any, signed_in: SignIn
    ) -> None:
        due(county, 1)
        typed = {"number": "donor", "result": "LATER", "when": "tomorrow", "mine": "on"}
        task = on_screen(desk)
        go(desk, "call", task.pk, **typed)
        assert CallTask.objects.get(pk=task.pk).owner == lin

        due(county, 1)
        made = a_list(county, by)
        helper = signed_in(helper_of(made, by))
        other = on_screen(helper, str(made.pk))
        go(helper, "call", other.pk, **typed, **{"in": str(made.pk)})
        assert CallTask.objects.get(pk=other.pk).owner is None
        assert Call.objects.count() == 2

    @pytest.mark.parametrize(
        "typed",
        [
            {"when": "day"},
            {"when": "day", "when_on": "2026-11-19"},
            {"when": "day", "when_on": "2029-01-01"},
            {"when": "day", "when_on": "never"},
            {"when": "soon"},
        ],
    )
    def test_later_refuses_a_time_that_is_none(
        self, county: Any, desk: Client, typed: dict[str, str]
    ) -> None:
        due(county, 1)
        answer = go(desk, "call", on_screen(desk).pk, number="donor", result="LATER", **typed)
        assert answer.status_code == 422
        assert not Call.objects.exists()

    def test_marks_a_number_that_is_somebody_elses(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="NOT_THE_PERSON")
        go(desk, "open-call", task.pk)
        go(desk, "call", task.pk, number="1", result="REACHED")

        donor = Donor.objects.get()
        assert donor.phone_wrong_on == TODAY
        assert donor.contacts.get(order=1).verified_on == TODAY

    def test_that_reached_them_lets_messages_go_to_the_number_again(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        contact.mark(task.donor.subject, Channel.SMS, Reach.BOUNCED, by=TASK, at=AT)
        go(desk, "call", task.pk, number="donor", result="REACHED", **YES)

        assert contact.against(task.donor.subject_id, Channel.SMS, None) == ""

    def test_records_nothing_once_the_person_withdrew(self, county: Any, desk: Client, by: Any) -> None:
        due(county, 1)
        task = on_screen(desk)
        facts = ("document_seen", "face_seen")
        actions.withdraw(task.donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=facts)
        before = TrailRow.objects.filter(object__contains=str(task.donor_id)).count()

        seen = desk.get(reverse("donors:call", args=[task.pk]))
        answer = go(desk, "call", task.pk, number="donor", result="REACHED", phone="13900001234", **YES)

        assert "tel:" not in seen.content.decode()
        assert "tel:" not in answer.content.decode()
        assert not Call.objects.exists()
        assert TrailRow.objects.filter(object__contains=str(task.donor_id)).count() == before

    def test_refuses_to_record_anything_against_the_dead(self, county: Any, by: Any) -> None:
        [task] = due(county, 1)
        vault.report_dead(task.donor.subject, by=TASK, at=AT)

        with pytest.raises(actions.HasLeft):
            actions.record_call(task.donor, kind=task.kind, result="NO_ANSWER", task=task, by=by, at=AT)
        assert not Call.objects.exists()
