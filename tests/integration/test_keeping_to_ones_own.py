"""Rights hold where they were given and no longer than they last; forms take what they ask for only.

Source: design/security-checklist.md 5, 6, 7, 14, 17, 21, 22, 25, 29, 30
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation import jobs
from foundation.access import BranchKind, Permission, Role, RoleAt, Staff, links, scope_of, sessions
from foundation.desk import office
from foundation.jobs import JobState
from foundation.vault.models import DataKey
from registry.donors.models import Donor
from tests.factories.donors import DonorFactory
from tests.factories.foundation import PASSWORD, BranchFactory, RoleAtFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def friday():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def province():
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def administrator(province):
    return StaffFactory(role=Role.ADMINISTRATOR, branch=province)


class TestTwoRoles:
    """Somebody who enrols here and reads the trail there."""

    @pytest.fixture
    def here(self):
        return BranchFactory()

    @pytest.fixture
    def there(self):
        return BranchFactory()

    @pytest.fixture
    def person(self, here, there):
        staff = StaffFactory(branch=here)
        RoleAtFactory(staff=staff, role=Role.AUDITOR, branch=there)
        return staff

    def test_reach_each_in_its_own_place(self, person, here, there):
        assert scope_of(person.pk, Permission.DONOR_VIEW, at=AT).covers(here.path)
        assert not scope_of(person.pk, Permission.DONOR_VIEW, at=AT).covers(there.path)
        assert scope_of(person.pk, Permission.TRAIL_READ, at=AT).covers(there.path)
        assert not scope_of(person.pk, Permission.TRAIL_READ, at=AT).covers(here.path)

    def test_open_nothing_in_the_other_place(self, person, here, there):
        client = signed_in(Client(), person)
        near, far = DonorFactory(branch=here), DonorFactory(branch=there)
        assert client.get(reverse("donors:detail", args=[near.pk])).status_code == 200
        assert client.get(reverse("donors:detail", args=[far.pk])).status_code == 404


class TestRights:
    """They are looked at with every request."""

    def test_end_with_the_next_request(self):
        staff = StaffFactory()
        client = signed_in(Client(), staff)
        assert client.get(reverse("donors:list")).status_code == 200
        RoleAt.objects.update(ended_at=AT)
        assert client.get(reverse("donors:list")).status_code == 403

    def test_move_with_the_person(self):
        donor = DonorFactory()
        staff = StaffFactory(branch=donor.owner_branch)
        client = signed_in(Client(), staff)
        url = reverse("donors:detail", args=[donor.pk])
        assert client.get(url).status_code == 200
        RoleAt.objects.update(branch=BranchFactory())
        assert client.get(url).status_code == 404

    def test_end_with_the_account(self):
        staff = StaffFactory()
        client = signed_in(Client(), staff)
        Staff.objects.filter(pk=staff.pk).update(is_active=False)
        assert client.get(reverse("donors:list")).status_code == 302

    def test_end_with_the_branch(self):
        staff = StaffFactory()
        client = signed_in(Client(), staff)
        branch = staff.roles.get().branch
        branch.active = False
        branch.save()
        assert client.get(reverse("donors:list")).status_code == 403

    def test_are_asked_again_when_a_file_is_fetched(self, province, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        auditor = StaffFactory(role=Role.AUDITOR, branch=province)
        job = jobs.start(office.EXPORT, {}, by=actor(auditor), at=AT)
        jobs.Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=AT)
        path = office.export_path(str(job.pk))
        path.parent.mkdir(parents=True)
        path.write_bytes(b"rows")
        client = signed_in(Client(), auditor)
        url = reverse("desk:trail_download", args=[job.pk])
        assert b"".join(client.get(url).streaming_content) == b"rows"
        RoleAt.objects.update(ended_at=AT)
        assert client.get(url).status_code == 403


class TestForms:
    def test_take_no_field_they_do_not_ask_for(self, administrator, province):
        client = signed_in(Client(), administrator)
        form = {
            "name": "王晓", "username": "wangxiao", "role": "coordinator", "branch": province.pk,
            "starts_on": "2026-11-20", "is_superuser": "1", "is_staff": "1", "is_active": "", "password": "x",
            "left_at": "2026-11-20", "id": "0191c1d2-0000-7000-8000-000000000000", "granted_at": "2000-01-01",
        }  # fmt: skip
        client.post(reverse("desk:staff_add"), form)
        staff = Staff.objects.get(username="wangxiao")
        assert (staff.is_superuser, staff.is_staff, staff.is_active) == (False, False, True)
        assert str(staff.pk) != form["id"]
        assert staff.roles.get().granted_at == AT

    def test_change_no_state_by_a_field(self):
        donor = DonorFactory()
        client = signed_in(Client(), StaffFactory(branch=donor.owner_branch))
        more = {
            "state": "LISTED",
            "owner_branch": "x",
            "owner_path": "0001",
            "listed_on": "2026-01-01",
            "legacy": "1",
        }
        for name in ("details", "hold", "plan-call", "choose-contact", "object"):
            client.post(reverse(f"donors:{name}", args=[donor.pk]), more)
        after = Donor.objects.get(pk=donor.pk)
        assert (after.state, after.owner_path, after.listed_on) == (donor.state, donor.owner_path, None)


class TestProvingWhoOneIs:
    @pytest.mark.parametrize(
        ("name", "method"),
        [
            ("desk:staff_add", "get"),
            ("desk:branch_add", "get"),
            ("desk:trail_export", "post"),
            ("desk:keys_rotate", "post"),
            ("mfa_generate_recovery_codes", "post"),
        ],
    )
    def test_is_asked_again_before_rights_keys_and_exports(self, administrator, province, name, method):
        RoleAtFactory(staff=administrator, role=Role.AUDITOR, branch=province)
        client = signed_in(Client(), administrator, fresh=False)
        keys = DataKey.objects.count()
        answer = getattr(client, method)(reverse(name))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not jobs.Job.objects.exists()
        assert DataKey.objects.count() == keys

    @pytest.mark.parametrize("name", ["staff_grant", "staff_leave", "staff_link", "staff_second_factor"])
    def test_is_asked_again_before_somebody_s_login_changes(self, administrator, province, name):
        member = StaffFactory(branch=province)
        client = signed_in(Client(), administrator, fresh=False)
        answer = client.post(reverse(f"desk:{name}", args=[member.pk]))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))

    def test_gives_a_new_session_id(self, administrator):
        client = signed_in(Client(), administrator, fresh=False)
        before = client.session.session_key
        from tests.integration.test_signing_in import code_now  # noqa: PLC0415

        answer = client.post(reverse("account_reauthenticate") + "?next=/staff/new/", {"code": code_now()})
        assert answer["Location"] == "/staff/new/"
        assert client.session.session_key != before
        assert client.get(reverse("desk:staff_add")).status_code == 200


class TestLoginsOfOthers:
    def test_are_ended_by_an_administrator(self, administrator, province):
        member = StaffFactory(branch=BranchFactory(parent=province, kind=BranchKind.PREFECTURE))
        browser = signed_in(Client(), member)
        desk = signed_in(Client(), administrator)
        url = reverse("desk:staff_logins", args=[member.pk])
        [login] = desk.get(url).context["logins"]
        desk.post(url, {"login": login.handle})
        assert sessions.open_logins(member) == []
        assert browser.get(reverse("desk:me")).status_code == 302


class TestRequests:
    @pytest.mark.parametrize(
        "name", ["account_login", "account_logout", "account_reset_password", "desk:language"]
    )
    def test_want_the_token_of_our_own_pages(self, name):
        assert Client(enforce_csrf_checks=True).post(reverse(name), {}).status_code == 403

    @pytest.mark.parametrize(
        "away", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_lead_to_no_other_site(self, administrator, away):
        client = signed_in(Client(), administrator)
        for name, field in (("desk:stand", "branch"), ("desk:language", "language")):
            answer = client.post(reverse(name), {field: "", "next": away})
            assert "evil" not in answer.get("Location", "")
            assert "javascript" not in answer.get("Location", "")

    def test_from_another_host_are_refused(self):
        assert Client().get(reverse("account_login"), HTTP_HOST="evil.example").status_code == 400

    def test_take_no_host_from_a_proxy_nobody_trusts(self, administrator, province):
        member = StaffFactory(branch=province)
        client = signed_in(Client(), administrator)
        page = client.post(reverse("desk:staff_link", args=[member.pk]), HTTP_X_FORWARDED_HOST="evil.example")
        assert "evil" not in page.context["link"]
        assert links.site_address().startswith("http://localhost")


def test_the_password_of_the_tests_would_be_taken(client):
    staff = StaffFactory()
    assert client.post(links.path_for(staff), {"password": PASSWORD}).status_code == 302
