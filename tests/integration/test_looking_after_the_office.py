"""The auditor reads and checks the trail; the administrator keeps branches, keys and long work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation import jobs, keyring, trail
from foundation.access import Branch, BranchKind, Role
from foundation.desk import office
from foundation.jobs import JobState
from foundation.trail.models import TrailRow
from foundation.vault.models import Epoch
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def house_of_its_own(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ANCHOR_URL = f"file:{tmp_path / 'anchor.jsonl'}"
    monkeypatch.setattr("foundation.jobs.tasks.hand_out", lambda job_id: None)


@pytest.fixture
def province():
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def auditor(province):
    return StaffFactory(role=Role.AUDITOR, branch=province)


@pytest.fixture
def administrator(province):
    return StaffFactory(role=Role.ADMINISTRATOR, branch=province)


class TestTrail:
    def test_leads_from_a_row_to_its_doer_and_to_what_it_is_about(self, auditor):
        trail.record("donor.viewed", by=actor(auditor), at=AT, object=("registry.donor", str(auditor.pk)))

        page = signed_in(Client(), auditor).get(reverse("desk:trail")).content.decode()

        assert f"{reverse('desk:trail')}?by={auditor.pk}" in page
        assert f"{reverse('desk:looks')}?object=registry.donor%3A{auditor.pk}" in page

    def test_is_read_by_branch(self, province, auditor):
        county = BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=province))
        near, far = StaffFactory(branch=county), StaffFactory(branch=BranchFactory(parent=county.parent))
        for one in (near, far):
            trail.record("donor.viewed", by=actor(one), at=AT, object=("registry.donor", str(one.pk)))
        client = signed_in(Client(), StaffFactory(role=Role.AUDITOR, branch=county))
        shown = [line.row.by_id for line, _name in client.get(reverse("desk:trail")).context["lines"]]
        assert str(near.pk) in shown
        assert str(far.pk) not in shown

    def test_is_filtered(self, auditor):
        for day in (19, 20):
            with time_machine.travel(datetime(2026, 11, day, 9, 0, tzinfo=UTC), tick=False):
                trail.record("thing.done", by=actor(auditor), at=AT, object=("a.thing", str(day)))
        client = signed_in(Client(), auditor)
        asked = {"verb": "thing.", "first": "2026-11-20", "last": "2026-11-20"}
        shown = [line.row.object for line, _name in client.get(reverse("desk:trail"), asked).context["lines"]]
        assert shown == ["a.thing:20"]

    def test_tells_who_saw_a_record(self, auditor, administrator):
        trail.record("staff.viewed", by=actor(auditor), at=AT, object=administrator)
        trail.record("staff.changed", by=actor(auditor), at=AT, object=administrator)
        client = signed_in(Client(), auditor)
        page = client.get(reverse("desk:looks"), {"object": str(administrator.pk)})
        assert [line.row.verb for line, _name in page.context["lines"]] == ["staff.viewed"]

    def test_is_checked_as_long_work(self, auditor):
        client = signed_in(Client(), auditor)
        client.post(reverse("desk:trail_verify"))
        job = jobs.Job.objects.get(kind=office.VERIFY)
        jobs.run(job.pk, clock=timezone.now)
        job = jobs.Job.objects.get(pk=job.pk)
        assert job.state == JobState.DONE
        assert job.result["holds"] is True
        assert client.get(reverse("desk:job", args=[job.pk])).status_code == 200
        assert client.get(reverse("desk:trail")).context["standing"]["check"] == job

    def test_is_handed_out_to_whoever_asked(self, auditor, province):
        client = signed_in(Client(), auditor)
        client.post(reverse("desk:trail_export"))
        job = jobs.Job.objects.get(kind=office.EXPORT)
        jobs.run(job.pk, clock=timezone.now)
        url = reverse("desk:trail_download", args=[job.pk])
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"rows.jsonl" in b"".join(answer.streaming_content)
        other = signed_in(Client(), StaffFactory(role=Role.AUDITOR, branch=province))
        assert other.get(url).status_code == 404
        assert Path(office.export_path(str(job.pk))).stat().st_mode & 0o077 == 0

    def test_is_whole_only_for_the_auditor_at_the_top(self):
        client = signed_in(Client(), StaffFactory(role=Role.AUDITOR, branch=BranchFactory()))
        BranchFactory(kind=BranchKind.PROVINCE)
        assert client.post(reverse("desk:trail_verify")).status_code == 403
        assert not jobs.Job.objects.exists()


class TestKeys:
    def test_are_rotated_as_long_work(self, administrator):
        client = signed_in(Client(), administrator)
        before = Epoch.objects.count()
        client.post(reverse("desk:keys_rotate"))
        job = jobs.Job.objects.get(kind=office.ROTATE)
        assert Epoch.objects.count() == before + 1
        jobs.run(job.pk, clock=timezone.now)
        page = client.get(reverse("desk:keys"))
        assert page.context["waiting"] == 0
        assert client.get("/").status_code == 200  # the second factor still opens under the new master key

    def test_that_find_people_are_changed_as_long_work(self, administrator, settings, tmp_path):
        ring = tmp_path / "ring.json"
        ring.touch(mode=0o600)
        ring.write_text(keyring.current().write())
        settings.KEYRING = f"file:{ring}"
        client = signed_in(Client(), administrator)
        client.post(reverse("desk:keys_rotate_index"))
        fresh = keyring.current().newest_index
        assert client.get(reverse("desk:keys")).context["index"].next == fresh
        job = jobs.Job.objects.get(kind=office.REINDEX)
        jobs.run(job.pk, clock=timezone.now)
        assert client.get(reverse("desk:job", args=[job.pk])).status_code == 200
        assert client.get(reverse("desk:keys")).context["index"].now == fresh
        assert not client.get(reverse("desk:keys")).context["index_under_way"]

    def test_are_for_the_administrator_at_the_top(self):
        client = signed_in(Client(), StaffFactory(role=Role.ADMINISTRATOR, branch=BranchFactory()))
        assert client.get(reverse("desk:keys")).status_code == 403


class TestJobs:
    def test_are_seen_by_who_asked_and_by_the_administrator_of_the_branch(
        self, administrator, auditor, province
    ):
        job = jobs.start(office.VERIFY, {}, by=actor(auditor), at=AT, branch=province)
        url = reverse("desk:job", args=[job.pk])
        assert signed_in(Client(), auditor).get(url).status_code == 200
        assert signed_in(Client(), administrator).get(url).status_code == 200
        assert signed_in(Client(), StaffFactory()).get(url).status_code == 404

    def test_stop(self, auditor):
        job = jobs.start(office.VERIFY, {}, by=actor(auditor), at=AT)
        signed_in(Client(), auditor).post(reverse("desk:job_stop", args=[job.pk]))
        assert jobs.Job.objects.get(pk=job.pk).state == JobState.STOPPED


class TestBranches:
    def test_are_added_below_ones_own(self, administrator, province):
        client = signed_in(Client(), administrator)
        form = {"parent": province.pk, "kind": "laboratory", "name": "浙江分型实验室", "code": "LAB1"}
        assert client.post(reverse("desk:branch_add"), form).status_code == 302
        assert Branch.objects.get(code="LAB1").path.startswith(province.path)

    @pytest.mark.parametrize(
        ("below", "kind"),
        [
            (BranchKind.COUNTY, "laboratory"),
            (BranchKind.LABORATORY, "station"),
            (BranchKind.COUNTY, "prefecture"),
        ],
    )
    def test_stand_in_their_order(self, administrator, province, below, kind):
        parent = BranchFactory(kind=below, parent=province)
        client = signed_in(Client(), administrator)
        form = {"parent": parent.pk, "kind": kind, "name": "x", "code": "X1"}
        assert client.post(reverse("desk:branch_add"), form).context["form"].errors

    def test_are_changed_within_ones_own(self, administrator, province):
        client = signed_in(Client(), administrator)
        url = reverse("desk:branch_edit", args=[province.pk])
        said = {"name": "浙江省红十字会", "phone": "0571-1", "active": "on"}
        client.post(url, {**said, "address": "示例路1号", "counts_the_day": "no"})
        changed = Branch.objects.get(pk=province.pk)
        assert (changed.name, changed.address) == ("浙江省红十字会", "示例路1号")
        assert changed.counts_the_day is False
        assert client.get(url).context["form"].initial["counts_the_day"] == "no"
        client.post(url, said)
        assert Branch.objects.get(pk=province.pk).counts_the_day is None
        foreign = BranchFactory()
        assert client.get(reverse("desk:branch_edit", args=[foreign.pk])).status_code == 404

    def test_are_not_closed_while_somebody_works_there(self, administrator, province):
        county = (
            StaffFactory(branch=BranchFactory(parent=province, kind=BranchKind.COUNTY)).roles.get().branch
        )
        client = signed_in(Client(), administrator)
        page = client.post(reverse("desk:branch_edit", args=[county.pk]), {"name": "x", "phone": ""})
        assert page.context["form"].errors
        assert TrailRow.objects.filter(verb="act.refused").exists()
