"""A registry manager writes to some volunteers, leaves others alone, and sees whether it helped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.purposes import Purpose as To
from foundation import moves
from foundation.access import Branch, Role, task_actor
from foundation.jobs import Job
from foundation.jobs.running import run
from foundation.trail.models import TrailRow
from notifications import outbox
from notifications.outbox import Message
from notifications.recipients import contact
from notifications.recipients.models import Reach
from notifications.retention import actions, cohorts, drafts, queries
from notifications.retention.comparing import Verdict
from notifications.retention.models import Campaign, CampaignMember, Group
from notifications.retention.states import CampaignState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.retention import campaign
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be a Friday."""
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def branch() -> Branch:
    """Return a county."""
    return BranchFactory(name="鄞州区红十字会")


def volunteer(branch: Branch, **columns: Any) -> Donor:
    """Return somebody listed who agreed to text messages."""
    donor = DonorFactory(state=DonorState.LISTED, branch=branch, **columns)
    ConsentFactory(subject=donor.subject, purpose=To.CONTACT_SMS)
    return donor


@pytest.fixture
def manager(branch: Branch) -> Any:
    """Return who may make campaigns there."""
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=branch)


def made(branch: Branch, manager: Any, **values: Any) -> Campaign:
    """Return a campaign that is not begun."""
    return campaign(branch, by=actor(manager), at=AT, **values)


def begun(draft: Campaign, manager: Any) -> Campaign:
    """Begin it, and do the work that a worker does."""
    job = actions.begin(draft, by=actor(manager), at=timezone.now())
    run(job.pk, clock=timezone.now)
    return Campaign.objects.get(pk=draft.pk)


class TestADraft:
    def test_is_changed_and_thrown_away_until_it_is_begun(
        self, branch: Branch, manager: Any, signed_in: Any
    ) -> None:
        WordingFactory(key="donor.contact_check", audience="DONOR", texts={"SMS": "您好。"})
        draft, client = made(branch, manager), signed_in(manager)
        change = reverse("retention:change", args=[draft.pk])
        said = client.get(change).context["form"].initial
        typed = {name: value for name, value in said.items() if value is not None} | {"way_1": "SMS"}
        answer = client.post(change, typed | {"branch": branch.pk, "name": "2027", "age_from": 20})
        assert answer.status_code == 302
        changed = Campaign.objects.get()
        assert (changed.name, changed.age_from, changed.seed) == ("2027", 20, draft.seed)

        client.post(reverse("retention:discard", args=[draft.pk]))

        assert not Campaign.objects.exists()
        verbs = set(TrailRow.objects.values_list("verb", flat=True))
        assert {"campaign.changed", "campaign.discarded"} <= verbs

    def test_that_was_begun_or_is_another_branch_s_stays(
        self, branch: Branch, manager: Any, signed_in: Any
    ) -> None:
        far = StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory())
        draft = made(branch, manager)
        assert signed_in(far).post(reverse("retention:discard", args=[draft.pk])).status_code == 404
        with pytest.raises(moves.NotAllowed):
            drafts.edit(draft, branch=far.roles.get().branch, by=actor(manager), at=AT)
        for _ in range(4):
            volunteer(branch)
        running = begun(draft, manager)
        for act in (drafts.discard, lambda *args, **kw: drafts.edit(*args, branch=branch, name="x", **kw)):
            with pytest.raises(drafts.Begun):
                act(running, by=actor(manager), at=AT)


class TestACampaign:
    def test_writes_once_to_those_who_were_drawn_and_to_nobody_else(
        self, branch: Branch, manager: Any
    ) -> None:
        for _ in range(8):
            volunteer(branch)
        running = begun(made(branch, manager), manager)
        groups = dict(running.members.values_list("donor__subject_id", "group"))
        assert sorted(groups.values()) == [Group.LEFT_ALONE] * 2 + [Group.WRITTEN_TO] * 6
        written = set(Message.objects.values_list("subject_id", flat=True))
        assert written == {who for who, group in groups.items() if group == Group.WRITTEN_TO}
        assert set(Message.objects.values_list("channel", "occasion", "programme_key")) == {
            ("SMS", f"campaign:{running.pk}", "retention")
        }
        job = Job.objects.get()
        Job.objects.filter(pk=job.pk).update(state="QUEUED", ended_at=None)
        run(job.pk, clock=timezone.now)  # a worker died, and it is done again
        assert Message.objects.count() == 6

    @pytest.mark.parametrize(("end", "ways"), [("FAILED", ["SMS", "EMAIL"]), ("UNKNOWN", ["SMS"])])
    def test_goes_by_the_next_way_after_one_that_failed_and_never_after_an_unclear_one(
        self, branch: Branch, manager: Any, end: str, ways: list[str]
    ) -> None:
        for _ in range(4):
            told = volunteer(branch, about={"email": "who@example.org"})
            ConsentFactory(subject=told.subject, purpose=To.CONTACT_EMAIL)
        running = begun(made(branch, manager, channels=["SMS", "EMAIL"]), manager)
        later = timezone.now()
        taken = outbox.claim(Message.objects.latest("id").pk, at=later)
        assert taken is not None
        if end == "FAILED":
            outbox.fail(taken, at=later, why="gateway_invalid_number")
        else:
            Message.objects.filter(pk=taken.pk).update(state="SENDING", begun_at=later)
            outbox.leave_to_a_person(taken, at=later, why="gateway_line_broke")

        of_them = Message.objects.filter(subject=taken.subject).order_by("id")
        assert list(of_them.values_list("channel", flat=True)) == ways
        if end == "FAILED":  # and it ends there: no way is left, and the work done again writes no third time
            last = outbox.claim(of_them.get(state="DUE").pk, at=later)
            assert last is not None
            outbox.fail(last, at=later, why="no_such_mailbox")
            actions.write_to_all(running, at=later)
        assert of_them.count() == len(ways)

    def test_that_is_ended_writes_to_nobody_any_more(self, branch: Branch, manager: Any) -> None:
        for _ in range(8):
            volunteer(branch)
        running = begun(made(branch, manager), manager)
        first, *rest = Message.objects.order_by("pk")
        Message.objects.filter(pk=first.pk).update(state="SENT", sent_at=AT)
        Message.objects.filter(pk=rest[0].pk).delete()  # not queued yet: the worker was at it

        actions.end(running, by=actor(manager), at=timezone.now())

        left = list(Message.objects.order_by("pk").values_list("state", "why"))
        assert left == [("SENT", ""), *[("CANCELLED", "campaign_ended")] * 4]
        assert actions.write_to_all(running, at=timezone.now()) == (0, 6)

    def test_is_written_in_words_that_are_true_of_everybody(
        self, branch: Branch, manager: Any, signed_in: Any
    ) -> None:
        for key in ("donor.campaign", "donor.age_notice"):
            WordingFactory(key=key, audience="DONOR", texts={"SMS": "您好。"})
        for _ in range(4):
            volunteer(branch)
        draft, client = made(branch, manager, wording="donor.age_notice"), signed_in(manager)
        offered = client.get(reverse("retention:new")).context["form"].fields["wording"].choices
        assert [key for key, _name in offered] == ["donor.campaign"]
        assert len(client.get(reverse("retention:campaign", args=[draft.pk])).context["missing"]) == 1
        with pytest.raises(moves.Refused):
            actions.begin(draft, by=actor(manager), at=AT)

    def test_draws_the_same_again_from_its_seed(self, branch: Branch, manager: Any) -> None:
        for _ in range(8):
            volunteer(branch)
        running = begun(made(branch, manager), manager)
        on = date(2026, 11, 20)
        CampaignMember.objects.exclude(campaign=running).delete()
        people = [member.donor for member in running.members.select_related("donor")]
        again = actions.drawing.draw(
            cohorts.strata(people, on=on), percent=running.control_percent, seed=running.seed
        )
        assert again == {m.donor_id for m in running.members.filter(group=Group.LEFT_ALONE)}

    def test_leaves_out_who_may_not_be_written_to(self, branch: Branch, manager: Any) -> None:
        fits = volunteer(branch)
        DonorFactory(state=DonorState.LISTED, branch=branch)  # never agreed to text messages
        volunteer(BranchFactory())
        volunteer(branch, contact_choice="ONLY_IF_MATCHED")
        volunteer(branch, objected_at=AT)
        volunteer(branch, legacy=True)
        DonorFactory(state=DonorState.TYPED, branch=branch)
        assert list(cohorts.people(made(branch, manager), on=date(2026, 11, 20))) == [fits]

    @pytest.mark.parametrize(
        "asks", [{"age_from": 27}, {"age_to": 27}, {"year": 2026}, {"unverified_months": 5}], ids=str
    )
    def test_takes_who_fits(self, branch: Branch, manager: Any, asks: dict[str, int]) -> None:
        volunteer(branch, contact_verified_on=date(2026, 6, 10))  # 27 years old, joined in June 2026
        assert cohorts.people(made(branch, manager, **asks), on=date(2026, 11, 20)).exists()

    @pytest.mark.parametrize(
        "asks", [{"age_from": 28}, {"age_to": 26}, {"year": 2025}, {"unverified_months": 12}], ids=str
    )
    def test_leaves_out_who_does_not(self, branch: Branch, manager: Any, asks: dict[str, int]) -> None:
        volunteer(branch, contact_verified_on=date(2026, 6, 10))
        assert not cohorts.people(made(branch, manager, **asks), on=date(2026, 11, 20)).exists()

    def test_takes_nobody_from_another_that_runs(self, branch: Branch, manager: Any) -> None:
        for _ in range(6):
            volunteer(branch)
        begun(made(branch, manager), manager)
        with pytest.raises(moves.Refused):
            actions.begin(made(branch, manager), by=actor(manager), at=AT)
        assert Campaign.objects.filter(state=CampaignState.DRAFT).count() == 1

    def test_passes_over_a_way_that_was_stopped_meanwhile(self, branch: Branch, manager: Any) -> None:
        people = [volunteer(branch) for _ in range(8)]
        running = made(branch, manager)
        job = actions.begin(running, by=actor(manager), at=timezone.now())
        for donor in people:
            contact.mark(donor.subject, "SMS", Reach.STOPPED, by=task_actor("test"), at=timezone.now())
        run(job.pk, clock=timezone.now)
        assert not Message.objects.exists()
        assert running.members.count() == 8  # they still count on the side on which they were drawn


class TestComparing:
    def run_for(self, branch: Branch, manager: Any, *, people: int, reached: int, alone: int) -> Campaign:
        """Return a campaign in which some of either group were reached."""
        for _ in range(people):
            volunteer(branch)
        running = begun(made(branch, manager, control_percent=50), manager)
        for group, n in ((Group.WRITTEN_TO, reached), (Group.LEFT_ALONE, alone)):
            found = running.members.filter(group=group).values_list("donor", flat=True)[:n]
            Donor.objects.filter(pk__in=list(found)).update(contact_verified_on=date(2026, 12, 1))
        with time_machine.travel(AT + timedelta(days=20)):
            actions.note_all(by=task_actor("retention.note"), at=timezone.now())
        return running

    def test_tells_a_difference_that_is_there(self, branch: Branch, manager: Any) -> None:
        running = self.run_for(branch, manager, people=24, reached=11, alone=2)
        verified = queries.result_of(running).outcomes[0].comparison
        assert (verified.one.found, verified.other.found) == (11, 2)
        assert verified.verdict == Verdict.MORE

    def test_says_that_none_can_be_told(self, branch: Branch, manager: Any, signed_in: Any) -> None:
        running = self.run_for(branch, manager, people=12, reached=3, alone=2)
        page = signed_in(manager).get(
            reverse("retention:campaign", args=[running.pk]), headers={"accept-language": "en"}
        )
        assert "No difference can be told." in page.content.decode()

    def test_keeps_what_was_seen_first(self, branch: Branch, manager: Any) -> None:
        running = self.run_for(branch, manager, people=8, reached=2, alone=0)
        Donor.objects.update(contact_verified_on=date(2027, 5, 1))  # reached again, long afterwards
        with time_machine.travel(AT + timedelta(days=61)):
            actions.note_all(by=task_actor("retention.note"), at=timezone.now())
            actions.note_all(by=task_actor("retention.note"), at=timezone.now())
        running = Campaign.objects.get(pk=running.pk)
        assert running.state == CampaignState.ENDED
        assert set(running.members.exclude(verified_on=None).values_list("verified_on", flat=True)) == {
            date(2026, 12, 1)
        }
        assert queries.result_of(running).outcomes[0].comparison.one.found == 2

    def test_counts_nobody_as_gone_whose_records_were_joined(self, branch: Branch, manager: Any) -> None:
        running = self.run_for(branch, manager, people=8, reached=0, alone=0)
        gone, joined = running.members.order_by("pk")[:2]
        for member, reason in ((gone, "PR_NOT_STATED"), (joined, "MERGED")):
            leaves = {"state": DonorState.TRANSFERRED, "left_at": timezone.now(), "left_reason": reason}
            Donor.objects.filter(pk=member.donor_id).update(**leaves)
        actions.note_all(by=task_actor("retention.note"), at=timezone.now())
        assert list(running.members.exclude(left_on=None)) == [gone]


class TestPages:
    def test_make_begin_and_end_a_campaign(
        self, branch: Branch, manager: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "notifications.retention.forms.wordings", lambda: [("donor.contact_check", "联系方式")]
        )
        for _ in range(8):
            volunteer(branch)
        desk: Client = signed_in(manager)
        assert desk.get(reverse("retention:home")).status_code == 200
        said = {
            "name": "秋天", "branch": str(branch.pk), "wording": "donor.contact_check", "way_1": "SMS",
            "control_percent": "25", "window_days": "60",
        }  # fmt: skip
        assert (
            desk.post(reverse("retention:new"), {**said, "age_from": "40", "age_to": "20"}).status_code == 422
        )
        assert desk.post(reverse("retention:new"), {**said, "way_2": "SMS"}).status_code == 422
        draft = desk.post(reverse("retention:new"), {**said, "way_2": "EMAIL"})
        assert draft.status_code == 302
        assert "<b>8</b>" in desk.get(draft["Location"]).content.decode()
        desk.post(f"{draft['Location']}begin/")
        running = Campaign.objects.get()
        assert (running.state, running.channels) == (CampaignState.RUNNING, ["SMS", "EMAIL"])
        assert desk.get(draft["Location"]).status_code == 200
        desk.post(f"{draft['Location']}end/")
        assert Campaign.objects.get().state == CampaignState.ENDED

    def test_show_another_branch_nothing(self, branch: Branch, manager: Any, signed_in: Any) -> None:
        running = made(branch, manager)
        elsewhere = signed_in(StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory()))
        assert elsewhere.get(reverse("retention:campaign", args=[running.pk])).status_code == 404
        assert elsewhere.post(reverse("retention:begin", args=[running.pk])).status_code == 404
