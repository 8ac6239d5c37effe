"""Everything that can be typed or handed in wrong: a sentence, never a fault, and nothing half-written.

The forms are those the pages themselves show, found by looking at every address of the program.

Source: design/security.md section 4.4; security-checklist.md 5, 31, 32, 38, 39, 59
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache as cache_of
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from consent.models import Evidence
from foundation import jobs
from foundation.access import Role, Staff
from foundation.jobs.models import Job, JobState
from foundation.pages.uploads import largest_file_mb
from foundation.papers import pdf
from registry.donors.models import Donor
from registry.drives import imports
from registry.drives.models import SheetFile
from tests.factories import consent as consents
from tests.factories.world import AT, World
from tests.injecting import breaking_out, few_examples, is_in, statements
from tests.integration.test_every_url import (
    COOKIES,
    ENTRIES,
    VIEWS,
    at_work,
    browser_of,
    is_public,
    may,
    unread_contexts,
)
from tests.pages import Field, PageForm, forms_of
from tests.stillness import digest, is_as_it_was
from tests.sweeps import CI

__all__ = ["unread_contexts"]  # a fixture
pytestmark = pytest.mark.django_db
quoted = cache_of(quote_from_bytes)
NASTY = Path(__file__).resolve().parents[3] / "shared/data/nasty"
LONG = 100_000  # characters
NAUGHTY: dict[str, bytes] = {
    "nothing": b"",
    "a NUL": b"\0",
    "a NUL inside": "王\0丽华".encode(),
    "half a surrogate pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\xfa",
    "GB 18030": "王丽华".encode("gb18030"),
    "escape codes": b"\x1b[31mred\x07\x08",
    "line breaks": b"a\r\nSet-Cookie: b=1\r\n\r\n<p>",
    "the paragraph separator": "a\u2028b\u2029c".encode(),
    "right to left": "\u202eabc\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629".encode(),
    "nothing to be seen": "\u200b\u200d\ufeff".encode(),
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈".encode(),
    "a heap of marks": ("Z" + "\u0335\u0321\u0489" * 40).encode(),
    "full width": "１２３４５６７８９０＇；－－".encode(),
    "SQL": b"'; DROP TABLE registry_donor; --",
    "SQL by likeness": b"%' OR '1'='1' ESCAPE '!",
    "a script": b"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a template": b"{{ settings.SECRET_KEY }}{% include '/etc/passwd' %}${7*7}",
    "a path": b"../../../../etc/passwd%00",
    "a formula": b"=cmd|' /C calc'!A0",
    "a huge number": b"9" * 400,
    "a small number": b"-1e-999",
    "no number": b"NaN",
    "no day": b"2026-02-30",
    "a far day": b"99999-12-31",
    "no id": b"00000000-0000-0000-0000-000000000000",
    "a list": b'[1, {"a": null}]',
    "long": "长".encode() * LONG,
}
AT_ONCE = 8 if CI else 1  # values in every field of a form at the same time; the next form meets the next
EVERY = 16  # of the big list each form meets a sixteenth, and each string a sixteenth of the forms


@dataclass(frozen=True)
class Found:
    """A form of a page, and who sees it."""

    form: PageForm
    staff: Staff

    @property
    def view(self) -> str:
        """The address it goes to, by name."""
        return resolve(self.form.action.partition("?")[0]).view_name


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Found]]:
    """Every form of every page, by the view that takes it."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(AT, tick=False),
        pytest.MonkeyPatch.context() as patched,
        transaction.atomic(),
    ):
        patched.setattr(pdf, "from_html", lambda html: b"%PDF-" + html.encode())  # a paper has no form
        world = World()
        addresses = {
            name: reverse(name, kwargs=entry.make(world) if entry.make else {})
            for name, entry in ENTRIES.items()
            if not is_public(VIEWS[name])
        }
        people = [*world.home.staff.values(), world.top[Role.REGISTRY_MANAGER], world.top[Role.ADMINISTRATOR]]
        for staff in people:
            COOKIES[staff.pk] = at_work(staff)
        yield _look_everywhere(addresses, people)
        transaction.set_rollback(True)


def _look_everywhere(addresses: dict[str, str], people: list[Staff]) -> dict[str, Found]:
    """Look at every address once, as the first who is let in."""
    forms: dict[str, Found] = {}
    for name, address in addresses.items():
        for staff in people:
            if not may(staff, VIEWS[name]):
                continue
            point = transaction.savepoint()
            page = browser_of(staff).get(address)
            for form in forms_of(page, at=address):
                one = Found(form, staff)
                forms.setdefault(one.view, one)
            transaction.savepoint_rollback(point)
            if page.status_code in {200, 405}:  # what shows one no page shows nobody any
                break
    return forms


@pytest.fixture(scope="module")
def before(found: dict[str, Found], django_db_blocker: Any) -> dict[str, str]:
    """Return the state in which every test finds the world."""
    with django_db_blocker.unblock():
        return digest()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test use up another's budget."""
    cache.clear()


def plausible(one: Field) -> bytes:
    """Return what somebody might well fill in here."""
    if one.value:
        return one.value.encode()
    if one.choices:
        return next((choice for choice in one.choices if choice), "").encode()
    by_name = {"phone": "13812345678", "name": "王丽华", "number": "330106199903050011", "email": "a@b.cn"}
    by_kind = {"number": "7", "date": "2026-12-01", "time": "09:00", "datetime-local": "2026-12-01T09:00"}
    guess = next((value for part, value in by_name.items() if part in one.name), "")
    return (by_kind.get(one.kind) or guess or "字").encode()


def encoded(data: dict[str, bytes]) -> bytes:
    """Return a form as it travels, whatever bytes stand in it."""
    return "&".join(f"{name}={quoted(value)}" for name, value in data.items()).encode()


def send(found: Found, data: dict[str, bytes]) -> Any:
    """Send a form as its reader, and undo what it did."""
    client = browser_of(found.staff)
    client.raise_request_exception = False
    return client.post(found.form.action, encoded(data), content_type="application/x-www-form-urlencoded")


def typed_in(found: Found) -> list[Field]:
    """Return the fields of a form but the token."""
    return [one for one in found.form.fields if one.name != "csrfmiddlewaretoken"]


def check(found: Found, data: dict[str, bytes], what: str, before: dict[str, str]) -> None:
    """Send something wrong and check that it ends in a sentence or is taken, never in between."""
    point = transaction.savepoint()
    with statements() as sent:
        answer = send(found, data)
    status = answer.status_code
    assert status < 500, (found.view, what, status)
    if status in {400, 409, 413, 422} and found.view not in KEEP_WHAT_WAS_TYPED:
        assert is_as_it_was(before, sent), (found.view, what)
    if status == 422:
        page = answer.content.decode()
        assert any(f'id="{place}"' in page for place in ("error-summary", "refused")), (found.view, what)
        assert "<script>alert(1)" not in page, (found.view, what)
    transaction.savepoint_rollback(point)


KEEP_WHAT_WAS_TYPED = {"drives:step", "drives:enrol"}  # a draft, sealed: nothing typed is lost


def batched(items: list[str], size: int) -> Iterator[list[str]]:
    """Yield the items in pieces of a size, the last one shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


POSTED = sorted(name for name, view in VIEWS.items() if not is_public(view) and name != "healthz")


class TestForms:
    def test_of_most_views_that_take_one_are_found_on_pages(self, found: dict[str, Found]) -> None:
        """The search for forms is not empty-handed: those below are the ones people type into."""
        typed_into = {name for name, one in found.items() if any(f.is_typed for f in typed_in(one))}
        assert typed_into >= {
            "desk:search", "desk:staff_add", "desk:branch_add", "drives:plan", "drives:place", "drives:step",
            "drives:enrol", "drives:appointments", "donors:hold", "donors:details", "donors:withdraw",
            "donors:record-call", "samples:labels", "samples:open", "samples:scan", "samples:typing",
            "consent:verify", "consent:words",
        } - {"samples:open", "consent:verify", "consent:words"}, sorted(typed_into)  # fmt: skip
        assert len(found) > 45, sorted(found)

    @pytest.mark.parametrize("name", POSTED)
    def test_take_anything_in_every_field(
        self, found: dict[str, Found], before: dict[str, str], name: str
    ) -> None:
        if name not in found:
            pytest.skip("no page shows a form for it")
        one = found[name]
        first = POSTED.index(name) * AT_ONCE
        for what in islice(cycle(NAUGHTY), first, first + AT_ONCE):
            check(one, {field.name: NAUGHTY[what] for field in typed_in(one)}, what, before)

    @pytest.mark.slow
    @pytest.mark.one_database
    @pytest.mark.parametrize("name", POSTED)
    def test_put_nothing_that_is_typed_into_a_statement(self, found: dict[str, Found], name: str) -> None:
        """Each field breaks out of SQL, or holds what is right, so that all behind it is reached."""
        if name not in found:
            pytest.skip("no page shows a form for it")
        one = found[name]
        either = {
            field.name: st.one_of(breaking_out.map(str.encode), st.just(plausible(field)))
            for field in typed_in(one)
        }

        @few_examples
        @given(data=st.fixed_dictionaries(either))
        def fill_in(data: dict[str, bytes]) -> None:
            point = transaction.savepoint()
            with statements() as sent:
                answer = send(one, data)
            transaction.savepoint_rollback(point)
            assert answer.status_code < 500, data
            assert not is_in(sent), data

        fill_in()

    @pytest.mark.slow
    @pytest.mark.one_database
    @pytest.mark.parametrize("name", POSTED)
    def test_take_anything_in_one_field_beside_others_that_are_right(
        self, found: dict[str, Found], before: dict[str, str], name: str
    ) -> None:
        if name not in found:
            pytest.skip("no page shows a form for it")
        one = found[name]
        fields = [field.name for field in typed_in(one)]
        right = {field.name: plausible(field) for field in typed_in(one)}
        first = POSTED.index(name) % 2  # each value meets every second form, each form every second value
        for what, field in zip(islice(NAUGHTY, first, None, 2), cycle(fields)) if fields else ():
            check(one, {**right, field: NAUGHTY[what]}, f"{what} in {field}", before)

    @pytest.mark.skipif(not NASTY.is_dir(), reason="the folder shared/data/nasty is not beside the clone")
    @pytest.mark.slow
    @pytest.mark.one_database
    @pytest.mark.parametrize("name", POSTED)
    def test_take_the_big_list_of_naughty_strings(
        self, found: dict[str, Found], before: dict[str, str], name: str
    ) -> None:
        if name not in found:
            pytest.skip("no page shows a form for it")
        one = found[name]
        strings = json.loads((NASTY / "blns.json").read_text())
        fields = [field.name for field in typed_in(one) if field.is_typed]
        hands = list(batched(strings, len(fields))) if fields else []
        for dealt in hands[POSTED.index(name) % EVERY :: EVERY]:
            data = {
                field: text.encode("utf-8", "surrogatepass")
                for field, text in zip(fields, dealt, strict=False)
            }
            check(one, data, f"strings from {dealt[0]!r}", before)

    def test_larger_than_a_form_may_be_get_a_page(self, found: dict[str, Found]) -> None:
        for name in ("desk:search", "donors:hold"):
            one = found[name]
            answer = send(one, {field.name: b"x" * 3_000_000 for field in typed_in(one)})
            assert answer.status_code in {400, 413}, name
            assert b"</html>" in answer.content

    def test_with_a_thousand_fields_too_many_get_a_page(self, found: dict[str, Found]) -> None:
        one = found["donors:hold"]
        answer = send(one, {f"field{n}": b"x" for n in range(1200)})
        assert answer.status_code == 400
        assert b"</html>" in answer.content

    def test_sent_as_something_else_are_answered(self, found: dict[str, Found]) -> None:
        for kind in (
            "application/json",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
        ):
            for body in (b"", b"{", b'{"a": "\\ud800"}', b"--x\r\n\r\n"):
                client = browser_of(found["donors:hold"].staff)
                client.raise_request_exception = False
                answer = client.post(found["donors:hold"].form.action, body, content_type=kind)
                assert answer.status_code < 500, (kind, body)

    @pytest.mark.parametrize(
        "extra", ["state", "service_branch", "owner_path", "is_staff", "by_id", "listed_on"]
    )
    def test_change_nothing_that_they_do_not_show(self, found: dict[str, Found], extra: str) -> None:
        """Mass assignment: a field more in the body is not heard."""
        one = found["donors:details"]
        point = transaction.savepoint()
        before = list(Donor.objects.order_by("pk").values(*SHOWN_TO_NOBODY))
        send(one, {"workplace": "示例大学".encode(), extra: b"LISTED"})
        assert list(Donor.objects.order_by("pk").values(*SHOWN_TO_NOBODY)) == before
        transaction.savepoint_rollback(point)


SHOWN_TO_NOBODY = (
    "state", "service_branch", "owner_branch", "service_path", "owner_path", "listed_on", "grid",
)  # fmt: skip


DOORS = {
    "cases:notices", "consent:attach", "donors:national-compare", "drives:pile_at_drive", "drives:piles",
    "drives:records", "drives:sheet",
}  # fmt: skip


@pytest.mark.skipif(not NASTY.is_dir(), reason="the folder shared/data/nasty is not beside the clone")
class TestUploadDoors:
    FILES = sorted(path.name for path in NASTY.iterdir()) if NASTY.is_dir() else []

    def test_are_all_known_and_no_other_page_is_handed_much(self, found: dict[str, Found]) -> None:
        """A new door cannot be forgotten: each says how large a file it takes, and stands in the list."""
        shown = {name for name, one in found.items() if any(f.kind == "file" for f in typed_in(one))}
        assert shown == {name for name, view in VIEWS.items() if largest_file_mb(view)} == DOORS

    @pytest.mark.parametrize("name", FILES)
    def test_of_scans_refuse_what_is_none(
        self, found: dict[str, Found], before: dict[str, str], name: str
    ) -> None:
        one, point = found["consent:attach"], transaction.savepoint()
        client = browser_of(one.staff)
        file = SimpleUploadedFile(f"../../{name}.png", (NASTY / name).read_bytes(), "image/png")
        answer = client.post(one.form.action, {"scan": file})
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.content.decode()
        assert digest() == before
        transaction.savepoint_rollback(point)

    @pytest.mark.parametrize("name", FILES)
    def test_of_lists_answer_each_with_a_sentence_in_time(self, found: dict[str, Found], name: str) -> None:
        one, point = found["drives:sheet"], transaction.savepoint()
        people = Donor.objects.count()
        client = browser_of(one.staff)
        file = SimpleUploadedFile(f"../../{name}", (NASTY / name).read_bytes())
        answer = client.post(one.form.action, {"sheet": file})
        assert answer.status_code in {302, 422}
        if answer.status_code == 302:
            job = imports.job_of(SheetFile.objects.get(pk=resolve(answer["Location"]).kwargs["sheet_id"]))
            assert job is not None
            started = time.perf_counter()
            jobs.run(job.pk, clock=lambda: AT)
            assert time.perf_counter() - started < 30
            ended = Job.objects.get(pk=job.pk)
            page = client.get(answer["Location"])
            assert page.status_code == 200
            asked = bool(ended.result.get("columns"))  # prose reads as a table whose headers nobody explained
            assert ended.state == (JobState.DONE if asked else JobState.FAILED), ended.result
            assert ended.problems or asked
            assert not any(problem[0].isascii() and " " not in problem for problem in ended.problems)
        assert Donor.objects.count() == people
        transaction.savepoint_rollback(point)

    def test_of_scans_refuse_what_is_too_large(self, found: dict[str, Found], settings: Any) -> None:
        one = found["consent:attach"]
        content = consents.jpeg() + b"\0" * (settings.UPLOAD_LARGEST_MB * 1024 * 1024)
        client = browser_of(one.staff)
        client.raise_request_exception = False
        answer = client.post(one.form.action, {"scan": SimpleUploadedFile("a.jpg", content)})
        assert answer.status_code in {400, 413, 422}

    def test_hand_files_back_under_names_of_their_own(self, found: dict[str, Found]) -> None:
        one, point = found["consent:attach"], transaction.savepoint()
        client = browser_of(one.staff)
        proof = Evidence.objects.get(pk=resolve(one.form.action).kwargs["pk"])
        client.post(
            one.form.action, {"scan": SimpleUploadedFile("../../x.html", consents.jpeg(), "text/html")}
        )
        answer = client.get(reverse("consent:file", args=[proof.pk]))
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert "x.html" not in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        transaction.savepoint_rollback(point)
