"""Mei stops where a family wants no more, hears complaints, gives families on, and finds them again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation import approvals, moves, vault
from foundation.access import BranchKind, Role, Scope, open_work
from foundation.approvals import Approval
from foundation.trail import Actor, ActorKind
from foundation.vault import Erased, indexed
from notifications import recipients
from notifications.channel_names import Channel
from registry.families import actions, queries, signals
from registry.families.models import About, Complaint, Family, Giver, Member
from registry.families.records import Day, Wishes
from tests.at_the_families import LATER, ON, Desk, history
from tests.factories.families import (
    FamilyFactory,
    GiverFactory,
    MemberFactory,
    relative,
)
from tests.factories.foundation import SETTER_UP, BranchFactory, RoleAtFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
ENOUGH = Wishes(rites={"d100": "SOLAR", "anniversary": "LUNAR"}, silent_days=[Day(5, 20, "SOLAR")])


@pytest.fixture
def county() -> Any:
    return BranchFactory(name="鄞州区红十字会")


@pytest.fixture
def mei(county: Any) -> Any:
    return StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=county)


@pytest.fixture
def desk(mei: Any, signed_in: Any) -> Desk:
    return Desk(signed_in(mei))


class TestNoMore:
    def test_stops_one_person_and_the_others_stay(self):
        member = MemberFactory()
        son = MemberFactory(family=member.family, about={"kin": "CHILD"})
        stopped: list[tuple[Member, bool]] = []

        def listen(*, member: Member, whole: bool, **_: Any) -> None:
            stopped.append((member, whole))

        signals.no_more.connect(listen)
        actions.no_more(member, whole_plan=False, by=SETTER_UP, at=LATER)

        assert Member.objects.get(pk=member.pk).no_more_at == LATER
        assert Member.objects.get(pk=son.pk).no_more_at is None
        assert Family.objects.get().stopped_at is None
        assert stopped == [(member, False)]

    def test_stops_the_household_only_if_asked(self):
        member = MemberFactory()
        MemberFactory(family=member.family, about={"kin": "CHILD"})
        son = recipients.of_family(member.family)[1]
        actions.no_more(member, whole_plan=True, by=SETTER_UP, at=LATER)
        son = recipients.of([son.subject.pk])[son.subject.pk]
        assert Family.objects.get().stopped_at == LATER
        assert recipients.of_family(member.family) == []  # the son, too
        assert recipients.stands_against(son, Channel.LETTER) == "no_more"

        actions.hear_again(member, by=SETTER_UP, at=LATER)
        assert Family.objects.get().stopped_at is None
        assert history(member.family)[-3:] == ["NO_MORE", "STOPPED", "AGAIN"]

    def test_is_recorded_by_anybody_who_sees_them_and_by_nobody_else(self, county):
        member = MemberFactory(branch=county)
        for role in (Role.FAMILY_CARE, Role.COORDINATOR):
            elsewhere = actor(StaffFactory(role=role, branch=BranchFactory()), at=LATER)
            with pytest.raises(moves.NotAllowed):
                actions.no_more(member, whole_plan=False, by=elsewhere, at=LATER)
        here = actor(StaffFactory(role=Role.FAMILY_CARE, branch=county), at=LATER)
        actions.no_more(member, whole_plan=False, by=here, at=LATER)
        assert Member.objects.get().no_more_at == LATER

    def test_is_the_persons_own_word_by_their_link_and_for_themself_alone(self):
        member, other = MemberFactory(), MemberFactory()
        by = Actor(ActorKind.SUBJECT, str(member.subject_id))
        actions.no_more(member, whole_plan=False, by=by, at=LATER)
        with pytest.raises(moves.NotAllowed):
            actions.no_more(other, whole_plan=False, by=by, at=LATER)


class TestSomebodyWithTwoRoles:
    @pytest.fixture
    def both(self, county, mei):
        """Return a coordinator here who looks after families elsewhere."""
        both = StaffFactory(role=Role.COORDINATOR, branch=county)
        RoleAtFactory(staff=both, role=Role.FAMILY_CARE, branch=BranchFactory())
        return both

    def test_sees_no_family_where_they_only_may_stop(self, county, both, signed_in):
        member = MemberFactory(branch=county)
        desk = Desk(signed_in(both))
        acts = {
            "complain": (member.family_id, {"words": "x"}),
            "decline-events": (member.family_id, {}),
            "no-more": (member.pk, {"whole": "all"}),
            "dead": (member.pk, {}),
            "not-dead": (member.pk, {}),
            "reach": (member.pk, {}),
        }
        for name, (pk, typed) in acts.items():
            answer = desk.client.post(reverse(f"families:{name}", args=[pk]), typed)
            assert answer.status_code == 404, name
        assert desk.client.get(reverse("families:complain", args=[member.family_id])).status_code == 404
        assert Family.objects.get().stopped_at is None


class TestADeath:
    def test_of_a_relative_stands_in_the_history_and_can_be_taken_back(self, desk, county):
        member = MemberFactory(branch=county)
        desk.send("dead", member.pk)
        assert Member.objects.get().subject.died_reported_at is not None
        desk.send("not-dead", member.pk)
        assert Member.objects.get().subject.died_reported_at is None
        assert history(member.family)[-2:] == [About.REPORTED_DEAD, About.NOT_DEAD]


class TestAComplaint:
    def test_is_sealed_stands_open_and_is_settled_once(self, desk, county):
        family = FamilyFactory(branch=county)
        desk.send("complain", family.pk, words="信封上有字")
        complaint = Complaint.objects.get()
        assert "信封上有字" in desk.page("complaint", complaint.pk)
        assert "信封上有字" not in desk.page("detail", family.pk)
        listed = desk.page("list", whose="all", mark="complaint")
        assert "A complaint is open" in listed

        desk.send("complaint", complaint.pk, done="换了信封")

        assert "换了信封" in desk.page("complaint", complaint.pk)
        with pytest.raises(moves.Refused):
            actions.settle_complaint(complaint, done="again", by=SETTER_UP, at=LATER)


class TestTheOfficer:
    def test_hands_families_over_to_somebody_who_may(self, county, mei):
        family = FamilyFactory(branch=county, officer=mei)
        other = StaffFactory(role=Role.FAMILY_CARE, branch=county.parent)
        kind = next(kind for kind in open_work.kinds() if kind.key == "families.families")
        assert [item.id for item in kind.items(mei.pk)] == [str(family.pk)]

        kind.hand_over([str(family.pk)], other.pk, SETTER_UP, LATER)

        assert Family.objects.get().officer == other

    def test_is_somebody_who_keeps_families_there(self, county):
        coordinator = StaffFactory(role=Role.COORDINATOR, branch=county)
        with pytest.raises(moves.Refused):
            actions.assign_officer(FamilyFactory(branch=county), coordinator, by=SETTER_UP, at=LATER)


class TestGivingToAnotherBranch:
    def test_needs_its_yes_and_takes_the_people_along(self, county, mei):
        member = MemberFactory(family=FamilyFactory(branch=county, officer=mei))
        far = BranchFactory()
        theirs = StaffFactory(role=Role.FAMILY_CARE, branch=far)

        asked = actions.move_to(member.family, to=far, by=actor(mei, at=LATER), at=LATER)
        assert isinstance(asked, Approval)
        assert Family.objects.get().branch == county
        approvals.decide(asked, yes=True, by=actor(theirs, at=LATER), at=LATER)

        family, member = Family.objects.get(), Member.objects.select_related("subject").get()
        assert (family.branch, family.officer) == (far, None)
        assert member.subject.branch_path == family.giver.branch_path == far.path
        assert family.giver.subject.branch_path == far.path

    def test_stands_on_their_today_until_somebody_stays_with_them(self, county, mei, signed_in):
        family, far = FamilyFactory(branch=county, officer=mei), BranchFactory()
        theirs = StaffFactory(role=Role.FAMILY_CARE, branch=far)
        client = signed_in(theirs)

        def card():
            said = client.get(reverse("desk:today"), headers={"accept-language": "en"}).content.decode()
            return "Nobody stays with these families yet" in said, f"came from {county.name}" in said

        assert card() == (False, False)
        actions.move_to(family, to=far, by=SETTER_UP, at=LATER)
        assert card() == (True, True)
        actions.assign_officer(Family.objects.get(), theirs, by=actor(theirs, at=LATER), at=LATER)
        assert card() == (False, False)

    def test_is_done_at_once_where_one_keeps_both(self, county):
        above = StaffFactory(role=Role.FAMILY_CARE, branch=county.parent)
        sister = BranchFactory(kind=BranchKind.COUNTY, parent=county.parent)
        giver = GiverFactory(branch=county)
        stays = FamilyFactory(giver=giver)
        goes = FamilyFactory(giver=giver)

        actions.move_to(goes, to=sister, by=actor(above, at=LATER), at=LATER)

        assert Family.objects.get(pk=goes.pk).branch == sister
        assert Family.objects.get(pk=stays.pk).branch == county
        assert Giver.objects.get().branch == county  # as long as a household stays
        with pytest.raises(moves.Refused):
            actions.move_to(goes, to=sister, by=SETTER_UP, at=LATER)

    def test_offers_anew_from_where_it_stands_now(self, county, mei):
        family = FamilyFactory(branch=county, officer=mei)
        sister, far = BranchFactory(), BranchFactory()
        hers = actor(StaffFactory(role=Role.FAMILY_CARE, branch=sister), at=LATER)
        theirs = actor(StaffFactory(role=Role.FAMILY_CARE, branch=far), at=LATER)
        first = actions.move_to(family, to=far, by=actor(mei, at=LATER), at=LATER)
        assert isinstance(first, Approval)
        actions.move_to(family, to=sister, by=SETTER_UP, at=LATER)

        first.refresh_from_db()
        assert first.decision == "no"  # nobody is asked any more
        second = actions.move_to(family, to=far, by=hers, at=LATER)
        assert isinstance(second, Approval)
        approvals.decide(second, yes=True, by=theirs, at=LATER)

        assert Family.objects.get().branch == far


class TestErasure:
    def test_of_a_relative_leaves_that_they_were_there(self):
        member = MemberFactory(about={"born_on": date(1950, 6, 7)})
        family = member.family
        actions.record_rites(family, ENOUGH, on=ON, by=SETTER_UP, at=LATER)
        actions.no_more(member, whole_plan=False, words="够了", by=SETTER_UP, at=LATER)

        vault.erase(member.subject, by=SETTER_UP, at=LATER)

        member = Member.objects.get()
        assert (member.name_index, member.phone_index) == (None, None)
        assert member.born_on == date(1950, 1, 1)
        said = family.history.get(about=About.NO_MORE)
        assert isinstance(vault.open_one(said, "words")["words"], Erased)
        assert not family.rites.exists()  # nobody of the household is left
        assert member.kin == "SPOUSE"

    def test_of_one_who_gave_leaves_what_they_gave(self, desk, county):
        member = MemberFactory(branch=county)
        family = member.family
        actions.record_rites(family, ENOUGH, on=ON, by=SETTER_UP, at=LATER)

        vault.erase(family.giver.subject, by=SETTER_UP, at=LATER)

        giver = Giver.objects.get()
        assert (giver.gifts, giver.name_index) == (["ORGAN", "CORNEA"], None)
        assert not family.rites.exists()
        desk.page("detail", family.pk)
        with pytest.raises(moves.Refused):
            actions.add_member(family, relative(), by=SETTER_UP, at=LATER)


class TestFinding:
    def test_finds_by_phone_name_and_document_within_the_scope_alone(self, county):
        document = {"document_kind": "RESIDENT_ID", "document_number": "11010519491231002X", "born_on": None}
        family = FamilyFactory(branch=county, about=document | {"name": "裘永兴"})
        MemberFactory(family=family, about={"name": "竺彩娟", "phone": "13800138000"})
        for text in ("138 0013 8000", "竺彩娟", "裘永兴", "11010519491231002x"):
            assert queries.find_families(text, scope=Scope.of([county.path])) == [family]
            assert queries.find_families(text, scope=Scope.of([BranchFactory().path])) == []
        assert queries.find_families("竺彩琴", scope=Scope.of([county.path])) == []

    def test_leads_from_the_search_box_to_the_family(self, desk, county):
        member = MemberFactory(branch=county, about={"phone": "13800138000"})
        answer = desk.client.post(reverse("desk:search"), {"q": "13800138000"})
        assert answer["location"] == reverse("families:detail", args=[member.family.pk])

    def test_goes_on_when_the_index_key_changes(self, county):
        MemberFactory(branch=county)
        remade = {
            one.rows().model: [set(found or {}) for found in one.remake(list(one.rows()))]
            for one in indexed.registered()
            if one.rows().model in {Giver, Member}
        }
        assert remade == {Giver: [{"name_index"}], Member: [{"name_index", "phone_index"}]}


class TestTheList:
    def test_shows_mine_or_all_and_asks_as_often_for_many_as_for_few(self, desk, county, mei):
        FamilyFactory(branch=county, officer=mei)
        desk.page("list")  # the first page of a login asks more
        with CaptureQueriesContext(connection) as few:
            shown = desk.page("list")
        assert shown.count("/families/") > 1
        for _ in range(5):
            MemberFactory(family=FamilyFactory(branch=county, officer=mei))
        with CaptureQueriesContext(connection) as many:
            desk.page("list")
        assert len(many) == len(few)
        other = FamilyFactory(branch=county)
        assert str(other.pk) not in desk.page("list")
        everybody = desk.page("list", whose="nobody")
        assert str(other.pk) in everybody

    def test_puts_somebody_first(self, desk, county):
        member = MemberFactory(branch=county)
        son = MemberFactory(family=member.family, about={"kin": "CHILD"})
        desk.send("put-first", son.pk)
        assert list(member.family.members.order_by("order")) == [son, member]
