"""A new version of a programme: written, checked, previewed, agreed to by a second person, used."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation import approvals, moves
from foundation.access import BranchKind, Role
from foundation.approvals import Approval
from notifications.channel_names import Channel
from notifications.plans import ahead
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState
from notifications.programmes import actions, checks, conditions, days, queries
from notifications.programmes.models import Programme
from notifications.programmes.states import ProgrammeState
from notifications.retention import audience
from tests.factories import plans
from tests.factories.families import ENTERED, FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.wordings import WordingFactory

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


def said_on(form):
    """Return what a page says already, as a browser sends it."""
    said = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in said.items() if value not in (None, False)}


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

        said = said_on(page(client, "step", draft.pk, one.pk).context["form"])
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
            ({"conditions": ["graduates"]}, "never so of these people: graduates"),
            ({"only_if_chosen": True}, "The sheet has no such box"),
            ({"wording": "family.papers_week7"}, "There are no such words: family.papers_week7"),
            ({"wording": "donor.age_notice"}, "These words are for other people"),
            ({"channels": ["CALL", "LETTER"]}, "do not say it by this way in all three languages: Letter"),
        ],
    )
    def test_is_not_asked_about_while_something_is_wrong(self, mei, changes, sentence):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        draft.steps.filter(key="papers_week6").update(**changes)

        with override("en"), pytest.raises(moves.Refused) as refused:
            actions.ask_to_publish(draft, by=actor(mei), at=AT)

        with override("en"):
            assert any(sentence in str(said) for said in refused.value.sentences)

    def test_says_words_that_were_read_for_the_bereaved_and_by_each_of_its_ways(self, mei):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        words = WordingFactory(key="family.new", bereaved=False, texts={Channel.CALL: "Ask how they are."})
        draft.steps.filter(key="papers_week6").update(wording="family.new")

        with override("en"):
            said = [str(one.words) for one in queries.problems(draft)]
            words.bereaved = True
            words.save()
            then = [str(one.words) for one in queries.problems(draft)]

        unsaid = "The words do not say it by this way in all three languages: Visit."
        assert said == ["These words were not read for the bereaved: family.new.", unsaid]
        assert then == [unsaid]

    def test_names_the_steps_in_use_that_it_no_longer_has(self, mei, signed_in):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        draft.steps.filter(key="qingming").update(key="qing_ming", only_if_chosen=False)

        shown = page(signed_in(mei), "version", draft.pk).content.decode()

        assert "No longer in this version: Qingming." in shown

    def test_never_changes_once_it_is_in_use(self, mei):
        with pytest.raises(actions.NotADraft):
            actions.remove_step(in_use().steps.first(), by=actor(mei), at=AT)

    def test_for_volunteers_is_not_written_or_seen_by_who_cares_for_families(self, mei, signed_in):
        donors = in_use("retention")

        with pytest.raises(moves.NotAllowed):
            actions.draft_from(donors, by=actor(mei), at=AT)
        assert page(signed_in(mei), "version", donors.pk).status_code == 404


class TestANewProgramme:
    NAMES = {"name_zh-hans": "第二年", "name_zh-hant": "第二年", "name_en": "The second year"}

    def write(self, client, **said):
        typed = {"key": "second_year", "audience": "FAMILY", "like": "", **self.NAMES, **said}
        return client.post(reverse("programmes:new"), typed, headers=ENGLISH)

    @pytest.mark.parametrize("copied", [False, True], ids=["from nothing", "as a copy"])
    def test_is_a_draft_that_changes_nothing_yet(self, province, mei, signed_in, copied):
        client, like = signed_in(mei), in_use()
        assert reverse("programmes:new") in page(client, "list").content.decode()

        self.write(client, like=str(like.pk) if copied else "")

        draft = Programme.objects.get(key="second_year")
        assert (draft.state, draft.version, draft.bereaved) == (ProgrammeState.DRAFT, 1, True)
        keys = list(draft.steps.order_by("order").values_list("key", flat=True))
        assert keys == (list(like.steps.order_by("order").values_list("key", flat=True)) if copied else [])
        assert page(client, "version", draft.pk).status_code == 200

    def test_is_not_used_while_families_would_hear_something_of_it_twice(self, province, mei):
        like = in_use()
        copy = actions.draft_new(
            "second_year", audience="FAMILY", names=plans.names("第二年"), like=like, by=actor(mei), at=AT
        )

        with pytest.raises(moves.Refused) as refused, override("en"):
            actions.ask_to_publish(copy, by=actor(mei), at=AT)

        assert any("qingming: Another programme" in sentence for sentence in refused.value.sentences)
        copy.steps.exclude(key="qingming").delete()
        copy.steps.update(key="qingming_second", only_if_chosen=False)
        assert actions.ask_to_publish(copy, by=actor(mei), at=AT).object_id == str(copy.pk)

    def test_is_not_used_beside_another_that_was_asked_about_at_the_same_time(self, mei, another):
        questions = []
        for key in ("second_year", "third_year"):
            draft = actions.draft_new(key, audience="FAMILY", names=plans.names(key), by=actor(mei), at=AT)
            plans.StepFactory(
                programme=draft, key="call", channels=["CALL"], base="opened_on", offset_days=400
            )
            questions.append(actions.ask_to_publish(draft, by=actor(mei), at=AT))
        approvals.decide(questions[0], yes=True, by=actor(another), at=AT)

        with pytest.raises(moves.Refused):
            approvals.decide(questions[1], yes=True, by=actor(another), at=AT)

        assert not Programme.objects.filter(key="third_year", state=ProgrammeState.PUBLISHED).exists()

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"key": "family_care"}, "Another programme has this code."),
            ({"key": "Second-Year"}, "A code has small letters, digits and _ only."),
            ({"key": "第二年"}, "A code has small letters, digits and _ only."),
            ({"audience": "DONOR"}, "Select a valid choice"),  # hers are families
        ],
    )
    def test_is_not_begun_where_something_is_wrong(self, province, mei, signed_in, said, sentence):
        answer = self.write(signed_in(mei), **said)

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Programme.objects.filter(state=ProgrammeState.DRAFT).exists()

    def test_for_volunteers_counts_only_from_what_is_looked_up_for_everybody(self, province, signed_in):
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)
        self.write(signed_in(manager), audience="DONOR", like=str(in_use("post_donation").pk))

        draft = Programme.objects.get(key="second_year")
        wrong = {str(one.words) for one in checks.problems(draft, list(draft.steps.all()))}

        assert draft.for_everybody
        assert _("This day is not looked up for everybody on the register.") in wrong

    def test_knows_what_is_looked_up_for_everybody(self):
        assert (set(audience._BASES), set(audience.CONDITIONS)) == (
            days.OF_EVERYBODY,
            conditions.OF_EVERYBODY,
        )

    def test_is_begun_and_ended_on_a_family_s_page(self, province, mei, signed_in):
        family = MemberFactory(family=FamilyFactory(branch=province)).family
        client = signed_in(mei)
        draft = actions.draft_new(
            "second_year", audience="FAMILY", names=plans.names("第二年"), by=actor(mei), at=AT
        )
        plans.StepFactory(programme=draft, key="call", channels=["CALL"], base="opened_on", offset_days=400)
        actions._use(draft, by=SETTER_UP, at=AT)
        url = reverse("care:begin", args=[family.pk])
        assert url in client.get(reverse("families:detail", args=[family.pk])).content.decode()

        client.post(url, {"programme": "second_year"})

        plan = Plan.objects.get(family=family, programme_key="second_year")
        assert list(plan.touchpoints.values_list("key", flat=True)) == ["call"]
        listed = client.get(reverse("families:detail", args=[family.pk])).content.decode()
        ends = reverse("care:plan-act", args=[plan.pk, "stop"])
        assert (ends in listed, url in listed) == (True, False)
        client.post(ends)
        assert Plan.objects.get(pk=plan.pk).state == PlanState.STOPPED
        care = Plan.objects.get(family=family, programme_key="family_care")
        client.post(reverse("care:plan-act", args=[care.pk, "stop"]))
        assert Plan.objects.get(pk=care.pk).state == PlanState.ACTIVE  # that is the family's own "no more"


class TestAStep:
    def test_is_offered_only_what_can_be_so_of_these_people(self, mei, signed_in):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)

        form = page(signed_in(mei), "add", draft.pk).context["form"]

        offered = {key for key, _words in form.fields["conditions"].choices}
        assert offered == {"parent_60", "spring_festival", "birthdays", "events", "first_months", "asked"}

    def test_is_offered_the_words_that_are_for_these_people_by_name(self, mei, signed_in):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        WordingFactory(key="family.unread", bereaved=False)
        WordingFactory(key="family.written_here")
        form = page(signed_in(mei), "add", draft.pk).context["form"]

        offered = dict(form.fields["wording"].choices)

        assert {"", "family.papers_week6", "family.written_here"} <= offered.keys()
        assert not {"donor.age_notice", "family.unread"} & offered.keys()
        assert offered["family.papers_week6"] == "Week 6: did every paper arrive? · family.papers_week6"

    @pytest.mark.parametrize(
        ("wording", "sentence"),
        [
            ("family.papers_week7", "There are no such words: {key}."),
            ('papers\' "week" <7>', "There are no such words: {key}."),
            ("\x00", "There are no such words: {key}."),
            ("donor.age_notice", "These words are for other people: {key}."),
            ("family.unread", "These words were not read for the bereaved: {key}."),
        ],
    )
    def test_is_refused_with_words_that_are_none_for_them(self, mei, signed_in, wording, sentence):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        WordingFactory(key="family.unread", bereaved=False)
        one, client = draft.steps.get(key="papers_week6"), signed_in(mei)
        said = said_on(page(client, "step", draft.pk, one.pk).context["form"])
        url = reverse("programmes:step", args=[draft.pk, one.pk])

        answer = client.post(url, {**said, "wording": wording})

        form = answer.context["form"]
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.content.decode()
        assert form.errors == {"wording": [_(sentence).format(key=wording)]}
        assert form["wording"].value() == wording
        assert f'<option value="{escape(wording)}" selected>' in answer.content.decode()
        assert draft.steps.get(key="papers_week6").wording == "family.papers_week6"

    def test_shows_the_words_that_it_has_though_there_are_none_such(self, mei, signed_in):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        draft.steps.filter(key="papers_week6").update(wording="family.papers_week7")

        shown = page(signed_in(mei), "step", draft.pk, draft.steps.get(key="papers_week6").pk)

        with override("en"):
            why = _("There are no such words: {key}.").format(key="family.papers_week7")
        assert f'<option value="family.papers_week7" selected>{why}</option>' in shown.content.decode()


class TestThePreview:
    def test_has_no_day_that_the_sheet_has_no_box_for(self, mei, signed_in):
        draft = actions.draft_from(in_use(), by=actor(mei), at=AT)
        draft.steps.filter(key="qingming").update(key="qing_ming")

        found = page(signed_in(mei), "version", draft.pk, day="2026-08-20", years="2")

        names = {line.name for line in found.context["lines"]}
        assert "Qingming" not in names
        assert {"Zhongyuan", "Month 2: how are you?"} <= names

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
