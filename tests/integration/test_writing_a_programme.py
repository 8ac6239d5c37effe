"""A new version of a programme: written, checked, previewed, agreed to by a second person, used."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from foundation import approvals, moves
from foundation.access import BranchKind, Role
from foundation.approvals import Approval
from notifications.plans import ahead
from notifications.plans.models import Plan, Touchpoint
from notifications.programmes import actions, checks
from notifications.programmes.models import Programme
from notifications.programmes.states import ProgrammeState
from tests.factories import plans
from tests.factories.families import ENTERED, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def province():
    plans.install()
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def mei(province):
    return StaffFactory(role=Role.FAMILY_CARE, branch=province)


@pytest.fixture
def another(province):
    return StaffFactory(role=Role.FAMILY_CARE, branch=province)


def in_use(key="family_care"):
    return Programme.objects.get(key=key, state=ProgrammeState.PUBLISHED)


def page(client, name, *ids, **query):
    return client.get(reverse(f"programmes:{name}", args=ids), query, headers=ENGLISH)


class TestTheFirstProgrammes:
    def test_are_right_in_themselves_and_marked_as_drafts_for_counsel(self, province):
        for programme in Programme.objects.all():
            assert checks.problems(programme, list(programme.steps.order_by("order"))) == []
            assert (programme.state, programme.counsel_approved) == (ProgrammeState.PUBLISHED, False)

    def test_come_once(self, province):
        assert plans.install() == []


class TestANewVersion:
    def test_is_used_when_a_second_person_agreed_and_plans_follow_it(self, province, mei, another, signed_in):
        family = MemberFactory(branch=BranchFactory(parent=province)).family
        client = signed_in(mei)
        client.post(reverse("programmes:begin", args=[in_use().pk]))
        draft = Programme.objects.get(key="family_care", state=ProgrammeState.DRAFT)
        one = draft.steps.get(key="papers_week6")

        form = page(client, "step", draft.pk, one.pk).context["form"]
        said = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        said = {name: value for name, value in said.items() if value not in (None, False)}
        url = reverse("programmes:step", args=[draft.pk, one.pk])
        assert client.post(url, {**said, "offset_days": 49}).status_code == 302
        client.post(reverse("programmes:ask", args=[draft.pk]))
        assert (
            client.post(url, {**said, "offset_days": 50}).status_code == 422
        )  # they agree to what they read
        approvals.decide(Approval.objects.get(), yes=True, by=actor(another), at=AT)

        assert in_use().version == 2
        assert Plan.objects.get(family=family).planned_through is None
        ahead.plan_ahead(at=ENTERED)
        assert Touchpoint.objects.get(key="papers_week6").on_date == date(2026, 10, 8)

    def test_is_not_agreed_to_by_who_asked(self, mei):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        question = actions.ask_to_publish(draft, by=actor(mei), at=AT)

        with pytest.raises(approvals.NotYours):
            approvals.decide(question, yes=True, by=actor(mei), at=AT)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"channels": ["SMS", "CALL"]}, "Before the hundredth day only a call"),
            ({"needs_approval": False}, "a person releases it"),
            ({"asks": True}, "Nothing is asked before the hundredth day"),
            ({"base": "listed_on"}, "no such day to count from"),
            ({"conditions": ["nonsense"]}, "no such condition"),
            ({"rule": "TERM", "term": "夏天"}, "no such solar term"),
            ({"rule": "SOLAR", "month": 2, "day": 30}, "no such day"),
            ({"at_least_once": True}, "never sent the same twice"),
            ({"names": {"en": "Week 6"}}, "name is missing"),
        ],
    )
    def test_is_not_asked_about_while_something_is_wrong(self, mei, changes, sentence):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        draft.steps.filter(key="papers_week6").update(**changes)

        with override("en"), pytest.raises(moves.Refused) as refused:
            actions.ask_to_publish(draft, by=actor(mei), at=AT)

        with override("en"):
            assert any(sentence in str(said) for said in refused.value.sentences)

    def test_never_changes_once_it_is_in_use(self, mei):
        with pytest.raises(actions.NotADraft):
            actions.remove_step(in_use().steps.first(), by=actor(mei), at=AT)

    def test_for_volunteers_is_not_written_or_seen_by_who_cares_for_families(self, mei, signed_in):
        donors = in_use("retention")

        with pytest.raises(moves.NotAllowed):
            actions.draft_from(donors, by=actor(mei), at=AT)
        assert page(signed_in(mei), "version", donors.pk).status_code == 404


class TestThePreview:
    def test_says_what_a_family_would_have(self, mei, signed_in):
        found = page(
            signed_in(mei), "version", in_use().pk, day="2024-02-29", years="2", kept_by="SOLAR", counts="0"
        )

        days = {(line.on_date, line.name) for line in found.context["lines"]}
        assert {(date(2024, 3, 7), "Seventh day"), (date(2025, 2, 28), "Anniversary")} <= days

    def test_says_what_is_wrong_with_a_day_that_is_none(self, mei, signed_in):
        found = page(signed_in(mei), "version", in_use().pk, day="2024-02-30")

        assert found.status_code == 200
        assert found.context["form"].errors


class TestTheCommand:
    def test_says_what_falls_on_a_day_without_a_name(self, province):
        MemberFactory(branch=province)
        out = StringIO()

        call_command("care", "plan", "--on", "2026-10-09", "--format", "json", stdout=out)

        assert '"step": "papers_week6", "what": "OVERDUE", "count": 1' in out.getvalue()
