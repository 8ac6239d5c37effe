"""A coordinator, a caseworker and a manager look at donors, call, hold, list and let go."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from foundation import moves, vault
from foundation.access import ROLE_PERMISSIONS, BranchKind, Role, Scope
from foundation.approvals import Approval
from foundation.trail.models import TrailRow
from registry.donors import actions, grid, names, queries
from registry.donors.act import Act
from registry.donors.acts import ACTS
from registry.donors.models import Call, CallTask, Donor
from registry.donors.queries import finding
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.drives.imports import import_rows
from registry.samples.models import Sample
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
ENGLISH: Any = {"headers": {"accept-language": "en"}}
SignIn = Callable[[Any], Client]


@pytest.fixture
def county() -> Any:
    return BranchFactory(name="西湖区红十字会")


@pytest.fixture
def desk(county: Any, signed_in: SignIn) -> Client:
    return signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))


@pytest.fixture
def province(county: Any, signed_in: SignIn) -> Client:
    return signed_in(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county.parent.parent))


def page(client: Client, name: str, *args: Any, status: int = 200) -> str:
    answer = client.get(reverse(f"donors:{name}", args=args))
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


class TestTheList:
    def test_shows_names_masked(self, county: Any, desk: Client) -> None:
        DonorFactory(branch=county, about={"name": "王丽华"})

        html = page(desk, "list")

        assert "王**" in html
        assert "王丽华" not in html

    def test_leaves_out_donors_of_other_branches(self, desk: Client) -> None:
        DonorFactory(about={"name": "王丽华"})

        assert "王**" not in page(desk, "list")

    def test_asks_the_same_number_of_questions_however_many_donors(
        self, county: Any, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(12):
            DonorFactory(branch=county)

        with django_assert_max_num_queries(22):
            page(desk, "list")


class TestTheDonorsPage:
    @pytest.mark.parametrize("state", list(DonorState))
    def test_opens_in_every_state_for_every_reader(
        self, state: DonorState, county: Any, desk: Client, province: Client
    ) -> None:
        donor = DonorFactory(branch=county, state=state)

        for reader in (desk, province):
            html = page(reader, "detail", donor.pk)
            assert donor.get_state_display() in html or state in html

    def test_names_the_day_of_the_listing_not_of_the_last_pause(self, county: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        first, again = timezone.now() - timedelta(days=90), timezone.now()
        steps = [
            moves.Step(move=move, to_state=state, at=at)
            for move, state, at in (
                ("list", DonorState.LISTED, first),
                ("hold", DonorState.ON_HOLD, first),
                ("release", DonorState.LISTED, again),
            )
        ]

        stages = {stage.words: stage.when for stage in queries.way(donor, steps)}

        assert stages[DonorState.LISTED.label] == f"{timezone.localtime(first):%Y-%m-%d}"

    def test_is_missing_at_another_branch(self, desk: Client) -> None:
        page(desk, "detail", DonorFactory().pk, status=404)

    def test_writes_each_look_down(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county)

        page(desk, "detail", donor.pk)

        assert TrailRow.objects.filter(verb="donor.viewed", object=f"registry.donor:{donor.pk}").exists()

    def test_shows_the_name_after_a_reason_was_given(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, about={"name": "王丽华"})

        answer = desk.post(reverse("donors:reveal", args=[donor.pk]), {"reason": "reach"})

        assert "王丽华" in answer.content.decode()
        assert TrailRow.objects.filter(verb="donor.revealed").exists()

    def test_keeps_the_name_without_a_reason(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, about={"name": "王丽华"})

        answer = desk.post(reverse("donors:reveal", args=[donor.pk]), {"reason": ""}, follow=True)

        assert "王丽华" not in answer.content.decode()

    def test_says_what_is_missing_before_anyone_presses(self, county: Any, province: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.TYPED)
        by = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county))

        with translation.override("en"):
            [checked] = queries.readiness([donor], by=by, at=timezone.now())

        province.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        html = page(province, "detail", donor.pk)
        assert checked.missing
        assert all(sentence in html for sentence in checked.missing)

    def test_asks_for_roles_and_for_consents_once_however_many_moves_there_are(self, county: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.TYPED)
        by = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county))

        with CaptureQueriesContext(connection) as asked:
            offered = moves.offers(donor, by=by, at=timezone.now())

        said = [query["sql"] for query in asked if not query["sql"].startswith("EXECUTE")]  # written above it
        tables = [sql.partition(" FROM ")[2].split()[0] for sql in said]
        assert len(offered) > 3
        assert tables.count('"foundation_roleat"') == 1
        assert tables.count('"consent_consent"') <= 1  # planned for this connection before, it stands nowhere
        assert sum(sql.startswith("EXECUTE") for sql in (query["sql"] for query in asked)) <= 1


class TestHolding:
    def test_pauses_and_ends(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.SAMPLED)
        until = timezone.localdate() + timedelta(days=60)

        desk.post(
            reverse("donors:hold", args=[donor.pk]),
            {"reason": Reason.PR_WORK_STUDY, "until": until.isoformat()},
        )

        donor = Donor.objects.get()
        assert (donor.state, donor.return_to, donor.hold_until) == (
            DonorState.ON_HOLD,
            DonorState.SAMPLED,
            until,
        )

    def test_costs_one_question_about_calls_where_none_waits(
        self, county: Any, django_assert_num_queries: Any
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.TYPED)

        with django_assert_num_queries(1):
            assert actions.fall_off(donor, at=timezone.now()) == 0

    def test_for_three_years_is_refused_with_a_sentence(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county)
        desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

        answer = desk.post(
            reverse("donors:hold", args=[donor.pk]), {"reason": Reason.PR_WORK_STUDY, "until": "2030-01-01"}
        )

        assert answer.status_code == 422
        assert "within 24 months" in answer.content.decode()
        assert Donor.objects.get().state == DonorState.REGISTERED

    def test_puts_the_donor_on_the_call_list_when_it_is_over(self, county: Any, now: Any) -> None:
        DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=date(2026, 11, 1))
        by = actor(StaffFactory(role=Role.COORDINATOR, branch=county))

        assert actions.call_where_a_pause_ended(by=by, at=now) == 1
        assert actions.call_where_a_pause_ended(by=by, at=now) == 0
        assert CallTask.objects.get().kind == "HOLD_ENDED"


class TestAnObjection:
    def test_says_what_lifting_it_needs_before_anyone_presses(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, objected_at=timezone.now())
        with translation.override("zh-hans"):
            sentence = translation.gettext("Call the donor first: only their own word lifts an objection.")
        assert sentence in page(desk, "lift-objection", donor.pk)
        desk.post(reverse("donors:lift-objection", args=[donor.pk]))
        assert Donor.objects.get().objected_at is not None


class TestCalling:
    def test_in_a_colleagues_hands_says_so(self, county: Any, desk: Client) -> None:
        colleague = StaffFactory(role=Role.COORDINATOR, branch=county, name="周航")
        task = CallTaskFactory(donor=DonorFactory(branch=county), owner=colleague)
        assert "周航" in page(desk, "call", task.pk)

    def test_shows_the_number_once_the_call_is_in_ones_hands(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.TYPED, about={"phone": "+8613812344417"})
        task = CallTaskFactory(donor=donor)
        assert "+8613812344417" not in page(desk, "call", task.pk)

        desk.post(reverse("donors:open-call", args=[task.pk]))

        assert "tel:+8613812344417" in page(desk, "call", task.pk)

    def test_is_not_ended_by_enter_in_a_field(self, county: Any, desk: Client) -> None:
        task = CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))
        desk.post(reverse("donors:open-call", args=[task.pk]))

        form = page(desk, "call", task.pk).split('<form class="call"')[1]

        assert form[form.index("<button") :].startswith(
            '<button type="submit" name="result" value="" hidden>'
        )
        answer = desk.post(reverse("donors:call", args=[task.pk]), {"number": "donor", "result": ""})
        assert answer.status_code == 422
        assert not Call.objects.exists()

    def test_before_listing_keeps_the_three_answers(self, county: Any, desk: Client) -> None:
        task = CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))
        desk.post(reverse("donors:open-call", args=[task.pk]))
        answers = dict.fromkeys(("family_supports", "process_known", "would_go_on"), "yes")

        answer = desk.post(
            reverse("donors:call", args=[task.pk]), {"number": "donor", "result": "REACHED", **answers}
        )

        assert answer.status_code == 302
        assert Call.objects.get().answers == answers
        assert CallTask.objects.get().state == "DONE"

    def test_before_listing_without_answers_is_refused(self, county: Any, desk: Client) -> None:
        task = CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))
        desk.post(reverse("donors:open-call", args=[task.pk]))

        answer = desk.post(reverse("donors:call", args=[task.pk]), {"number": "donor", "result": "REACHED"})

        assert answer.status_code == 422
        assert not Call.objects.exists()


class TestADoubtedTyping:
    def test_asks_for_a_new_sample_and_no_longer_for_the_call_before_listing(
        self, county: Any, province: Client
    ) -> None:
        task = CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED), kind="PRE_LISTING")

        province.post(reverse("donors:dispute-typing", args=[task.donor.pk]), {"reason": Reason.TQ})

        assert [each.kind for each in CallTask.objects.open()] == ["RESAMPLE"]


class TestTheSecondPerson:
    def test_is_told_which_act_is_to_be_undone_and_where_to_look(
        self, county: Any, desk: Client, province: Client
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        until = timezone.localdate() + timedelta(days=30)
        held = {"reason": Reason.MO_ABROAD, "until": until.isoformat()}
        desk.post(reverse("donors:hold", args=[donor.pk]), held)
        desk.post(reverse("donors:undo", args=[donor.pk]))

        question = Approval.objects.get()
        html = province.get(reverse("desk:approval", args=[question.pk])).content.decode()

        states = f"{DonorState.LISTED.label} → {DonorState.ON_HOLD.label}"
        assert states in html
        assert reverse("donors:detail", args=[donor.pk]) in html


class TestEveryPage:
    @pytest.mark.parametrize(
        "name",
        [
            "withdraw",
            "record-call",
            "details",
            "object",
            "report-dead",
            "choose-contact",
            "plan-call",
            "undo",
        ],
    )
    def test_of_an_act_opens(self, name: str, county: Any, desk: Client) -> None:
        page(desk, name, DonorFactory(branch=county, state=DonorState.LISTED).pk)

    @pytest.mark.parametrize("name", ["lift-objection", "lift-death-report", "undo"])
    def test_of_an_act_without_an_occasion_says_so(self, name: str, county: Any, desk: Client) -> None:
        html = page(desk, name, DonorFactory(branch=county, state=DonorState.LISTED).pk)

        assert 'aria-disabled="true"' in html

    @pytest.mark.parametrize("name", ["calls", "listing", "list"])
    def test_of_a_list_opens(self, name: str, county: Any, province: Client) -> None:
        CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))

        page(province, name)

    def test_of_today_opens(self, county: Any, desk: Client) -> None:
        CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))
        DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=date(2026, 11, 25))

        assert desk.get("/").status_code == 200

    def test_of_a_receipt_opens_and_prints(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)

        answer = desk.post(
            reverse("donors:withdraw", args=[donor.pk]),
            {"document_seen": "on", "samples": "now", "reason": ""},
            follow=True,
        )

        assert answer.status_code == 200
        assert grid.spaced(donor.grid) in answer.content.decode()
        assert desk.get(reverse("donors:receipt-paper", args=[donor.pk])).status_code == 200


def tube_of(donor: Donor) -> None:
    Sample.objects.create(donor=donor, barcode="ZJ26112000417", kind="SWAB", taken_at=donor.registered_at)


class TestFinding:
    @pytest.fixture
    def donor(self, county: Any) -> Donor:
        return DonorFactory(branch=county, about={"name": "阿依古丽·买买提", "phone": "+8613812344417"})

    def scope(self, county: Any) -> Any:
        return Scope.of([county.path])

    @pytest.mark.parametrize("text", ["138 1234 4417", "+86 138-1234-4417", "阿依古丽•买买提", "aygl"])
    def test_by_what_people_type(self, text: str, donor: Donor, county: Any) -> None:
        if text == "aygl":
            text = names.initials("阿依古丽·买买提").lower()

        assert queries.find(text, scope=self.scope(county)) == [donor]

    def test_by_document_and_number(self, donor: Donor, county: Any) -> None:
        number = vault.open_one(donor, "document")["document"]

        assert queries.find(str(number).lower(), scope=self.scope(county)) == [donor]
        assert queries.find(grid.spaced(donor.grid), scope=self.scope(county)) == [donor]

    def test_only_in_ones_scope(self, donor: Donor) -> None:
        other = BranchFactory(kind=BranchKind.COUNTY)

        assert queries.find("138 1234 4417", scope=self.scope(other)) == []

    def test_by_barcode(self, donor: Donor, county: Any) -> None:
        tube_of(donor)

        assert queries.find("zj2611 2000417", scope=self.scope(county)) == [donor]

    def test_by_a_document_of_a_record_that_was_joined(self, donor: Donor, county: Any) -> None:
        other = DonorFactory(branch=county)
        number = str(vault.open_one(other, "document")["document"])
        Donor.objects.filter(pk=other.pk).update(
            merged_into=donor, service_path="", owner_path="", state=DonorState.TRANSFERRED,
            left_at=other.registered_at, left_reason=Reason.MERGED,
        )  # fmt: skip

        assert queries.find(number, scope=self.scope(county)) == [donor]

    @pytest.mark.parametrize("text", ["王丽华", "wlh", "Wlh"])
    def test_by_a_name_or_initials_that_share_a_full_bucket(
        self, text: str, county: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "AT_ONCE", 2)
        wanted = DonorFactory(branch=county, about={"name": "王丽华"})
        others = [DonorFactory(branch=county, about={"name": "赵子涵"}) for _ in range(5)]
        everybody = Donor.objects.filter(pk__in=[one.pk for one in others])
        everybody.update(name_index=wanted.name_index, initials_index=wanted.initials_index)

        assert queries.look_up(text, scope=self.scope(county)) == finding.Found([wanted])

    def test_by_a_short_name_in_latin_letters_that_are_others_initials(self, county: Any) -> None:
        named = DonorFactory(branch=county, about={"name": "Wlh"})
        others = [DonorFactory(branch=county, about={"name": "王丽华"}) for _ in range(2)]

        assert queries.find("wlh", scope=self.scope(county)) == [named, *reversed(others)]

    @pytest.mark.parametrize("text", ["13800008888", "王丽华", "wlh"])
    def test_shows_the_newest_and_says_that_there_are_more(
        self, text: str, county: Any, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "MOST", 2)
        who = {"name": "王丽华", "phone": "+8613800008888"}
        donors = [DonorFactory(branch=county, about=who) for _ in range(3)]

        html = desk.post(reverse("desk:search"), {"q": text}, **ENGLISH).content.decode()

        assert queries.find(text, scope=self.scope(county)) == [donors[2], donors[1]]
        assert "There are more than these." in html
        assert html.count("王**") == 2

    @pytest.mark.parametrize("text", ["王丽华", "wlh"])
    def test_never_says_nobody_where_it_could_not_look_at_each(
        self, text: str, county: Any, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "LOOKED_THROUGH", 2)
        wanted = DonorFactory(branch=county, about={"name": "王丽华"})
        for _ in range(3):
            other = DonorFactory(branch=county, about={"name": "赵子涵"})
            Donor.objects.filter(pk=other.pk).update(
                name_index=wanted.name_index, initials_index=wanted.initials_index
            )

        html = desk.post(reverse("desk:search"), {"q": text}, **ENGLISH).content.decode()

        assert "Too many people here have a name like this" in html
        assert "Nothing found" not in html


@pytest.mark.both_databases
class TestWhatIsAskedToFind:
    """The plans of the very statements, with as many rows about as make a plan worth choosing."""

    @pytest.fixture
    def crowd(self, county: Any) -> None:
        """Three hundred others, and a database that knows how many they are."""
        consents.text()
        drive = DriveFactory(branch=county)
        others = [sheets.row(n, NAME=chr(0x4E00 + 13 * n) + chr(0x6800 + 17 * n)) for n in range(300)]
        by = actor(StaffFactory(branch=county))
        done = import_rows(sheets.csv(*others), drive, by=by, at=timezone.now())
        assert done.report.accepted == len(others), done.report
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    @pytest.fixture
    def plans(self, county: Any, crowd: None) -> Callable[[str], list[str]]:
        def plans(text: str) -> list[str]:
            with CaptureQueriesContext(connection) as asked:
                queries.look_up(text, scope=Scope.of([county.parent.parent.path]))
            donors = [one["sql"] for one in asked if 'FROM "registry_donor"' in one["sql"]]
            return [explained(sql) for sql in donors]

        return plans

    @pytest.mark.parametrize(
        ("by", "index"),
        [
            ("document", "foundation_subject"),
            ("phone", "donors_by_phone"),
            ("name", "donors_by_name"),
            ("initials", "donors_by_initials"),
            ("barcode", "registry_sample"),
        ],
    )
    def test_reads_an_index_and_never_the_table(
        self, by: str, index: str, county: Any, plans: Callable[[str], list[str]]
    ) -> None:
        donor = DonorFactory(branch=county)
        tube_of(donor)
        opened = {
            key: str(value) for key, value in vault.open_one(donor, "name", "phone", "document").items()
        }
        opened |= {"barcode": "ZJ26112000417", "initials": names.initials(opened["name"])}

        made = plans(opened[by])

        assert donor in queries.find(opened[by], scope=Scope.of([county.path]))
        assert any(index in plan for plan in made), made
        for plan in made:
            assert not re.search(r"Seq Scan on|SCAN |donors_of_service|donors_of_owner", plan), plan


def explained(sql: str) -> str:
    """Return how the database goes about a statement, as if its tables were large."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


GUARDED = [act for act in ACTS if (act.move or act.key == "lift-objection") and not act.own_page]
ASK_ONLY_WHAT_IS_TOLD = {"hold", "die", "exclude"}  # by their forms: nothing of the donor stands against them


class TestTheActsOfAPage:
    """Of a donor who lacks everything: the page says so before anyone presses, and pressing does nothing."""

    @pytest.mark.parametrize(
        ("act", "state"),
        [
            pytest.param(act, state, id=f"{act.key}-{state}")
            for act in GUARDED
            for state in (act.states if len(act.states) < 4 else [DonorState.LISTED])
        ],
    )
    def test_say_all_that_is_missing_and_refuse(
        self, act: Act, state: DonorState, county: Any, signed_in: SignIn
    ) -> None:
        at = timezone.now()
        role = next(role for role, rights in ROLE_PERMISSIONS.items() if act.permission in rights)
        staff = StaffFactory(role=role, branch=county.parent.parent)
        donor = DonorFactory(
            branch=county, state=state, objected_at=at, death_reported_at=at,
            about={"born_on": date(1950, 1, 1)}, contacts=[],
        )  # fmt: skip
        with translation.override("en"):
            missing = moves.missing(donor, act.move, by=actor(staff), at=at) if act.move else act.lacks(donor)
            wanted = {escape(str(sentence)) for sentence in missing or ()}
        desk, address = signed_in(staff), reverse(f"donors:{act.key}", args=[donor.pk])

        before, after = desk.get(address, **ENGLISH), desk.post(address, **ENGLISH)

        assert bool(wanted) == (act.key not in ASK_ONLY_WHAT_IS_TOLD)
        assert (before.status_code, after.status_code) == (200, 422)
        for answer in (before, after):
            html = answer.content.decode()
            assert not [sentence for sentence in wanted if sentence not in html]
            assert ('aria-disabled="true"' in html.split("</h1>")[1]) == bool(wanted)
        assert Donor.objects.get(pk=donor.pk).state == state
        assert not moves.steps_of(donor).exists()
