"""A coordinator makes a list, a helper rings one person after another, a caseworker confirms who is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consent.purposes import CORE
from foundation import moves, vault
from foundation.access import Role, RoleAt, Staff, open_work, task_actor
from foundation.trail.models import TrailRow
from registry.donors import actions, protocol, scripts
from registry.donors.models import Call, CallHelper, CallKind, CallList, CallTask, Donor, MoveNote, Word
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.donors.views.common import short
from tests.factories import consent as consents
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # a Friday, two in the afternoon
TODAY = date(2026, 11, 20)
YES = {"family_supports": "yes", "process_known": "yes", "would_go_on": "yes"}
TASK = task_actor("tests")


@pytest.fixture(autouse=True)
def afternoon() -> Any:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def county() -> Any:
    return BranchFactory(name="西湖区红十字会")


@pytest.fixture
def lin(county: Any) -> Staff:
    return StaffFactory(role=Role.COORDINATOR, branch=county)


@pytest.fixture
def desk(lin: Staff, signed_in: SignIn) -> Client:
    return signed_in(lin)


@pytest.fixture
def by(lin: Staff) -> Any:
    return actor(lin, at=AT)


@pytest.fixture
def caseworker(county: Any) -> Any:
    return actor(StaffFactory(role=Role.CASEWORKER, branch=county.parent), at=AT)


def typed_donor(county: Any, **more: Any) -> Donor:
    return DonorFactory(branch=county, state=DonorState.TYPED, **more)


def due(county: Any, people: int, **more: Any) -> list[CallTask]:
    days = [TODAY - timedelta(days=people - n) for n in range(people)]
    return [CallTaskFactory(donor=typed_donor(county), due_on=day, **more) for day in days]


def paused(county: Any) -> Donor:
    """Return somebody whose pause is over today, and whose call is due."""
    donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
    CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
    return Donor.objects.get(pk=donor.pk)


def a_list(county: Any, by: Any, people: int = 40, purpose: str = "pre-listing") -> CallList:
    return actions.make_list(
        county, name="周五下午", purpose=purpose, people=people, on_date=TODAY, by=by, at=AT
    )


def helper_of(call_list: CallList, by: Any, name: str = "李同学") -> Staff:
    return actions.make_helper(call_list, name=name, by=by, at=AT).helper.staff


def go(client: Client, view: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"donors:{view}", args=args), data)


def on_screen(client: Client, key: str = "") -> CallTask:
    """Take the next person, and return whose call it is."""
    answer = go(client, "next-call", **{"in": key})
    assert answer.status_code == 302
    return CallTask.objects.get(pk=answer.url.split("/calls/")[1].split("/")[0])


def sentences(act: Callable[[], Any]) -> str:
    with pytest.raises(moves.Refused) as refusal:
        act()
    return " ".join(map(str, refusal.value.sentences))


class TestTheLists:
    def test_stand_as_plain_words_with_counts(self, county: Any, desk: Client) -> None:
        due(county, 3)
        CallTaskFactory(donor=DonorFactory(branch=county, objected_at=AT), kind=CallKind.OBJECTION)

        html = desk.get(reverse("donors:calls"), {"about": "pre-listing"}).content.decode()

        with translation.override("zh-hans"):
            words = translation.gettext("Somebody objects")
        assert f"{words} <b>1</b>" in html
        assert html.count('<span class="veil">') == 3

    def test_ask_the_same_number_of_questions_however_many_people(
        self, county: Any, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        due(county, 15)
        with django_assert_max_num_queries(30):
            desk.get(reverse("donors:calls"))

    def test_let_those_fall_off_whose_reason_no_longer_holds(self, county: Any, by: Any) -> None:
        """Source: dimagi/commcare-hq#32671, an alert that went on after its condition turned false."""
        donor = typed_donor(county)
        task = CallTaskFactory(donor=donor)
        assert CallTask.objects.due(AT).count() == 1

        actions.hold(donor, until=date(2027, 3, 1), reason=Reason.PR_WORK_STUDY, by=by, at=AT)
        assert CallTask.objects.get(pk=task.pk).state == "CANCELLED"

    def test_do_not_even_show_them_before_the_night(self, county: Any, desk: Client) -> None:
        [task] = due(county, 1)
        Donor.objects.filter(pk=task.donor_id).update(objected_at=AT)
        other = CallTaskFactory(donor=task.donor, kind=CallKind.CONTACT_CHECK)
        shown = desk.get(reverse("donors:calls")).content.decode()

        assert str(task.pk) in shown
        assert str(other.pk) not in shown
        assert actions.drop_what_is_over(by=TASK, at=AT) == 1
        assert actions.drop_what_is_over(by=TASK, at=AT) == 0
        assert CallTask.objects.get(pk=other.pk).state == "CANCELLED"

    def test_are_not_offered_to_be_rung_once_the_reason_is_gone(self, county: Any, desk: Client) -> None:
        [task] = due(county, 1)
        vault.report_dead(Donor.objects.get(pk=task.donor_id).subject, by=TASK, at=AT)

        go(desk, "open-call", task.pk)

        assert CallTask.objects.get(pk=task.pk).held_by is None

    def test_remind_on_the_fifth_day_of_thinking_it_over(self, county: Any) -> None:
        made = {
            days: DonorFactory(branch=county, registered_at=AT - timedelta(days=days)) for days in (3, 5, 8)
        }
        for donor in made.values():
            consents.sign(donor.subject)
        made[4] = DonorFactory(branch=county, registered_at=AT - timedelta(days=6))  # said no to calls

        assert actions.remind_while_thinking(by=TASK, at=AT) == 1
        assert actions.remind_while_thinking(by=TASK, at=AT) == 0
        assert CallTask.objects.get().donor == made[5]

    def test_ask_for_numbers_that_nobody_verified_for_two_years_or_ever(self, county: Any) -> None:
        old, fresh, never, silent = (
            DonorFactory(branch=county, state=DonorState.LISTED, contact_verified_on=on, **more)
            for on, more in (
                (date(2024, 11, 20), {}),
                (date(2024, 11, 21), {}),
                (None, {"legacy": True}),
                (None, {"contact_choice": "ONLY_IF_MATCHED"}),
            )
        )
        for donor in (old, fresh, never, silent):
            consents.sign(donor.subject)

        actions.check_old_numbers(by=TASK, at=AT)

        asked = CallTask.objects.filter(kind=CallKind.CONTACT_CHECK).values_list("donor", flat=True)
        assert set(asked) == {old.pk, never.pk}


class TestTheNextPerson:
    def test_comes_straight_after_the_result(self, county: Any, desk: Client) -> None:
        first, second = due(county, 2)
        task = on_screen(desk)
        assert task == first

        answer = go(desk, "call", task.pk, number="donor", result="NO_ANSWER")

        assert str(second.pk) in answer.url
        assert CallTask.objects.get(pk=second.pk).held_by is not None
        assert CallTask.objects.get(pk=first.pk).held_by is None
        assert CallTask.objects.get(pk=first.pk).due_on == date(2026, 11, 23)

    def test_asks_the_same_number_of_questions_however_many_wait(
        self, county: Any, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        due(county, 30)
        task = on_screen(desk)
        with django_assert_max_num_queries(64):
            onward = go(desk, "call", task.pk, number="donor", result="NO_ANSWER")
            desk.get(onward.url)

    def test_is_never_given_to_two_callers(self, county: Any, desk: Client, signed_in: SignIn) -> None:
        due(county, 2)
        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))

        assert on_screen(desk) != on_screen(colleague)
        third = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))
        assert CallTask.objects.filter(held_by__isnull=False).values("held_by").distinct().count() == 2
        assert "/donors/calls/done/" in go(third, "next-call").url

    def test_is_one_person_also_where_two_calls_are_open(
        self, county: Any, desk: Client, signed_in: SignIn
    ) -> None:
        donor = typed_donor(county)
        CallTaskFactory(donor=donor)
        CallTaskFactory(donor=donor, kind=CallKind.OTHER)
        on_screen(desk)

        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))

        assert "/donors/calls/done/" in go(colleague, "next-call").url

    def test_comes_free_when_the_caller_went_away(
        self, county: Any, desk: Client, signed_in: SignIn, afternoon: Any
    ) -> None:
        due(county, 1)
        task = on_screen(desk)
        afternoon.shift(timedelta(minutes=21))

        assert on_screen(signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))) == task
        answer = go(desk, "call", task.pk, number="donor", result="REACHED", **YES)

        assert not Call.objects.exists()
        assert answer.status_code == 409

    def test_stands_behind_the_others_once_skipped(self, county: Any, desk: Client) -> None:
        first, second = due(county, 2)
        go(desk, "skip-call", on_screen(desk).pk)

        assert on_screen(desk) == second
        go(desk, "skip-call", second.pk)
        assert on_screen(desk) == first

    def test_is_counted(self, county: Any, desk: Client) -> None:
        due(county, 4)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="NO_ANSWER")

        html = desk.get(reverse("donors:call", args=[on_screen(desk).pk])).content.decode()

        assert 'value="1" max="4"' in html


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

    def test_lifts_an_objection_by_the_donors_own_word(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        task = on_screen(desk)
        silent = go(desk, "call", task.pk, number="donor", result="REACHED")
        assert silent.status_code == 422

        go(desk, "call", task.pk, number="donor", result="REACHED", own_word="stay")

        assert Donor.objects.get().objected_at is None

    def test_ends_a_pause_that_is_over_as_they_wish(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(
            branch=county, state=DonorState.ON_HOLD, hold_until=TODAY, return_to=DonorState.REGISTERED,
            listed_on=None,
        )  # fmt: skip
        consents.sign(donor.subject)
        CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)

        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", after_pause="go_on")

        assert Donor.objects.get().state == DonorState.REGISTERED

    def test_pauses_longer_until_the_day_they_say(self, county: Any, desk: Client) -> None:
        donor = paused(county)
        task = on_screen(desk)
        asked = go(desk, "call", task.pk, number="donor", result="REACHED", after_pause="longer")
        assert asked.status_code == 422
        assert not Call.objects.exists()

        go(desk, "call", task.pk, number="donor", result="REACHED", after_pause="longer", pause="6")

        now = Donor.objects.get(pk=donor.pk)
        assert (now.state, now.hold_until, now.hold_reason) == (
            DonorState.ON_HOLD, date(2027, 5, 20), donor.hold_reason,
        )  # fmt: skip
        step = moves.steps_of(now).last()
        assert step is not None
        assert (step.move, step.by_kind) == ("change_hold", "staff")
        assert any(b"donor.hold_changed" in bytes(row.body) for row in TrailRow.objects.all())
        assert not CallTask.objects.open().exists()
        assert actions.call_where_a_pause_ended(by=TASK, at=AT + timedelta(days=30)) == 0
        assert actions.call_where_a_pause_ended(by=TASK, at=AT + timedelta(days=182)) == 1

    @pytest.mark.parametrize("day", ["2026-11-20", "2028-11-21", "", "never"])
    def test_pauses_nobody_until_a_day_that_is_none(self, county: Any, desk: Client, day: str) -> None:
        donor = paused(county)
        typed = {"after_pause": "longer", "pause": "day", "pause_on": day}

        answer = go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", **typed)

        assert answer.status_code == 422
        assert Donor.objects.get(pk=donor.pk).hold_until == TODAY

    def test_narrows_an_objection_to_only_if_they_match(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        check = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        task = on_screen(desk)

        go(desk, "call", task.pk, number="donor", result="REACHED", own_word="only_if_matched")

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (None, "ONLY_IF_MATCHED")
        assert Donor.objects.searchable().exists()
        assert not CallTask.objects.open().exists(), "nobody rings them for anything else"
        assert CallTask.objects.get(pk=check.pk).state == "CANCELLED"
        assert any(b"donor.contact_chosen" in bytes(row.body) for row in TrailRow.objects.all())

    def test_asks_again_who_is_objected_for_and_is_not_sure(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))

        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", own_word="unsure")

        assert Donor.objects.get().objected_at is not None
        assert CallTask.objects.open().get().due_on == TODAY + timedelta(days=14)

    def test_does_as_they_said_for_a_helper_too(self, county: Any, by: Any, signed_in: SignIn) -> None:
        objected = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(objected, by=by, at=AT - timedelta(days=4))
        pausing = paused(county)
        for purpose, donor, said in (
            ("objections", objected, {"own_word": "only_if_matched"}),
            ("pauses-over", pausing, {"after_pause": "longer", "pause": "3"}),
        ):
            made = a_list(county, by, purpose=purpose)
            key = str(made.pk)
            helper = signed_in(helper_of(made, by))
            task = on_screen(helper, key)
            assert task.donor_id == donor.pk
            go(helper, "call", task.pk, number="donor", result="REACHED", **said, **{"in": key})

        assert Donor.objects.get(pk=objected.pk).contact_choice == "ONLY_IF_MATCHED"
        assert Donor.objects.get(pk=pausing.pk).hold_until == date(2027, 2, 20)

    @pytest.mark.parametrize("said", ["after_pause", "own_word"])
    def test_leads_who_wants_to_leave_to_the_withdrawal(
        self, county: Any, desk: Client, by: Any, said: str
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
        if said == "own_word":
            actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        else:
            CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
        task = on_screen(desk)

        answer = go(desk, "call", task.pk, number="donor", result="REACHED", **{said: "leave"})

        assert answer.url.startswith(reverse("donors:call-stop", args=[task.pk]))
        assert desk.get(answer.url).status_code == 200
        assert CallTask.objects.open().filter(pk=task.pk).exists(), "nothing is closed before it stopped"

    def test_leads_to_the_withdrawal_also_where_it_stood_on_no_list(self, county: Any, desk: Client) -> None:
        donor = paused(county)
        facts = {"kind": CallKind.HOLD_ENDED, "number": "donor", "result": "REACHED", "after_pause": "leave"}

        answer = go(desk, "record-call", donor.pk, **facts)

        assert answer.url == reverse("donors:withdraw", args=[donor.pk])
        assert desk.get(answer.url).status_code == 200
        assert not Call.objects.exists()
        assert CallTask.objects.open().exists(), "nothing is closed before it stopped"

    def test_says_who_wants_to_go_on_and_stays_paused(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
        CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
        desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

        answer = go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", after_pause="go_on")

        assert Donor.objects.get().state == DonorState.ON_HOLD
        shown = desk.get(answer.url).content.decode()
        assert f"{short(donor)} wants to go on, and stays paused" in shown


class TestTheThreeChoices:
    def test_are_offered_to_whoever_wavers(self, county: Any, desk: Client) -> None:
        due(county, 1)
        html = desk.get(reverse("donors:call-stop", args=[on_screen(desk).pk])).content.decode()
        for what in ("only-if-matched", "pause", "withdraw"):
            assert f'name="what" value="{what}"' in html

    def test_pause_until_a_day(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        wrong = {"pause-until": "2026-11-20", "pause-reason": Reason.PR_WORK_STUDY}
        refused = go(desk, "call-stop", task.pk, what="pause", **wrong)
        assert refused.status_code == 422
        assert 'id="error-summary"' in refused.content.decode()

        go(desk, "call-stop", task.pk, what="pause", **{**wrong, "pause-until": "2027-03-01"})

        now = Donor.objects.get()
        assert (now.state, now.hold_until) == (DonorState.ON_HOLD, date(2027, 3, 1))
        assert not CallTask.objects.open().exists()


class TestASlipOfAKey:
    def test_is_taken_back_and_counts_for_nothing(self, county: Any, desk: Client) -> None:
        due(county, 2)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="REACHED", **YES)
        assert CallTask.objects.get(pk=task.pk).state == "DONE"

        answer = go(desk, "undo-call", Call.objects.get().pk)

        assert str(task.pk) in answer.url
        now = CallTask.objects.get(pk=task.pk)
        assert (now.state, now.attempts, now.result) == ("OPEN", 0, "")
        assert Call.objects.get().undone_at == AT
        assert Donor.objects.get(pk=task.donor_id).contact_verified_on is None
        assert not Call.objects.standing().exists()

    def test_gives_the_old_end_of_a_pause_back(self, county: Any, desk: Client, afternoon: Any) -> None:
        donor = paused(county)
        longer = {"after_pause": "longer", "pause": "12"}
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", **longer)
        afternoon.shift(timedelta(minutes=1))  # two steps of one frozen moment stand in no order

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get(pk=donor.pk)
        assert now.hold_until == TODAY
        step = moves.steps_of(now).last()
        assert step is not None
        assert (step.move, step.reason) == ("mark_as_error", "change_hold")
        assert CallTask.objects.open().get().kind == CallKind.HOLD_ENDED

    def test_gives_back_the_objection_and_the_calls_it_silenced(
        self, county: Any, desk: Client, by: Any
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.REGISTERED)
        CallTaskFactory(donor=donor, kind=CallKind.COOLING_OFF, due_on=TODAY + timedelta(days=2))
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        CallTask.objects.filter(kind=CallKind.COOLING_OFF).update(state="OPEN", ended_at=None)
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", own_word="only_if_matched")
        assert not CallTask.objects.open().exists()

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (AT - timedelta(days=4), "NORMAL")
        assert CallTask.objects.open().count() == 2

    def test_leaves_an_objection_that_was_made_since(self, county: Any, desk: Client, by: Any) -> None:
        due(county, 1)
        go(desk, "call", on_screen(desk).pk, number="donor", result="NO_ANSWER")
        actions.object_to(Donor.objects.get(), by=by, at=AT)
        actions.choose_contact(Donor.objects.get(), choice="ONLY_IF_MATCHED", by=by, at=AT)

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (AT, "ONLY_IF_MATCHED")

    def test_closes_what_it_had_opened(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="REACHED", **{**YES, "would_go_on": "unsure"})
        assert CallTask.objects.open().count() == 1

        go(desk, "undo-call", Call.objects.get().pk)

        assert [each.pk for each in CallTask.objects.open()] == [task.pk]

    def test_is_ones_own_and_soon(self, county: Any, desk: Client, signed_in: SignIn, afternoon: Any) -> None:
        due(county, 1)
        go(desk, "call", on_screen(desk).pk, number="donor", result="NO_ANSWER")
        call = Call.objects.get()
        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))
        assert go(colleague, "undo-call", call.pk).status_code == 404

        afternoon.shift(timedelta(minutes=11))
        go(desk, "undo-call", call.pk)

        assert Call.objects.get().undone_at is None

    def test_does_not_bring_back_who_withdrew_since(self, county: Any, desk: Client, by: Any) -> None:
        due(county, 1)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="NO_ANSWER")
        facts = ("document_seen", "face_seen")
        actions.withdraw(task.donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=facts)

        go(desk, "undo-call", Call.objects.get().pk)

        assert not CallTask.objects.open().exists()


class TestANumberThatWasLeft:
    def test_waits_sealed_for_the_next_working_day(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        task = actions.leave_number(donor, "139 0000 1234", by=by, at=AT, words="搬到宁波")
        again = actions.leave_number(donor, "13900001235", by=by, at=AT)

        assert task is not None
        assert again == task
        assert task.due_on == date(2026, 11, 23)
        assert actions.left_numbers(CallTask.objects.get()) == ["+8613900001235", "+8613900001234"]
        assert vault.open_one(CallTask.objects.get(), "words")["words"] == "搬到宁波"
        assert vault.open_one(Donor.objects.get(), "phone")["phone"] != "+8613900001235"

    def test_becomes_theirs_once_they_know_a_fact(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.leave_number(donor, "13900001234", by=by, at=AT - timedelta(days=3))
        task = on_screen(desk)
        wrong = go(desk, "call", task.pk, number="left", result="REACHED", said_born_on="1990-01-01")
        assert wrong.status_code == 422

        go(desk, "call", task.pk, number="left", result="REACHED", said_born_on="19990305")

        now = Donor.objects.get()
        assert vault.open_one(now, "phone")["phone"] == "+8613900001234"
        assert now.contact_verified_on == TODAY

    def test_is_struck_out_where_it_is_somebody_elses(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        for number in ("13900001234", "13900001235"):
            actions.leave_number(donor, number, by=by, at=AT - timedelta(days=3))
        task = on_screen(desk)

        answer = go(desk, "call", task.pk, number="left", result="NOT_THE_PERSON")

        assert str(task.pk) in answer.url, "the other number is tried at once"
        assert actions.left_numbers(CallTask.objects.get()) == ["+8613900001234"]

    def test_is_not_kept_for_who_has_left(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.WITHDRAWN)
        assert actions.leave_number(donor, "13900001234", by=by, at=AT) is None
        assert not CallTask.objects.exists()


class TestTheContactProtocol:
    def ring(self, donor: Donor, by: Any, *, days: int = 0, number: str = "donor", **more: Any) -> Call:
        at = AT + timedelta(days=days)
        task = CallTask.objects.open().filter(donor=donor, kind=CallKind.OUT_OF_CONTACT).first()
        facts: dict[str, Any] = {"kind": CallKind.OUT_OF_CONTACT, "result": "NO_ANSWER", **more}
        return actions.record_call(donor, number=number, task=task, by=by, at=at, **facts)

    def test_says_number_by_number_what_is_missing(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by)
        self.ring(donor, by, days=1)  # the same round: too soon
        self.ring(donor, by, number="1")

        lines = protocol.of(donor).lines
        assert [len(line.rounds) for line in lines] == [1, 1, 0]
        assert len(protocol.of(donor).missing) == 3

    def test_proposes_only_who_was_tried_everywhere_in_every_round(
        self, county: Any, by: Any, caseworker: Any
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.open_task(donor, CallKind.OUT_OF_CONTACT, due_on=TODAY, at=AT)
        for days in (0, 3, 6):
            for number in ("donor", "1", "2"):
                at = AT + timedelta(days=days)
                assert sentences(partial(actions.lose, donor, by=caseworker, at=at))
                self.ring(donor, by, days=days, number=number)
                task = CallTask.objects.get(donor=donor)
                assert (task.proposed_at is not None) == ((days, number) == (6, "2"))

        actions.lose(donor, by=caseworker, at=AT + timedelta(days=6))

        assert Donor.objects.get().state == DonorState.LOST
        assert not CallTask.objects.open().exists()

    def test_keeps_one_on_the_screen_until_the_round_is_made(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        CallTaskFactory(donor=donor, kind=CallKind.OUT_OF_CONTACT)
        task = on_screen(desk)
        for number in ("donor", "1"):
            answer = go(desk, "call", task.pk, number=number, result="NO_ANSWER")
            assert str(task.pk) in answer.url

        answer = go(desk, "call", task.pk, number="2", result="SWITCHED_OFF")

        assert "/donors/calls/done/" in answer.url
        assert CallTask.objects.get().due_on == date(2026, 11, 23)

    def test_begins_anew_with_a_new_number_and_after_reaching(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by)
        heard = actions.Heard(new_phone="13900001234")
        self.ring(donor, by, days=3, number="1", result="REACHED", heard=heard)
        assert [len(line.rounds) for line in protocol.of(Donor.objects.get()).lines] == [0, 1, 0]

        self.ring(donor, by, days=4, result="REACHED")

        assert [len(line.rounds) for line in protocol.of(Donor.objects.get()).lines] == [0, 0, 0]

    def test_does_not_count_an_hour_that_was_named_or_a_slip(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        self.ring(donor, by, result="LATER")
        slip = self.ring(donor, by, days=1)
        actions.undo_call(slip, by=by, at=AT + timedelta(days=1))

        assert protocol.of(donor).lines[0].rounds == []

    def test_is_taken_up_after_three_tries_in_vain(self, county: Any, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        task = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        for days in (0, 3, 6):
            actions.record_call(
                donor, kind=task.kind, result="NO_ANSWER", task=task, by=by, at=AT + timedelta(days=days)
            )

        assert [each.kind for each in CallTask.objects.open()] == [CallKind.OUT_OF_CONTACT]

    def test_is_shown_as_a_grid_before_anybody_presses(self, county: Any, by: Any, signed_in: SignIn) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED, about={"name": "王丽华"})
        actions.open_task(donor, CallKind.OUT_OF_CONTACT, due_on=TODAY, at=AT)
        self.ring(donor, by)
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))

        for page in (reverse("donors:losing"), reverse("donors:lose", args=[donor.pk])):
            html = work.get(page).content.decode()
            assert "2026-11-23" in html
            assert "王丽华" not in html

    def test_finds_again_who_is_reached_and_the_caseworker_confirms(
        self, county: Any, by: Any, caseworker: Any, signed_in: SignIn
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LOST, legacy=True)
        consents.sign(donor.subject)
        task = CallTaskFactory(donor=donor, kind=CallKind.NEW_NUMBER)
        actions.record_call(donor, kind=task.kind, result="REACHED", task=task, by=by, at=AT)
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        assert (
            reverse("donors:recover", args=[donor.pk]) in work.get(reverse("donors:losing")).content.decode()
        )

        actions.recover(donor, by=caseworker, at=AT)

        assert (Donor.objects.get().state, Donor.objects.get().found_at) == (DonorState.LISTED, None)

    def test_is_named_after_what_is_true_of_them(self) -> None:
        """Nobody is lost before a caseworker says so."""
        with translation.override("zh-hans"):
            assert str(CallKind.OUT_OF_CONTACT.label) != str(DonorState.LOST.label)


class TestAList:
    def test_holds_the_first_who_are_due_and_nobody_twice(self, county: Any, by: Any) -> None:
        tasks = due(county, 5)
        first, second = a_list(county, by, people=3), a_list(county, by, people=3)

        assert set(first.tasks.all()) == set(tasks[:3])
        assert set(second.tasks.all()) == set(tasks[3:])
        assert (first.people, second.people) == (3, 2)
        assert "Nobody" in sentences(lambda: a_list(county, by)) or translation.get_language() != "en"

    def test_is_made_on_a_page_and_shows_how_far_it_is(self, county: Any, desk: Client) -> None:
        due(county, 2)
        told = {"purpose": "pre-listing", "branch": county.pk, "on_date": "2026-11-20", "people": "40"}
        answer = go(desk, "new-call-list", **told)
        assert answer.status_code == 302, answer.context["form"].errors
        made = CallList.objects.get()
        go(desk, "call", on_screen(desk, str(made.pk)).pk, number="donor", result="NO_ANSWER")

        html = desk.get(reverse("donors:call-list", args=[made.pk])).content.decode()

        assert 'value="1" max="2"' in html

    def test_gives_back_who_was_not_rung_and_ends_with_its_day(
        self, county: Any, by: Any, afternoon: Any
    ) -> None:
        due(county, 2)
        made = a_list(county, by)
        helper = helper_of(made, by)
        assert actions.end_past_lists(by=TASK, at=AT) == 0

        assert actions.end_past_lists(by=TASK, at=AT + timedelta(days=1)) == 1

        assert not CallTask.objects.filter(call_list=made).exists()
        assert CallHelper.objects.get(staff=helper).ended_at is not None

    def test_is_not_for_strangers(self, county: Any, by: Any, signed_in: SignIn) -> None:
        due(county, 1)
        made = a_list(county, by)
        stranger = signed_in(StaffFactory(role=Role.COORDINATOR))
        assert stranger.get(reverse("donors:call-list", args=[made.pk])).status_code == 404

    def test_leaves_it_when_the_call_is_handed_over(self, county: Any, by: Any, lin: Staff) -> None:
        [task] = due(county, 1)
        a_list(county, by)
        CallTask.objects.update(owner=lin)
        taker = StaffFactory(role=Role.COORDINATOR, branch=county)
        [(kind, [item])] = open_work.of(lin.pk)

        kind.hand_over([item.id], taker.pk, by, AT)

        task = CallTask.objects.get()
        assert (task.owner, task.call_list) == (taker, None)


class TestAHelper:
    @pytest.fixture
    def made(self, county: Any, by: Any) -> CallList:
        due(county, 3)
        return a_list(county, by)

    @pytest.fixture
    def helper(self, made: CallList, by: Any, signed_in: SignIn) -> Client:
        return signed_in(helper_of(made, by))

    def test_begins_at_the_list_and_rings_one_after_another(self, made: CallList, helper: Client) -> None:
        assert helper.get(reverse("donors:calls")).url == reverse("donors:calling")
        assert str(made.pk) in helper.get(reverse("donors:calling")).content.decode()
        for _ in range(3):
            task = on_screen(helper, str(made.pk))
            page = helper.get(reverse("donors:call", args=[task.pk]))
            assert page.status_code == 200
            assert "tel:" in page.content.decode()
            go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})

        assert "/donors/calls/done/" in go(helper, "next-call", **{"in": str(made.pk)}).url
        assert Call.objects.count() == 3

    def test_sees_nobody_but_the_person_on_the_screen(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        other = made.tasks.exclude(pk=task.pk).first()
        assert other is not None

        assert helper.get(reverse("donors:call", args=[other.pk])).status_code == 404
        assert go(helper, "open-call", other.pk).status_code == 404
        assert helper.get(reverse("donors:call-list", args=[made.pk])).status_code == 404
        assert helper.get(reverse("donors:detail", args=[task.donor_id])).status_code in {403, 404}
        assert helper.get(reverse("donors:list")).status_code == 403
        assert go(helper, "record-call", task.donor_id).status_code == 404
        assert "/search" not in helper.get(reverse("donors:call", args=[task.pk])).content.decode()

        go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        assert helper.get(reverse("donors:call", args=[task.pk])).status_code == 404

    def test_does_not_reach_another_list(self, made: CallList, helper: Client, county: Any, by: Any) -> None:
        due(county, 1)
        other = a_list(county, by)
        assert go(helper, "next-call", **{"in": str(other.pk)}).url == reverse("donors:calls")
        assert go(helper, "next-call", **{"in": ""}).url.startswith(reverse("donors:calls-done"))
        assert not CallTask.objects.filter(call_list=other, held_by__isnull=False).exists()

    def test_records_that_somebody_withdraws(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        donor = task.donor
        known = vault.open_one(donor, "phone")["phone"]
        assert isinstance(known, str)
        facts = {"born_on": "1999-03-05", "phone_end": known[-4:], "samples": "later"}

        wrong = go(helper, "call-stop", task.pk, what="withdraw", **{**facts, "born_on": "1990-01-01"})
        assert wrong.status_code == 422
        go(helper, "call-stop", task.pk, what="withdraw", **facts)

        assert Donor.objects.get(pk=donor.pk).state == DonorState.WITHDRAWN

    @pytest.mark.parametrize(("what", "column"), [("object", "objected_at"), ("dead", "death_reported_at")])
    def test_records_what_stops_it(self, made: CallList, helper: Client, what: str, column: str) -> None:
        task = on_screen(helper, str(made.pk))
        go(helper, "call-stop", task.pk, what=what)
        assert getattr(Donor.objects.get(pk=task.donor_id), column) is not None

    def test_pauses_nobody_who_is_not_paused(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        typed = {"pause-until": "2027-03-01", "pause-reason": Reason.PR_WORK_STUDY}
        go(helper, "call-stop", task.pk, what="pause", **typed)
        assert Donor.objects.get(pk=task.donor_id).state == DonorState.TYPED

    def test_takes_back_a_slip(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        answer = go(helper, "undo-call", Call.objects.get().pk, **{"in": str(made.pk)})
        assert str(task.pk) in answer.url

    def test_gives_hours_that_are_counted_and_can_be_set_right(
        self, made: CallList, helper: Client, desk: Client, afternoon: Any
    ) -> None:
        for _ in range(3):
            task = on_screen(helper, str(made.pk))
            afternoon.shift(timedelta(minutes=30))
            go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        one = CallHelper.objects.get()
        assert (one.counted_minutes, one.hours) == (90, "1.5")

        go(desk, "caller-hours", made.pk, one.pk, minutes="120")

        sheet = desk.get(reverse("donors:call-hours", args=[made.pk])).content.decode()
        assert "2.0" in sheet
        assert "李同学" in sheet

    def test_ends_with_the_list_or_when_the_coordinator_says_so(
        self, made: CallList, helper: Client, desk: Client
    ) -> None:
        on_screen(helper, str(made.pk))
        one = CallHelper.objects.get()

        go(desk, "end-caller", made.pk, one.pk)

        assert not RoleAt.objects.on(TODAY).filter(staff=one.staff).exists()
        assert helper.get(reverse("donors:calling")).status_code in {302, 403}
        assert not CallTask.objects.filter(held_by=one.staff).exists()

    def test_is_named_by_who_manages_drives_alone(
        self, made: CallList, county: Any, signed_in: SignIn
    ) -> None:
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        assert go(work, "caller", made.pk, name="赵同学").status_code == 403

    def test_stands_on_today_and_has_no_list_there(self, made: CallList, helper: Client) -> None:
        html = helper.get("/").content.decode()
        assert "周五下午" in html
        assert "veil" not in html


def test_contact_by_telephone_is_asked_before_anybody_is_rung(county: Any) -> None:
    donor = DonorFactory(branch=county, state=DonorState.LISTED, contact_verified_on=None, legacy=True)
    consents.sign(donor.subject, given=sorted(CORE))

    assert actions.check_old_numbers(by=TASK, at=AT) == 0
