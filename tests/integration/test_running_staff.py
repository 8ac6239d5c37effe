"""An administrator adds people, gives and ends roles, and closes the account of who leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from foundation.access import (
    BranchKind,
    HandOver,
    NotAllowed,
    Permission,
    Role,
    RoleAt,
    Staff,
    hand_over,
    open_work,
    remembering,
    scope_of,
    staffing,
)
from foundation.access.open_work import OpenWork, WorkItem
from foundation.access.staffing import StaffingRefused
from foundation.trail.models import TrailRow
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, RoleAtFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def prefecture():
    return BranchFactory(kind=BranchKind.PREFECTURE)


@pytest.fixture
def county(prefecture):
    return BranchFactory(parent=prefecture)


@pytest.fixture
def administrator(prefecture):
    return StaffFactory(role=Role.ADMINISTRATOR, branch=prefecture)


@pytest.fixture
def desk(administrator):
    return signed_in(Client(), administrator)


@pytest.fixture
def work(monkeypatch):
    """A kind of open work whose items lie in a plain dictionary."""
    hands: dict[str, list[str]] = {}

    def items(staff_id):
        return [WorkItem(item, f"Item {item}") for item in hands.get(str(staff_id), [])]

    def give(ids, to, by, at):
        for held in hands.values():
            held[:] = [item for item in held if item not in ids]
        hands.setdefault(str(to), []).extend(ids)

    monkeypatch.setattr(open_work, "_kinds", {})
    open_work.register(OpenWork("calls", "Calls", items, give))
    return hands


class TestAdding:
    def test_gives_a_first_role_and_a_link(self, desk, county):
        form = {"name": "王晓", "username": "wangxiao", "role": "coordinator", "branch": county.pk,
                "starts_on": "2026-11-20"}  # fmt: skip
        response = desk.post(reverse("desk:staff_add"), form)
        staff = Staff.objects.get(username="wangxiao")
        assert response["Location"] == reverse("desk:staff_member", args=[staff.pk])
        assert not staff.has_usable_password()
        page = desk.post(reverse("desk:staff_link", args=[staff.pk]))
        assert "/account/password/" in page.context["link"]

    def test_says_that_a_name_is_taken(self, desk, county):
        StaffFactory(username="wangxiao")
        form = {"name": "王晓", "username": "WangXiao", "role": "coordinator", "branch": county.pk,
                "starts_on": "2026-11-20"}  # fmt: skip
        assert desk.post(reverse("desk:staff_add"), form).context["form"].errors
        assert Staff.objects.filter(username__iexact="wangxiao").count() == 1

    def test_never_reaches_another_branch(self, desk):
        elsewhere = BranchFactory()
        form = {"name": "王晓", "username": "wangxiao", "role": "coordinator", "branch": elsewhere.pk,
                "starts_on": "2026-11-20"}  # fmt: skip
        desk.post(reverse("desk:staff_add"), form)
        assert not Staff.objects.filter(username="wangxiao").exists()


class TestGranting:
    def test_reaches_from_the_first_to_the_last_day(self, administrator, county):
        staff = StaffFactory(role=None)
        RoleAtFactory(staff=staff, branch=county, role=Role.AUDITOR)
        staffing.grant(
            staff,
            Role.CASEWORKER,
            county,
            starts_on=TODAY + timedelta(days=1),
            ends_on=TODAY + timedelta(days=2),
            by=actor(administrator),
            at=AT,
        )
        held = [bool(scope_of(staff.pk, Permission.CASE_WORK, at=AT + timedelta(days=n))) for n in range(4)]
        assert held == [False, True, True, False]

    def test_stands_on_its_own_days_also_where_roles_are_asked_for_once(self, county):
        held = RoleAtFactory(branch=county, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))
        days = [AT + timedelta(days=n) for n in (-1, 0, 1, 2)]

        with remembering():
            found = [bool(scope_of(held.staff_id, Permission.DONOR_ENROL, at=day)) for day in days]

        assert found == [False, True, True, False]

    def test_is_never_to_oneself(self, administrator, prefecture):
        with pytest.raises(StaffingRefused):
            staffing.grant(
                administrator, Role.CASEWORKER, prefecture, starts_on=TODAY, by=actor(administrator), at=AT
            )

    def test_is_refused_at_another_branch(self, administrator, county):
        staff = StaffFactory(branch=county)
        with pytest.raises(NotAllowed):
            staffing.grant(
                staff, Role.CASEWORKER, BranchFactory(), starts_on=TODAY, by=actor(administrator), at=AT
            )

    def test_is_refused_above_ones_own_branch(self, administrator, county, prefecture):
        staff = StaffFactory(branch=county)
        with pytest.raises(NotAllowed):
            staffing.grant(
                staff, Role.CASEWORKER, prefecture.parent, starts_on=TODAY, by=actor(administrator), at=AT
            )

    def test_is_refused_twice_for_the_same_days(self, administrator, county):
        staff = StaffFactory(branch=county)
        with pytest.raises(StaffingRefused):
            staffing.grant(staff, Role.COORDINATOR, county, starts_on=TODAY, by=actor(administrator), at=AT)

    def test_asks_who_it_is_again(self, administrator, county):
        staff = StaffFactory(branch=county)
        stale = signed_in(Client(), administrator, fresh=False)
        response = stale.get(reverse("desk:staff_grant", args=[staff.pk]))
        assert response["Location"].startswith(reverse("account_reauthenticate"))

    def test_asks_again_before_a_button_and_goes_back_to_its_page(self, administrator, county):
        staff = StaffFactory(branch=county)
        stale = signed_in(Client(headers={"accept-language": "en"}), administrator, fresh=False)
        page = reverse("desk:staff_member", args=[staff.pk])

        for referrer, back in ((f"http://testserver{page}", page), ("https://elsewhere.example/x", "/")):
            pressed = stale.post(reverse("desk:staff_link", args=[staff.pk]), headers={"referer": referrer})
            assert parse_qs(urlsplit(pressed["Location"]).query)["next"] == [back]

        assert "press the button once more" in stale.get(pressed["Location"]).content.decode()

    def test_is_asked_about_once_before_it_ends(self, desk, county):
        held = StaffFactory(branch=county).roles.get()
        page = desk.get(reverse("desk:staff_member", args=[held.staff_id]), headers={"accept-language": "en"})
        assert "The role ends at once" in page.content.decode()

    def test_ends_at_once(self, desk, county):
        staff = StaffFactory(branch=county)
        client = signed_in(Client(), staff)
        desk.post(reverse("desk:staff_end_role", args=[staff.roles.get().pk]))
        assert client.get(reverse("desk:helpers")).status_code == 403

    def test_is_on_the_trail(self, desk, county):
        staff = StaffFactory(branch=county)
        desk.post(reverse("desk:staff_end_role", args=[staff.roles.get().pk]))
        assert TrailRow.objects.filter(verb="role.ended", object=f"foundation.staff:{staff.pk}").exists()


class TestHelpers:
    def test_work_on_one_day(self, county):
        coordinator = StaffFactory(branch=county)
        client = signed_in(Client(), coordinator)
        form = {"name": "李同学", "username": "li-helper", "branch": county.pk, "on": "2026-11-20"}
        page = client.post(reverse("desk:helper_add"), form)
        assert "/account/password/" in page.context["link"]
        helper = Staff.objects.get(username="li-helper")
        assert scope_of(helper.pk, Permission.ENROL_ASSIST, at=AT)
        assert not scope_of(helper.pk, Permission.ENROL_ASSIST, at=AT + timedelta(days=1))

    def test_are_the_only_role_a_coordinator_gives(self, county):
        coordinator = StaffFactory(branch=county)
        other = StaffFactory(branch=county)
        with pytest.raises(NotAllowed):
            staffing.grant(
                other, Role.CASEWORKER, county, starts_on=TODAY, ends_on=TODAY, by=actor(coordinator), at=AT,
                needs=Permission.DRIVE_MANAGE,
            )  # fmt: skip

    def test_are_ended_early(self, county):
        helper = StaffFactory(role=Role.HELPER, branch=county)
        client = signed_in(Client(), StaffFactory(branch=county))
        client.post(reverse("desk:helper_end", args=[helper.roles.get().pk]))
        assert not scope_of(helper.pk, Permission.ENROL_ASSIST, at=AT)


class TestLeaving:
    def test_closes_everything(self, desk, county):
        staff = StaffFactory(branch=county)
        client = signed_in(Client(), staff)
        desk.post(reverse("desk:staff_leave", args=[staff.pk]))
        staff.refresh_from_db()
        assert not staff.is_active
        assert not staff.has_usable_password()
        assert not Authenticator.objects.filter(user=staff).exists()
        assert not RoleAt.objects.on(TODAY).filter(staff=staff).exists()
        assert client.get(reverse("desk:my_logins")).status_code == 302

    def test_waits_for_open_work(self, administrator, county, work):
        staff = StaffFactory(branch=county)
        work[str(staff.pk)] = ["7"]
        with pytest.raises(StaffingRefused):
            staffing.leave(staff, by=actor(administrator), at=AT)

    def test_is_refused_for_who_also_works_elsewhere(self, administrator, county):
        staff = StaffFactory(branch=county)
        RoleAtFactory(staff=staff)
        with pytest.raises(NotAllowed):
            staffing.leave(staff, by=actor(administrator), at=AT)


class TestHandingOver:
    @pytest.fixture
    def giver(self, county):
        return StaffFactory(branch=county)

    @pytest.fixture
    def taker(self, prefecture):
        return StaffFactory(role=Role.CASEWORKER, branch=prefecture)

    def test_moves_the_chosen_items_and_returns_them(self, giver, taker, work):
        work[str(giver.pk)] = ["1", "2"]
        client = signed_in(Client(), giver)
        form = {"items": ["calls:1"], "to": taker.pk, "starts_on": "2026-11-20", "ends_on": "2026-11-22"}
        assert client.post(reverse("desk:my_work"), form).status_code == 302
        assert work[str(giver.pk)] == ["2"]
        assert work[str(taker.pk)] == ["1"]
        hand_over.keep(by=actor(giver), at=AT + timedelta(days=2))
        assert work[str(taker.pk)] == ["1"]
        hand_over.keep(by=actor(giver), at=AT + timedelta(days=3))
        hand_over.keep(by=actor(giver), at=AT + timedelta(days=3))
        assert sorted(work[str(giver.pk)]) == ["1", "2"]
        assert HandOver.objects.get().returned_at

    def test_begins_on_its_day(self, giver, taker, work):
        work[str(giver.pk)] = ["1"]
        days = {"starts_on": TODAY + timedelta(days=2), "ends_on": TODAY + timedelta(days=3)}
        hand_over.give(giver, taker, ["calls:1"], **days, by=actor(giver), at=AT)
        assert work[str(giver.pk)] == ["1"]
        hand_over.keep(by=actor(giver), at=AT + timedelta(days=2))
        assert work[str(taker.pk)] == ["1"]

    def test_is_given_back_early(self, giver, taker, work):
        work[str(giver.pk)] = ["1"]
        [row] = hand_over.give(
            giver,
            taker,
            ["calls:1"],
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=9),
            by=actor(giver),
            at=AT,
        )
        signed_in(client := Client(), taker)
        client.post(reverse("desk:take_back", args=[row.pk]))
        assert work[str(giver.pk)] == ["1"]

    def test_is_refused_to_somebody_without_rights_there(self, giver, work):
        work[str(giver.pk)] = ["1"]
        with pytest.raises(StaffingRefused):
            hand_over.give(
                giver, StaffFactory(), ["calls:1"], starts_on=TODAY, ends_on=TODAY, by=actor(giver), at=AT
            )

    def test_is_refused_for_work_of_others(self, giver, taker, work):
        work[str(taker.pk)] = ["1"]
        with pytest.raises(StaffingRefused):
            hand_over.give(giver, taker, ["calls:1"], starts_on=TODAY, ends_on=TODAY, by=actor(giver), at=AT)


class TestHandingOverCalls:
    def test_puts_them_into_the_other_s_hands_until_they_return(self, county, prefecture):
        giver, taker = StaffFactory(branch=county), StaffFactory(role=Role.CASEWORKER, branch=prefecture)
        task = CallTaskFactory(donor=DonorFactory(branch=county), owner=giver)
        with pytest.raises(StaffingRefused):
            staffing.leave(giver, by=SETTER_UP, at=AT)
        client = signed_in(Client(), giver)
        assert client.get(reverse("desk:my_work")).status_code == 200
        form = {
            "items": [f"donors.calls:{task.pk}"],
            "to": taker.pk,
            "starts_on": "2026-11-20",
            "ends_on": "2026-11-21",
        }
        client.post(reverse("desk:my_work"), form)
        task.refresh_from_db()
        assert task.owner == taker
        hand_over.keep(by=SETTER_UP, at=AT + timedelta(days=2))
        task.refresh_from_db()
        assert task.owner == giver

    def test_offers_only_colleagues_who_may_make_calls(self, county, prefecture):
        giver, caller = StaffFactory(branch=county), StaffFactory(role=Role.CASEWORKER, branch=prefecture)
        family_care = StaffFactory(role=Role.FAMILY_CARE, branch=prefecture)
        task = CallTaskFactory(donor=DonorFactory(branch=county), owner=giver)

        page = signed_in(Client(), giver).get(reverse("desk:my_work"))

        assert list(page.context["form"].fields["to"].queryset) == [caller]
        with pytest.raises(StaffingRefused):
            hand_over.give(
                giver,
                family_care,
                [f"donors.calls:{task.pk}"],
                starts_on=TODAY,
                ends_on=TODAY,
                by=actor(giver),
                at=AT,
            )


class TestCommand:
    def test_makes_the_first_administrator(self):
        province = BranchFactory(kind=BranchKind.PROVINCE, code="ZJ")
        out = StringIO()
        call_command("staff", "add", "--administrator", "root", "--branch", "ZJ", stdout=out)
        staff = Staff.objects.get(username="root")
        assert scope_of(staff.pk, Permission.STAFF_MANAGE, at=AT).covers(province.path)
        assert "/account/password/" in out.getvalue()

    def test_says_what_is_wrong(self):
        with pytest.raises(CommandError, match="no branch"):
            call_command("staff", "add", "--administrator", "root", "--branch", "NONE")


class TestInstallation:
    def test_has_no_login_when_it_is_new(self):
        assert not Staff.objects.exists()
