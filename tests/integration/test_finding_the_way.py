"""A member of staff finds the way: the rail, the search box, the branch, the language, the faults."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from foundation import moves
from foundation.access import Branch, BranchKind, Permission, Role
from foundation.desk import administration, rail, search, today
from foundation.pages import keyset
from foundation.trail.models import TrailRow
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def registries(monkeypatch):
    """Let a test register what it likes."""
    for module, name in ((rail, "_entries"), (today, "_cards"), (administration, "_doors")):
        monkeypatch.setattr(module, name, dict(getattr(module, name)))
    monkeypatch.setattr(search, "_providers", [])


def hits(*found):
    def find(request, text):
        return [search.Hit(title, url) for title, url in found]

    return search.Provider(frozenset({Permission.DONOR_VIEW}), find)


class TestRail:
    def test_shows_only_what_the_role_has(self, signed_in):
        coordinator = signed_in(StaffFactory(role=Role.COORDINATOR)).get("/", **ENGLISH)
        administrator = signed_in(StaffFactory(role=Role.ADMINISTRATOR)).get("/", **ENGLISH)

        assert reverse("desk:administration") not in coordinator.content.decode()
        assert reverse("desk:administration") in administrator.content.decode()

    def test_marks_where_one_is(self, signed_in):
        page = signed_in(StaffFactory()).get("/", **ENGLISH).content.decode()

        assert page.count('aria-current="page"') == 1

    def test_marks_administration_on_the_pages_behind_it(self, signed_in):
        page = signed_in(StaffFactory(role=Role.ADMINISTRATOR)).get(reverse("desk:staff"), **ENGLISH)

        assert f'<a href="{reverse("desk:administration")}" aria-current="page">' in page.content.decode()

    @pytest.mark.parametrize(
        ("role", "places"),
        [
            (
                Role.FAMILY_CARE,
                "care:letters events:list answers:families families:list wordings:list programmes:list",
            ),
            (
                Role.REGISTRY_MANAGER,
                "retention:home answers:donors programmes:list wordings:list consent:texts paging:duty",
            ),
            (Role.COORDINATOR, "answers:donors drives:calendar donors:calls"),
        ],
    )
    def test_leads_in_two_steps_to_everything_that_is_sent(self, role, places, signed_in):
        client = signed_in(StaffFactory(role=role))
        today = client.get("/").content.decode()
        seen = today + "".join(
            client.get(url).content.decode() for url in set(re.findall(r'<a href="(/[^"]+)"', today))
        )

        missing = [name for name in places.split() if f'href="{reverse(name)}"' not in seen]
        assert missing == []


class TestToday:
    @pytest.mark.parametrize(
        "role",
        [
            Role.TRANSPLANT_HOSPITAL,
            Role.COLLECTION_HOSPITAL,
            Role.DONOR_HOSPITAL,
            Role.ORGAN_COORDINATOR,
        ],
    )
    def test_says_what_is_still_to_come_for_a_role_without_rooms(self, role, signed_in):
        page = signed_in(StaffFactory(role=role)).get("/", **ENGLISH).content.decode()

        assert "Still to come" in page
        assert "Nothing needs you right now." not in page

    @pytest.mark.usefixtures("registries")
    def test_never_says_that_nothing_waits_beside_what_waits(self, signed_in):
        beside = today.Card(
            "beside", frozenset(), 1, "side", "foundation/desk/nothing.html", lambda _: {"waiting": 1}
        )
        today.register(beside)

        page = signed_in(StaffFactory(role=Role.MEDICAL_REVIEWER)).get("/", **ENGLISH).content.decode()

        assert "1 thing waits for you." in page
        assert page.count("Nothing needs you right now.") == 1  # the card itself

    def test_shows_a_search_box_only_where_it_can_find_something(self, signed_in):
        auditor = signed_in(StaffFactory(role=Role.AUDITOR)).get("/", **ENGLISH).content.decode()
        laboratory = signed_in(StaffFactory(role=Role.LABORATORY)).get("/", **ENGLISH).content.decode()

        assert 'id="q"' not in auditor
        assert 'placeholder="Barcode"' in laboratory


class TestAdministration:
    def test_is_closed_to_those_who_run_nothing(self, signed_in):
        assert (
            signed_in(StaffFactory(role=Role.LABORATORY)).get(reverse("desk:administration")).status_code
            == 403
        )


@pytest.mark.usefixtures("registries")
class TestTheSearchBox:
    def test_opens_a_single_hit_at_once(self, signed_in):
        search.register(hits(("王**", "/me/")))

        answer = signed_in(StaffFactory()).post(reverse("desk:search"), {"q": "13812344417"})

        assert (answer.status_code, answer.headers["Location"]) == (302, "/me/")

    def test_lists_several(self, signed_in):
        search.register(hits(("王**", "/me/"), ("李**", "/search/")))

        page = (
            signed_in(StaffFactory()).post(reverse("desk:search"), {"q": "wlh"}, **ENGLISH).content.decode()
        )

        assert "2 hits" in page
        assert "李**" in page

    def test_asks_only_rooms_whose_right_one_holds(self, signed_in):
        search.register(hits(("王**", "/me/")))

        page = signed_in(StaffFactory(role=Role.AUDITOR)).post(
            reverse("desk:search"), {"q": "wlh"}, **ENGLISH
        )

        assert "Nothing found" in page.content.decode()

    def test_lends_the_scope_of_the_right_it_asks_with(self, signed_in):
        seen = []
        staff = StaffFactory(role=Role.COORDINATOR)
        RoleAtFactory(staff=staff, role=Role.AUDITOR, branch=BranchFactory())

        def find(request, text):
            seen.append((request.scope.ranges, request.actor.role))
            return []

        search.register(search.Provider(frozenset({Permission.DONOR_VIEW}), find))
        signed_in(staff).post(reverse("desk:search"), {"q": "wlh"})

        coordinates = staff.roles.get(role=Role.COORDINATOR).branch
        assert [(low, role) for ((low, _),), role in seen] == [(coordinates.path, Role.COORDINATOR)]

    def test_keeps_what_was_asked_out_of_the_trail(self, signed_in):
        signed_in(StaffFactory()).post(reverse("desk:search"), {"q": "13812344417"})

        row = TrailRow.objects.get(verb="search.asked")
        assert b"13812344417" not in bytes(row.body)

    def test_has_a_budget_and_says_so(self, signed_in, settings):
        settings.SEARCHES_PER_HOUR = 1
        client = signed_in(StaffFactory())

        answers = [client.post(reverse("desk:search"), {"q": "wlh"}, **ENGLISH) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 429]
        assert "later" in answers[1].content.decode()

    @pytest.mark.parametrize("typed", ["", " ", "x", "\x00"])
    def test_wants_two_characters(self, signed_in, typed):
        assert signed_in(StaffFactory()).post(reverse("desk:search"), {"q": typed}).status_code == 422


class TestTheBranchSwitcher:
    def test_narrows_where_one_stands(self, signed_in):
        county = BranchFactory()
        client = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))

        answer = client.post(reverse("desk:stand"), {"branch": str(county.pk), "next": "/me/"})

        assert answer.headers["Location"] == "/me/"
        assert f"{county.name}</b>" in client.get("/").content.decode()

    @pytest.mark.parametrize("chosen", ["foreign", "nonsense", "nobody"])
    def test_refuses_a_branch_that_is_not_ones_own(self, signed_in, chosen):
        ids = {"foreign": str(BranchFactory().pk), "nonsense": "'; --", "nobody": str(uuid.uuid4())}

        answer = signed_in(StaffFactory()).post(reverse("desk:stand"), {"branch": ids[chosen]})

        assert answer.status_code == 404

    def test_sends_nobody_to_a_foreign_site(self, signed_in):
        answer = signed_in(StaffFactory()).post(reverse("desk:stand"), {"next": "https://example.org/"})

        assert answer.headers["Location"] == "/"


class TestTheLanguage:
    @pytest.mark.parametrize(("code", "lang"), [("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant"), ("en", "en")])
    def test_changes_and_keeps_the_page(self, signed_in, code, lang):
        client = signed_in(StaffFactory())

        answer = client.post(reverse("desk:language"), {"language": code, "next": "/me/"})

        assert answer.headers["Location"] == "/me/"
        assert f'<html lang="{lang}">' in client.get("/me/").content.decode()


class TestAFault:
    def test_speaks_three_languages_and_gives_a_number(self):
        page = Client().get("/nowhere/").content.decode()

        assert all(f'lang="{lang}"' in page for lang in ("zh-Hans", "zh-Hant", "en"))
        assert "<code>" in page

    def test_tells_nothing_of_what_went_wrong(self, signed_in, monkeypatch):
        def broken(request):
            raise RuntimeError("王丽华 13812344417")

        monkeypatch.setattr(today, "cards_for", broken)
        client = signed_in(StaffFactory())
        client.raise_request_exception = False

        answer = client.get("/")

        assert answer.status_code == 500
        assert "13812344417" not in answer.content.decode()

    def test_explains_a_form_that_was_open_too_long(self):
        answer = Client(enforce_csrf_checks=True).post(reverse("desk:language"), {"language": "en"})

        assert answer.status_code == 403
        assert "too long" in answer.content.decode()


class TestKeysetPages:
    @pytest.fixture
    def rows(self):
        province = BranchFactory(kind=BranchKind.PROVINCE)
        for _ in range(7):
            BranchFactory(kind=BranchKind.PREFECTURE, parent=province)
        return Branch.objects.filter(parent=province)

    @staticmethod
    def walk(rows, token, step, **how):
        seen = []
        while True:
            page = keyset.paginate(rows, {"page": token}, per=3, **how)
            seen.append([row.pk for row in page.items])
            token = getattr(page, step)
            if not token:
                return seen

    @pytest.mark.parametrize("key", ["-id", "id", ("kind",), ("-kind", "-path")])
    def test_show_every_row_once_forwards_and_backwards(self, rows, key):
        forwards = self.walk(rows, "", "next_token", key=key)
        backwards = self.walk(rows, "end", "previous_token", key=key)

        assert [len(page) for page in forwards] == [3, 3, 1]
        flat = [pk for page in forwards for pk in page]
        assert flat == [pk for page in reversed(backwards) for pk in page]
        assert len(set(flat)) == 7

    @pytest.mark.parametrize("token", ["n.", "n.x", "p.W10", "n.WzFd", "n.W251bGxd", "x", "n.💥"])
    def test_begin_anew_where_the_token_does_not_read(self, rows, token):
        assert len(keyset.paginate(rows, {"page": token}, per=3).items) == 3

    def test_count_to_ten_thousand_and_no_further(self, rows, monkeypatch):
        assert keyset.count_words(rows) == "7"
        monkeypatch.setattr(keyset, "COUNT_STOPS_AT", 5)
        assert keyset.count_words(rows) == "5+"

    def test_cost_two_queries(self, rows, django_assert_num_queries):
        with django_assert_num_queries(2):
            keyset.paginate(rows, {}, per=3)

    def test_refuse_to_sort_in_two_directions(self, rows):
        with pytest.raises(ValueError, match="one direction"):
            keyset.paginate(rows, {}, key=("id", "-kind"))


class TestAPageThatIsRefused:
    @pytest.fixture
    def client(self, registries, monkeypatch, signed_in):
        def refuse(*_args):
            raise moves.Refused(["No text is in force."])

        monkeypatch.setattr(today, "cards_for", refuse)
        monkeypatch.setattr(administration, "doors_for", refuse)
        return signed_in(StaffFactory(role=Role.ADMINISTRATOR))

    def test_leads_to_today_and_leaves_a_line_on_the_trail(self, client):
        answer = client.get(reverse("desk:administration"))

        assert (answer.status_code, answer["Location"]) == (302, "/")
        facts = bytes(TrailRow.objects.get(verb="act.refused").body).decode()
        assert "Refused" in facts
        assert "desk:administration" in facts

    def test_that_is_today_itself_is_a_fault_and_leads_nowhere(self, client):
        with pytest.raises(moves.Refused):
            client.get("/")
