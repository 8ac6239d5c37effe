"""A family lets a name stand on the memorial wall, and takes it down again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import actions as consents
from consent.models import Consent
from consent.states import State
from foundation import moves, vault
from foundation.access import Role, task_actor
from notifications import recipients
from notifications.links import making, sending
from notifications.links.purposes import Purpose
from registry.families import actions, queries
from registry.families.models import Family, Giver, WallObjection, WallPage
from registry.families.records import OnTheWall
from registry.families.states import WallState
from tests.at_the_families import Desk, history, install_texts
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.on_the_wall import NAME, WORDS, WRITTEN, agreed, consented, put_up, written

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = WRITTEN + DAY


@pytest.fixture(autouse=True)
def texts() -> None:
    install_texts()


@pytest.fixture
def county() -> Any:
    return BranchFactory(name="鄞州区红十字会", phone="0574-0000")


@pytest.fixture
def mei(county: Any) -> Any:
    return StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=county)


@pytest.fixture
def second(county: Any) -> Any:
    return StaffFactory(name="方远", role=Role.FAMILY_CARE, branch=county)


@pytest.fixture
def widow(county: Any) -> Any:
    return MemberFactory(family=FamilyFactory(branch=county))


@pytest.fixture
def son(widow: Any) -> Any:
    return MemberFactory(family=widow.family, about={"kin": "CHILD", "name": "周小明"})


@pytest.fixture
def up(widow: Any, mei: Any, second: Any) -> WallPage:
    return put_up(widow, by=actor(mei), second=actor(second))


def in_public(*, branch: Any = None) -> str:
    """Return the wall as a stranger reads it."""
    there = reverse("wall:branch", args=[branch.pk]) if branch else reverse("wall:wall")
    answer = Client().get(there)
    assert answer.status_code == 200
    return answer.content.decode()


def state_of(page: WallPage) -> str:
    return str(WallPage.objects.get(pk=page.pk).state)


class TestTheWay:
    def test_leads_from_the_first_words_to_the_wall_and_down_again(
        self, county, mei, second, widow, signed_in
    ):
        desk, other, family = Desk(signed_in(mei)), Desk(signed_in(second)), widow.family
        desk.send("wall-write", family.pk, name=NAME, words=WORDS, years_shown="on")
        page = WallPage.objects.get()
        assert NAME in desk.page("wall-proof", page.pk)
        desk.send("wall-show", page.pk)
        desk.send("wall-answer", page.pk, member=widow.pk, answer="yes")
        assert state_of(page) == WallState.AGREED

        other.send("wall-put-up", page.pk)
        assert state_of(page) == WallState.AGREED  # no consent is in force yet
        consented(widow, by=actor(mei))
        desk.send("wall-put-up", page.pk)
        assert state_of(page) == WallState.AGREED  # whoever wrote it puts up nothing
        other.send("wall-put-up", page.pk)
        assert state_of(page) == WallState.ON_WALL
        seen = in_public(branch=county)
        assert NAME in seen
        assert WORDS in seen
        assert "1980 – 2026" in seen
        assert county.phone in seen

        desk.send("wall-no", widow.pk, words="不要了")
        assert state_of(page) == WallState.HIDDEN
        assert NAME not in in_public(branch=county)
        assert [about for about in history(family) if about.startswith("WALL")] == [
            "WALL_WRITTEN", "WALL_AGREED", "WALL_UP", "WALL_NO", "WALL_DOWN",
        ]  # fmt: skip

    def test_goes_no_further_without_the_family(self, mei, second, widow):
        page = written(widow, by=actor(mei))
        with pytest.raises(moves.WrongState):
            actions.agree_to_wall(page, widow, by=actor(mei), at=LATER)
        with pytest.raises(moves.WrongState):
            actions.put_on_wall(page, by=actor(second), at=LATER)


class TestAConsent:
    def test_taken_back_hides_in_the_same_transaction(self, up, mei):
        with transaction.atomic():
            consents.withdraw(Consent.objects.get(), by=actor(mei), at=LATER)
            assert state_of(up) == WallState.HIDDEN
        assert NAME not in in_public()

    def test_hides_even_where_another_consents_too(self, up, mei, son):
        consented(son, by=actor(mei))
        first = Consent.objects.order_by("id").first()
        consents.withdraw(first, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.HIDDEN

    def test_that_waits_for_its_scan_is_not_enough(self, widow, mei, second, signed_in):
        page = agreed(widow, by=actor(mei))
        Desk(signed_in(mei)).send("wall-consent", widow.pk, language="zh-hans", how="paper")
        assert Consent.objects.get().state == State.SIGNED
        with pytest.raises(moves.Refused):
            actions.put_on_wall(page, by=actor(second), at=LATER)

    def test_that_was_recorded_by_mistake_is_read_by_nobody(self, up, mei):
        consents.mark_as_error(Consent.objects.get(), by=actor(mei), at=LATER)
        assert NAME not in in_public()


class TestANo:
    def test_of_one_hides_whoever_else_agreed(self, up, son, mei):
        actions.object_to_wall(son, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.HIDDEN
        assert NAME not in in_public()

    def test_of_another_household_hides_too(self, up, widow, mei, county):
        parents = FamilyFactory(giver=widow.family.giver, branch=county)
        mother = MemberFactory(family=parents, about={"kin": "PARENT", "name": "王桂"})
        actions.object_to_wall(mother, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.HIDDEN

    def test_of_another_household_is_lifted_on_its_own_page(self, up, widow, mei, county, signed_in):
        parents = FamilyFactory(giver=widow.family.giver, branch=county)
        mother = MemberFactory(family=parents, about={"kin": "PARENT", "name": "王桂"})
        actions.object_to_wall(mother, by=actor(mei), at=LATER)
        desk, lift = signed_in(mei), reverse("families:wall-no-lifted", args=[mother.pk])

        pages = [desk.get(reverse("families:detail", args=[one.pk])) for one in (widow.family, parents)]

        assert [lift in page.content.decode() for page in pages] == [False, True]

    def test_holds_until_their_own_word_lifts_it(self, up, son, mei, second):
        actions.object_to_wall(son, by=actor(mei), at=LATER)
        with pytest.raises(moves.Refused):
            actions.put_on_wall(up, by=actor(second), at=LATER)
        actions.lift_wall_objection(son, by=actor(mei), at=LATER)
        assert NAME not in in_public()  # nothing comes back by itself
        actions.put_on_wall(up, by=actor(second), at=LATER)
        assert NAME in in_public()

    def test_is_written_down_once(self, son, mei):
        actions.object_to_wall(son, by=actor(mei), at=LATER)
        actions.object_to_wall(son, by=actor(mei), at=LATER)
        assert WallObjection.objects.count() == 1

    def test_is_heard_before_there_is_a_page(self, son, widow, mei):
        actions.object_to_wall(son, by=actor(mei), at=WRITTEN)
        page = written(widow, by=actor(mei))
        with pytest.raises(moves.Refused):
            actions.show_wall_page(page, by=actor(mei), at=LATER)

    def test_is_taken_by_a_coordinator_who_sees_no_words(self, up, widow, county):
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)
        actions.object_to_wall(widow, by=actor(lin), at=LATER)
        assert state_of(up) == WallState.HIDDEN


class TestAWishForConfidentiality:
    def test_beats_every_consent(self, up, widow, mei, second):
        actions.keep_confidential(widow.family, who_said="本人生前所说", by=actor(mei), at=LATER)
        assert state_of(up) == WallState.HIDDEN
        assert NAME not in in_public()
        with pytest.raises(moves.Refused):
            actions.put_on_wall(up, by=actor(second), at=LATER)

    def test_lets_nobody_begin(self, widow, mei):
        actions.keep_confidential(widow.family, who_said="女儿来电", by=actor(mei), at=WRITTEN)
        with pytest.raises(moves.Refused):
            written(widow, by=actor(mei), at=LATER)

    def test_says_who_said_so(self, widow, mei):
        with pytest.raises(moves.Refused):
            actions.keep_confidential(widow.family, who_said=" ", by=actor(mei), at=LATER)

    def test_is_taken_back_by_another_than_who_wrote_it(self, widow, mei, second):
        actions.keep_confidential(widow.family, who_said="女儿来电", by=actor(mei), at=WRITTEN)
        with pytest.raises(moves.Refused):
            actions.was_not_confidential(widow.family, by=actor(mei), at=LATER)
        actions.was_not_confidential(widow.family, by=actor(second), at=LATER)
        assert written(widow, by=actor(mei), at=LATER).state == WallState.DRAFT


class TestAChangeOfWords:
    def test_takes_it_down_and_needs_a_new_yes(self, up, widow, mei, second):
        page = written(widow, by=actor(mei), at=LATER, words="路还长。")
        assert page.state == WallState.DRAFT
        assert NAME not in in_public()
        with pytest.raises(moves.WrongState):
            actions.put_on_wall(page, by=actor(second), at=LATER)

    def test_asked_by_the_family_is_kept_sealed_and_comes_back_to_the_desk(self, widow, mei, signed_in):
        page = actions.show_wall_page(written(widow, by=actor(mei)), by=actor(mei), at=WRITTEN)
        desk = Desk(signed_in(mei))
        desk.fail("wall-answer", page.pk, member=widow.pk, answer="change")
        desk.send("wall-answer", page.pk, member=widow.pk, answer="change", words="请用老周")
        page = WallPage.objects.get()
        assert page.state == WallState.DRAFT
        assert vault.open_one(page, "change_asked")["change_asked"] == "请用老周"
        assert "请用老周" in desk.page("wall-write", widow.family_id)
        waits = queries.waiting(WallPage.objects.all(), timezone.localdate(), "write")
        assert list(waits) == [page]

    def test_that_changes_nothing_is_refused(self, up, widow, mei):
        with pytest.raises(moves.Refused):
            written(widow, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.ON_WALL


class TestASecondPerson:
    def test_is_asked_by_the_database_too(self, up, mei):
        with pytest.raises(IntegrityError), transaction.atomic():
            WallPage.objects.filter(pk=up.pk).update(put_up_by_id=up.written_by_id)

    def test_is_not_who_wrote_the_yes_down(self, widow, mei, second):
        consented(widow, by=actor(mei))
        page = actions.show_wall_page(written(widow, by=actor(mei)), by=actor(mei), at=WRITTEN)
        actions.agree_to_wall(page, widow, by=actor(second), at=WRITTEN)
        with pytest.raises(moves.Refused):
            actions.put_on_wall(page, by=actor(second), at=LATER)

    def test_is_not_who_took_a_no_back(self, up, son, mei, second):
        actions.object_to_wall(son, by=actor(mei), at=LATER)
        actions.lift_wall_objection(son, by=actor(second), at=LATER)
        with pytest.raises(moves.Refused):
            actions.put_on_wall(up, by=actor(second), at=LATER)
        assert NAME not in in_public()

    def test_is_not_who_took_the_givers_wish_back(self, up, widow, mei, second):
        actions.keep_confidential(widow.family, who_said="女儿来电", by=actor(mei), at=LATER)
        actions.was_not_confidential(widow.family, by=actor(second), at=LATER)
        with pytest.raises(moves.Refused):
            actions.put_on_wall(up, by=actor(second), at=LATER)
        third = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)
        actions.put_on_wall(up, by=actor(third), at=LATER)
        assert NAME in in_public()


class TestAnErasure:
    def test_of_the_giver_ends_it(self, up, widow, mei):
        vault.erase(widow.family.giver.subject, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.ENDED
        assert NAME not in in_public()

    def test_of_who_consented_takes_it_down(self, up, widow, mei):
        vault.erase(widow.subject, by=actor(mei), at=LATER)
        assert state_of(up) == WallState.HIDDEN
        assert NAME not in in_public()

    def test_leaves_a_page_of_the_family_that_opens(self, up, widow, mei, signed_in):
        vault.erase(widow.family.giver.subject, by=actor(mei), at=LATER)
        desk = Desk(signed_in(mei))
        desk.page("detail", widow.family_id)
        desk.page("wall-proof", up.pk)


class TestByTheirOwnLink:
    @pytest.fixture
    def shown(self, widow: Any, mei: Any) -> WallPage:
        return actions.show_wall_page(written(widow, by=actor(mei)), by=actor(mei), at=WRITTEN)

    def open(self, member: Any) -> tuple[Client, str]:
        """Open a new link, the second fact shown."""
        token = making.new_token(Purpose.WALL, member.subject, at=timezone.now())
        client, there = Client(), reverse("links:open", args=[token])
        phone = str(vault.open_one(member, "phone")["phone"])
        assert client.post(there, {"last_four": phone[-4:]}).status_code == 302
        return client, there

    def answer(self, member: Any, **said: str) -> int:
        client, there = self.open(member)
        seen = client.get(there)
        assert NAME in seen.content.decode()
        standing = seen.context["form"]["standing"].value()
        return int(client.post(there, {"standing": standing, "words": "", **said}).status_code)

    def test_a_yes_is_theirs(self, shown, widow):
        assert self.answer(widow, answer="yes") in {200, 302}
        page = WallPage.objects.get()
        assert page.state == WallState.AGREED
        assert (page.agreed, page.agreed_by_id) == (widow, str(widow.subject_id))

    def test_a_wish_for_a_change_comes_back_sealed(self, shown, widow):
        assert self.answer(widow, answer="change") == 422
        assert self.answer(widow, answer="change", words="请用老周") in {200, 302}
        page = WallPage.objects.get()
        assert page.state == WallState.DRAFT
        assert vault.open_one(page, "change_asked")["change_asked"] == "请用老周"

    def test_a_no_is_an_objection(self, shown, widow):
        assert self.answer(widow, answer="no") in {200, 302}
        assert WallObjection.objects.open().get().member == widow
        assert not queries.waiting(WallPage.objects.all(), timezone.localdate()).exists()

    def test_a_yes_to_other_words_is_none(self, shown, widow, mei):
        client, there = self.open(widow)
        standing = client.get(there).context["form"]["standing"].value()
        page = written(widow, by=actor(mei), at=LATER, words="路还长。")
        actions.show_wall_page(page, by=actor(mei), at=LATER)
        said = {"answer": "yes", "words": "", "standing": standing}
        assert client.post(there, said).status_code in {409, 422}
        assert state_of(shown) == WallState.SHOWN

    @pytest.mark.parametrize("stands", ["AGREED", "ON_WALL", "HIDDEN", "DRAFT"])
    def test_a_no_is_heard_wherever_the_page_stands(self, shown, son, mei, second, stands):
        client, there = self.open(son)
        widow = MemberFactory(family=son.family)
        if stands == "DRAFT":
            written(widow, by=actor(mei), at=LATER, words="路还长。")
        else:
            consented(widow, by=actor(mei))
            actions.agree_to_wall(shown, widow, by=actor(mei), at=WRITTEN)
        if stands in {"ON_WALL", "HIDDEN"}:
            actions.put_on_wall(shown, by=actor(second), at=WRITTEN)
        if stands == "HIDDEN":
            actions.object_to_wall(widow, by=actor(mei), at=LATER)
        assert state_of(shown) == stands
        seen = client.get(there)
        assert (NAME in seen.content.decode()) is (stands != "DRAFT")
        said = {"words": "", "standing": seen.context["form"]["standing"].value()}
        assert client.post(there, {**said, "answer": "yes"}).status_code == 422
        assert client.post(there, {**said, "answer": "no"}).status_code == 302
        assert WallObjection.objects.open().filter(member=son).exists()
        assert state_of(shown) == ("HIDDEN" if stands == "ON_WALL" else stands)
        assert NAME not in in_public()

    def test_is_offered_only_while_they_are_shown_a_page(self, widow, mei, shown):
        person = recipients.of([widow.subject_id])[widow.subject_id]
        assert Purpose.WALL in sending.purposes_of(person)
        actions.agree_to_wall(shown, widow, by=actor(mei), at=LATER)
        assert Purpose.WALL not in sending.purposes_of(person)


class TestTheWall:
    def test_shows_nothing_whose_seal_is_broken(self, up, widow, mei, signed_in):
        other = WallPage.objects.get(pk=up.pk)
        WallPage.objects.filter(pk=up.pk).update(name=other.words)  # moved from another cell
        assert NAME not in in_public()
        Desk(signed_in(mei)).page("wall-proof", up.pk)
        Desk(signed_in(mei)).page("wall-write", widow.family_id)

    def test_shows_no_years_where_none_are_wished(self, widow, mei, second):
        put_up(widow, by=actor(mei), second=actor(second), years_shown=False)
        assert "2026" not in in_public()

    def test_is_kept_by_nobody_and_found_by_no_search_engine(self, up):
        answer = Client().get(reverse("wall:wall"))
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        said = answer.content.decode()
        assert "沈丽萍" not in said
        assert str(up.pk) not in said

    def test_of_another_branch_does_not_show_it(self, up):
        assert NAME not in in_public(branch=BranchFactory(name="别处红十字会"))

    def test_shows_who_came_last_in_front_and_turns_pages(self, county, mei, second):
        for n in range(25):
            member = MemberFactory(family=FamilyFactory(branch=county))
            at = WRITTEN + n * timedelta(minutes=1)
            put_up(member, by=actor(mei), second=actor(second), at=at, name=f"名字{n:02}")
        seen = in_public()
        assert seen.index("名字24") < seen.index("名字23")
        assert "名字00" not in seen

    def test_shows_it_until_its_last_day(self, up, settings):
        page = WallPage.objects.get()
        assert page.ends_on.year == WRITTEN.year + settings.WALL_YEARS
        WallPage.objects.update(ends_on=timezone.localdate() - DAY)
        assert NAME not in in_public()
        actions.end_wall_pages_over(by=task_actor("test"), at=timezone.now())
        assert state_of(page) == WallState.ENDED

    def test_lets_a_name_stay_by_the_familys_word(self, up, widow, mei, signed_in):
        WallPage.objects.update(ends_on=timezone.localdate() + DAY)
        assert list(queries.waiting(WallPage.objects.all(), timezone.localdate(), "ending")) == [up]
        Desk(signed_in(mei)).send("wall-prolong", up.pk, member=widow.pk)
        assert not queries.waiting(WallPage.objects.all(), timezone.localdate()).exists()


class TestAtTheDesk:
    def test_another_branch_finds_nothing(self, up, widow, signed_in):
        far = StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory(name="别处红十字会"))
        client = signed_in(far)
        for name, pk in (("wall-proof", up.pk), ("wall-no", widow.pk), ("wall-write", widow.family_id)):
            assert client.get(reverse(f"families:{name}", args=[pk])).status_code == 404
        assert client.post(reverse("families:wall-put-up", args=[up.pk])).status_code == 404

    def test_asks_nobody_of_another_branchs_household(self, up, widow, mei, signed_in):
        elsewhere = BranchFactory(name="别处红十字会")
        mother = MemberFactory(family=FamilyFactory(giver=widow.family.giver), about={"kin": "PARENT"})
        Family.objects.filter(pk=mother.family_id).update(branch=elsewhere, branch_path=elsewhere.path)
        desk = Desk(signed_in(mei))
        for name, said in (("wall-answer", {"answer": "yes"}), ("wall-prolong", {})):
            page = desk.page(name, up.pk)
            assert str(widow.pk) in page
            assert str(mother.pk) not in page
            desk.fail(name, up.pk, member=mother.pk, **said)
        with pytest.raises(moves.NotAllowed):
            actions.prolong_wall_page(up, mother, by=actor(mei), at=LATER)

    def test_another_branchs_household_of_the_same_giver_reads_no_words(self, up, widow, signed_in):
        far = BranchFactory(name="别处红十字会")
        parents = FamilyFactory(giver=widow.family.giver)
        Family.objects.filter(pk=parents.pk).update(branch=far, branch_path=far.path)
        client = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=far))
        answer = client.get(reverse("families:wall-write", args=[parents.pk]))
        assert answer.status_code == 404
        page = client.get(reverse("families:detail", args=[parents.pk]))
        assert (page.status_code, NAME in page.content.decode()) == (200, False)

    def test_the_list_and_the_day_say_what_waits(self, widow, mei, signed_in):
        agreed(widow, by=actor(mei))
        desk = Desk(signed_in(mei))
        assert str(widow.family_id) in desk.page("wall")
        assert str(widow.family_id) in desk.page("wall", what="approve")
        assert str(widow.family_id) not in desk.page("wall", what="ending")
        assert "card-wall" in desk.client.get(reverse("desk:today")).content.decode()

    def test_a_consent_is_taken_back_from_the_familys_page(self, up, widow, mei, signed_in):
        client = signed_in(mei)
        consent = Consent.objects.get()
        assert consent.get_absolute_url() in Desk(client).page("detail", widow.family_id)
        said = {"own_word": "on"}
        assert client.post(consent.get_absolute_url(), said).status_code in {200, 302}
        assert state_of(up) == WallState.HIDDEN

    def test_the_paper_says_the_same(self, up, mei, signed_in):
        answer = signed_in(mei).get(reverse("families:wall-paper", args=[up.pk]))
        assert answer.status_code == 200

    def test_writing_begins_anew_after_the_end(self, up, widow, mei):
        actions.end_wall_page(up, by=actor(mei), at=LATER)
        page = actions.write_wall_page(widow.family, OnTheWall(name=NAME), by=actor(mei), at=LATER)
        assert page.state == WallState.DRAFT


class TestTheDatabase:
    """What must never be true is refused, whoever writes it."""

    @pytest.mark.parametrize(
        "half",
        [
            {"agreed_by_id": ""},
            {"agreed": None},
            {"agreed_at": None, "agreed_by_id": "", "agreed": None},
            {"agreed_at": WRITTEN - DAY},
            {"put_up_by_id": ""},
            {"put_up_at": None, "put_up_by_id": ""},
            {"ends_on": None},
            {"name": None},
        ],
        ids="-".join,
    )
    def test_lets_nothing_on_the_wall_that_is_half_agreed(self, up, half):
        with pytest.raises(IntegrityError), transaction.atomic():
            WallPage.objects.filter(pk=up.pk).update(**half)

    def test_keeps_one_page_a_giver(self, up, mei):
        with pytest.raises(IntegrityError), transaction.atomic():
            WallPage.objects.create(
                giver=up.giver,
                family=up.family,
                written_at=WRITTEN,
                written_by_id="x",
                **actor(mei).columns(),
            )

    def test_keeps_one_no_of_each_relative(self, widow, mei):
        actions.object_to_wall(widow, by=actor(mei), at=WRITTEN)
        with pytest.raises(IntegrityError), transaction.atomic():
            WallObjection.objects.create(member=widow, at=WRITTEN, **actor(mei).columns())

    def test_lifts_no_objection_by_nobody(self, widow, mei):
        objection = actions.object_to_wall(widow, by=actor(mei), at=WRITTEN)
        with pytest.raises(IntegrityError), transaction.atomic():
            WallObjection.objects.filter(pk=objection.pk).update(lifted_at=LATER)

    def test_keeps_no_wish_that_nobody_wrote_down(self, widow):
        with pytest.raises(IntegrityError), transaction.atomic():
            Giver.objects.update(confidential_at=WRITTEN)
