"""A coordinator puts a drive's paper forms through the scanner: each is filed with the person of its tube.

``filed`` scans, draws and reads; ``sorted_out`` begins after that, for what has nothing to do with reading.
"""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from consent import actions as consents
from consent.models import Consent, Evidence
from consent.states import State
from foundation import approvals, jobs, vault
from foundation.access import Role
from foundation.jobs import Job, JobState
from foundation.trail.models import TrailRow
from foundation.vault import DataKey
from registry.donors.models import Donor
from registry.drives import piles
from registry.drives.models import DiscardReason, FormProblem, FormState, Pile, PileForm, PilePage
from registry.drives.piles import filing, queries, uploads
from registry.drives.piles.problems import SENTENCES
from registry.samples import actions as samples
from registry.samples.models import Sample
from registry.samples.states import SampleState
from tests.factories import piles as scans
from tests.factories import samples as tubes
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory, signed_in
from tests.factories.piles import Sheet

pytestmark = pytest.mark.django_db
ON_PAPER = {"on_paper": True}
IN_ENGLISH = {"accept-language": "en"}


@pytest.fixture
def house():
    return tubes.house()


@pytest.fixture
def drive(house):
    return DriveFactory(branch=house.county)


@pytest.fixture
def lin(client, house):
    return signed_in(client, house.coordinator)


def volunteer(house, drive, **more):
    """Return the tube of somebody who signed on paper at the drive."""
    donor = tubes.volunteer(house, **(ON_PAPER | more))
    Donor.objects.filter(pk=donor.pk).update(drive=drive)
    return tubes.tube(house, donor)


def hand_in(house, content, drive=None, *, by=None):
    by = by or house.collects
    return piles.hand_in(content, name="pile.pdf", branch=house.county, drive=drive, by=by, at=timezone.now())


def worked(pile):
    """Return a pile after its work, as it stands then, with its job."""
    job = jobs.run(piles.job_of(pile).pk, clock=timezone.now)
    return Pile.objects.get(pk=pile.pk), job


def filed(house, sheets, drive=None):
    return worked(hand_in(house, scans.pdf(sheets), drive))


@pytest.fixture
def _read_before(monkeypatch):
    monkeypatch.setattr(uploads, "Scan", scans.ReadBefore)


def sorted_out(house, codes, drive=None):
    """Return the pile of pages that were read before, as it stands after its work, with its job."""
    return worked(hand_in(house, scans.told(*codes), drive))


def scanned(tube, house):
    """Let the paper of a person be there already, scanned by hand."""
    picture = scans.photograph(Sheet(dpi=75), width=600)
    consents.attach_scan(tube.donor.subject, picture, by=house.collects, at=tubes.LATER)


def proof_of(tube):
    return Evidence.objects.get(subject__donor__samples=tube)


def problems(pile):
    return list(pile.forms.order_by("first_page").values_list("state", "problem"))


LOOK, FILED = FormState.LOOK.value, FormState.FILED.value


class TestAPile:
    def test_is_filed_by_the_barcode_of_each_form(self, house, drive):
        first, second = volunteer(house, drive), volunteer(house, drive)

        _pile, job = filed(house, [Sheet(second.barcode), Sheet(first.barcode)], drive)

        assert job.state == JobState.DONE, job.problems
        assert job.result["filed"] == 2
        assert [proof_of(tube).content_type for tube in (first, second)] == ["image/jpeg"] * 2
        assert not Evidence.objects.missing().exists()

    @pytest.mark.usefixtures("_read_before")
    def test_keeps_nothing_when_every_form_is_dealt_with(self, house, drive):
        tube = volunteer(house, drive)

        pile, _job = sorted_out(house, [tube.barcode], drive)

        assert pile.ended_at
        assert pile.key is None
        assert pile.content is None
        assert not PilePage.objects.exclude(picture=None).exists()

    @pytest.mark.slow
    def test_takes_the_back_of_a_form_to_its_front_and_leaves_out_empty_ones(self, house, drive):
        first, second = volunteer(house, drive), volunteer(house, drive)
        sheets = [
            Sheet(first.barcode),
            Sheet(kind="back"),
            Sheet(second.barcode),
            Sheet(kind="empty"),
        ]

        pile, job = filed(house, sheets, drive)

        assert problems(pile) == [(FILED, ""), (FILED, "")]
        assert job.result["blank"] == 1
        wide, narrow = (opened_picture(proof_of(tube)) for tube in (first, second))
        assert wide.width > wide.height
        assert narrow.width < narrow.height

    @pytest.mark.slow
    def test_reads_pages_askew_faint_lying_and_upside_down(self, house, drive):
        ways = [{"skew": 3, "ink": 150}, {"turned": 1}, {"turned": 2}, {"label_skew": 30}]
        sheets = [Sheet(volunteer(house, drive).barcode, **way) for way in ways]

        pile, _job = filed(house, sheets, drive)

        assert problems(pile) == [(FILED, "")] * 4

    @pytest.mark.usefixtures("_read_before")
    def test_says_of_each_form_why_it_was_not_filed(self, house, drive):
        good, there, twice, gone = (volunteer(house, drive) for _ in range(4))
        screen = tubes.tube(house)
        elsewhere = volunteer(tubes.house(), drive)
        scanned(there, house)
        consents.withdraw_all(gone.donor.subject, by=house.collects, at=tubes.LATER)
        codes = [
            "", good.barcode, there.barcode, twice.barcode, "LR-NOBODY22", twice.barcode,
            elsewhere.barcode, gone.barcode, screen.barcode,
        ]  # fmt: skip

        pile, job = sorted_out(house, codes, drive)

        assert job.result["filed"] == 1
        assert problems(pile) == [
            (LOOK, FormProblem.NO_BARCODE),
            (FILED, ""),
            (LOOK, FormProblem.THERE),
            (LOOK, FormProblem.TWICE),
            (LOOK, FormProblem.UNKNOWN),
            (LOOK, FormProblem.TWICE),
            (LOOK, FormProblem.UNKNOWN),
            (LOOK, FormProblem.WITHDRAWN),
            (LOOK, FormProblem.NO_PAPER),
        ]

    @pytest.mark.slow
    def test_does_not_swallow_a_front_whose_barcode_is_torn_off(self, house, drive):
        known = [volunteer(house, drive) for _ in range(3)]
        sheets = [*(Sheet(tube.barcode) for tube in known), Sheet(), Sheet(kind="back")]

        pile, _job = filed(house, sheets, drive)

        assert problems(pile) == [(FILED, "")] * 3 + [(LOOK, FormProblem.NO_BARCODE)]
        assert pile.forms.get(state=LOOK).scanned.count() == 2

    @pytest.mark.usefixtures("_read_before")
    def test_does_not_swallow_what_looks_like_a_front_without_a_barcode(self, house, drive):
        codes = [volunteer(house, drive).barcode for _ in range(3)]

        pile, _job = sorted_out(house, [*codes, "", "back"], drive)

        assert problems(pile) == [(FILED, "")] * 3 + [(LOOK, FormProblem.NO_BARCODE)]
        assert pile.forms.get(state=LOOK).scanned.count() == 2

    @pytest.mark.slow
    def test_tells_our_own_printed_form_by_its_mark(self, house, drive):
        tube, other = volunteer(house, drive), volunteer(house, drive)
        sheets = [
            Sheet(tube.barcode, mark="LIFE-RELAY hpc_recruitment 1 zh-hans"),
            Sheet(mark="LIFE-RELAY hpc_recruitment 1 zh-hans"),
            Sheet(other.barcode, mark="LIFE-RELAY hpc_recruitment 7 zh-hans"),
        ]

        pile, _job = filed(house, sheets, drive)

        assert problems(pile) == [
            (FILED, ""),
            (LOOK, FormProblem.NO_BARCODE),
            (LOOK, FormProblem.OTHER_TEXT),
        ]

    @pytest.mark.slow
    def test_takes_a_tiff_and_a_photograph(self, house, drive):
        first, second, third = (volunteer(house, drive) for _ in range(3))

        piles_ = [
            worked(hand_in(house, content, drive))[0]
            for content in (
                scans.tiff([Sheet(first.barcode), Sheet(second.barcode)]),
                scans.photograph(Sheet(third.barcode)),
            )
        ]

        assert [problems(pile) for pile in piles_] == [[(FILED, "")] * 2, [(FILED, "")]]

    @pytest.mark.usefixtures("_read_before")
    def test_of_the_same_file_is_the_same_pile(self, house, drive):
        content = scans.told(volunteer(house, drive).barcode)
        pile, _job = worked(hand_in(house, content, drive))

        assert hand_in(house, content, drive).pk == pile.pk
        assert Job.objects.count() == 1

    @pytest.mark.usefixtures("_read_before")
    def test_is_purged_when_nobody_dealt_with_it(self, house, drive):
        pile, _job = sorted_out(house, [""], drive)

        piles.purge(by=house.collects, at=timezone.now() + timedelta(days=31))

        pile = Pile.objects.get()
        assert pile.key is None
        assert not PilePage.objects.exclude(picture=None).exists()
        assert not DataKey.objects.filter(subject=None, label=None).exists()


@pytest.mark.usefixtures("_read_before")
class TestATubeThatChangedHands:
    def test_leads_to_whose_it_was_when_the_paper_was_signed(self, house, drive):
        first, second = volunteer(house, drive), volunteer(house, drive)
        signer, later = first.donor.subject, second.donor.subject
        swapped(house, first, second)

        pile, _job = sorted_out(house, [first.barcode], drive)

        assert problems(pile) == [(FILED, "")]
        assert Evidence.objects.get(subject=signer).attached_at
        assert not Evidence.objects.get(subject=later).attached_at

    def test_and_was_turned_away_leads_to_the_same_person(self, house, drive):
        tube = volunteer(house, drive)
        Sample.objects.filter(pk=tube.pk).update(state=SampleState.REJECTED, reject_reason="CLOTTED")

        pile, _job = sorted_out(house, [tube.barcode], drive)

        assert problems(pile) == [(FILED, "")]


class TestGoingOn:
    @pytest.mark.usefixtures("_read_before")
    def test_after_a_stop_files_nothing_twice(self, house, drive, monkeypatch):
        known = [volunteer(house, drive) for _ in range(3)]
        pile = hand_in(house, scans.told(*(tube.barcode for tube in known)), drive)
        one = uploads._file_one

        def files_one_and_dies(form, *args, **kwargs):
            one(form, *args, **kwargs)
            raise KeyboardInterrupt

        monkeypatch.setattr(uploads, "_file_one", files_one_and_dies)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(piles.job_of(pile).pk, clock=timezone.now)
        monkeypatch.setattr(uploads, "_file_one", one)
        Job.objects.update(leased_until=timezone.now() - timedelta(hours=1))

        pile, job = worked(pile)

        assert job.state == JobState.DONE
        assert problems(pile) == [(FILED, "")] * 3
        assert TrailRow.objects.filter(verb="evidence.attached").count() == 3

    @pytest.mark.slow
    def test_in_the_middle_of_the_pages_draws_none_twice(self, house, drive, monkeypatch, settings):
        settings.PILE_PIECE = 1
        known = [volunteer(house, drive) for _ in range(2)]
        pile = hand_in(house, scans.pdf([Sheet(tube.barcode) for tube in known]), drive)
        keep = uploads._keep

        def keeps_and_dies(pile, pages):
            keep(pile, pages)
            raise KeyboardInterrupt

        monkeypatch.setattr(uploads, "_keep", keeps_and_dies)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(piles.job_of(pile).pk, clock=timezone.now)
        monkeypatch.setattr(uploads, "_keep", keep)
        Job.objects.update(leased_until=timezone.now() - timedelta(hours=1))

        pile, _job = worked(pile)

        assert problems(pile) == [(FILED, "")] * 2
        assert pile.scanned.count() == 2

    @pytest.mark.usefixtures("_read_before")
    def test_a_form_that_is_filed_is_not_filed_again(self, house, drive):
        tube = volunteer(house, drive)
        sorted_out(house, [tube.barcode, "LR-NOBODY22"], drive)
        form = PileForm.objects.get(state=FILED)

        with pytest.raises((piles.NotFiled, piles.PileProblem)):
            filing.file(form, proof_of(tube), by=house.collects, at=timezone.now())

        assert TrailRow.objects.filter(verb="evidence.attached").count() == 1

    @pytest.mark.usefixtures("_read_before")
    def test_stops_when_asked_and_goes_on_from_the_page(self, lin, house, drive):
        pile = hand_in(house, scans.told(volunteer(house, drive).barcode), drive)
        lin.post(reverse("drives:pile_stop", args=[pile.pk]))
        assert Job.objects.get().state == JobState.STOPPED

        page = lin.get(reverse("drives:pile", args=[pile.pk])).content.decode()
        assert reverse("drives:pile_go_on", args=[pile.pk]) in page
        lin.post(reverse("drives:pile_go_on", args=[pile.pk]))

        assert worked(pile)[1].result["filed"] == 1


@pytest.mark.usefixtures("_read_before")
class TestPagesThatMoveWhileAFormIsFiled:
    """A colleague puts pages together, or takes them apart, while the pictures are being drawn."""

    @pytest.fixture
    def tube(self, house, drive):
        return volunteer(house, drive)

    def filing_while(self, monkeypatch, rearrange):
        """Let the colleague act between the drawing of the pictures and the moment all is held."""
        draw = filing._scan_of

        def drawn(form, pages):
            scan = draw(form, pages)
            rearrange()
            return scan

        monkeypatch.setattr(filing, "_scan_of", drawn)

    def refused(self, house, form, tube):
        with pytest.raises(piles.PileProblem) as caught:
            piles.file_under(form, tube.barcode, by=house.collects, at=timezone.now())
        assert caught.value.code == "rearranged"
        assert not proof_of(tube).attached_at
        assert not PilePage.objects.filter(blank=False, picture=None).exists()

    def test_are_not_destroyed_unfiled(self, house, drive, tube, monkeypatch):
        pile, _job = sorted_out(house, ["", "LR-NOBODY22"], drive)
        first, second = pile.forms.order_by("first_page")
        self.filing_while(monkeypatch, lambda: piles.join(second, by=house.collects, at=timezone.now()))

        self.refused(house, first, tube)
        assert first.scanned.count() == 2

    def test_are_not_filed_with_a_person_they_were_taken_from(self, house, drive, tube, monkeypatch):
        pile, _job = sorted_out(house, ["", "back"], drive)
        form = pile.forms.get()
        self.filing_while(
            monkeypatch, lambda: piles.begin_anew(form, 2, by=house.collects, at=timezone.now())
        )

        self.refused(house, form, tube)

    def test_leave_no_form_where_they_were_put_to_another(self, house, drive, tube, monkeypatch):
        pile, _job = sorted_out(house, ["", "LR-NOBODY22"], drive)
        second = pile.forms.order_by("first_page")[1]
        self.filing_while(monkeypatch, lambda: piles.join(second, by=house.collects, at=timezone.now()))

        self.refused(house, PileForm.objects.get(pk=second.pk), tube)


class TestTheLists:
    def test_of_piles_and_of_papers_to_come_are_found_by_an_index(
        self, house, drive, django_assert_max_num_queries
    ):
        pile = hand_in(house, b"%PDF-1.7", drive)
        tube = volunteer(house, drive)

        with django_assert_max_num_queries(9) as asked:
            found = queries.earlier(house.county.path, None, Pile.objects.all())
            awaited = queries.waiting_for_paper(pile, piles.reach_of(house.collects, at=timezone.now()))

        assert (found, awaited) == ([pile], [tube.donor])
        assert not [one for one in asked.captured_queries if " LIKE " in one["sql"]]


@pytest.mark.usefixtures("_read_before")
class TestLookingAtAForm:
    @pytest.fixture
    def tube(self, house, drive):
        return volunteer(house, drive)

    @pytest.fixture
    def form(self, house, drive, tube):
        pile, _job = sorted_out(house, [""], drive)
        return pile.forms.get()

    def url(self, form):
        return reverse("drives:pile_form", args=[form.pile_id, form.pk])

    def test_files_it_under_the_barcode_that_is_typed(self, lin, form, tube):
        answer = lin.post(self.url(form), {"act": "file", "seen": "1", "text": tube.barcode.lower()})

        assert answer.status_code == 302
        assert proof_of(tube).attached_at
        assert Pile.objects.get().ended_at

    @pytest.mark.parametrize("what", ["name", "phone"])
    def test_files_it_for_who_stands_on_the_paper(self, lin, form, tube, what):
        typed = vault.open_one(tube.donor, what)[what]

        lin.post(self.url(form), {"act": "file", "seen": "1", "text": typed})

        assert proof_of(tube).attached_at

    def test_files_it_for_the_person_that_is_chosen(self, lin, form, tube):
        lin.post(self.url(form), {"act": "file", "seen": "1", "person": str(tube.donor_id)})

        assert proof_of(tube).attached_at

    def test_shows_no_name_of_another_day(self, lin, form):
        page = lin.get(self.url(form)).content.decode()

        assert "王**" in page
        assert "王丽华" not in page

    @pytest.mark.parametrize("typed", ["LR-NOBODY22", "没有此人", "", "🩸" * 30, "a\0b", "' OR 1=1"])
    def test_says_what_does_not_fit(self, lin, form, typed):
        answer = lin.post(self.url(form), {"act": "file", "seen": "1", "text": typed})

        assert answer.status_code == 422
        assert PileForm.objects.get().state == LOOK

    def test_files_nothing_for_a_person_of_another_branch(self, lin, form):
        stranger = volunteer(tubes.house(), None)

        by_code = lin.post(self.url(form), {"act": "file", "seen": "1", "text": stranger.barcode})
        nobody = lin.post(self.url(form), {"act": "file", "seen": "1", "text": "TUBE-999999"})
        chosen = lin.post(self.url(form), {"act": "file", "seen": "1", "person": str(stranger.donor_id)})

        assert {by_code.status_code, nobody.status_code, chosen.status_code} == {422}
        assert not proof_of(stranger).attached_at

    def test_says_that_the_scan_is_there_already(self, lin, house, form, tube):
        scanned(tube, house)

        answer = lin.post(
            self.url(form),
            {"act": "file", "seen": "1", "text": tube.barcode},
            headers={"accept-language": "en"},
        )

        assert "is there already" in answer.content.decode()

    def test_puts_it_away_with_a_reason(self, lin, form):
        assert lin.post(self.url(form), {"act": "discard"}).status_code == 422

        lin.post(self.url(form), {"act": "discard", "seen": "1", "reason": DiscardReason.NO_FORM})

        assert PileForm.objects.get().state == FormState.DISCARDED
        assert PilePage.objects.get().picture is None
        assert Pile.objects.get().ended_at

    def test_takes_pages_apart_and_puts_them_together(self, lin, house, drive):
        pile, _job = sorted_out(house, ["", "back"], drive)
        form = pile.forms.get()

        lin.post(self.url(form), {"act": "divide", "page": "2"})
        assert [f.first_page for f in pile.forms.order_by("first_page")] == [1, 2]

        lin.post(self.url(pile.forms.get(first_page=2)), {"act": "join"})
        assert pile.forms.get().scanned.count() == 2

    @pytest.mark.parametrize("told", [{"act": "file"}, {"act": "discard", "reason": DiscardReason.NO_FORM}])
    def test_takes_no_page_along_that_nobody_looked_at(self, lin, house, drive, tube, told):
        pile, _job = sorted_out(house, ["", "LR-NOBODY22"], drive)
        first, second = pile.forms.order_by("first_page")
        seen = re.findall(r'name="seen" value="([^"]*)"', lin.get(self.url(first)).content.decode())
        piles.join(second, by=house.collects, at=timezone.now())

        answer = lin.post(self.url(first), told | {"text": tube.barcode, "seen": seen[0]})

        assert answer.status_code == 422
        assert str(SENTENCES["rearranged"]) in answer.content.decode()
        assert pile.forms.get().state == LOOK
        again = re.findall(r'name="seen" value="([^"]*)"', answer.content.decode())
        assert (seen, again) == (["1", "1"], ["1,2", "1,2"])
        lin.post(self.url(first), told | {"text": tube.barcode, "seen": again[0]})
        assert pile.forms.get().state != LOOK

    def test_goes_on_to_the_next_one(self, lin, house, drive):
        pile, _job = sorted_out(house, ["", "LR-NOBODY22"], drive)
        first, second = pile.forms.order_by("first_page")

        answer = lin.post(self.url(first), {"act": "discard", "seen": "1", "reason": DiscardReason.NO_FORM})

        assert answer.url == self.url(second)

    def test_hands_out_the_picture_and_writes_the_look_down(self, lin, form):
        answer = lin.get(reverse("drives:pile_page", args=[form.pile_id, 1]))

        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert TrailRow.objects.filter(verb="pile.page_opened").count() == 1

    def test_is_nothing_for_another_branch(self, client, form):
        stranger = signed_in(client, StaffFactory(role=Role.COORDINATOR, branch=BranchFactory()))

        for name, args in (
            ("pile", [form.pile_id]),
            ("pile_form", [form.pile_id, form.pk]),
            ("pile_page", [form.pile_id, 1]),
        ):
            assert stranger.get(reverse(f"drives:{name}", args=args)).status_code == 404


@pytest.mark.usefixtures("_read_before")
class TestHandingInOnThePage:
    def post(self, browser, drive, content, name="pile.pdf"):
        file = SimpleUploadedFile(name, content)
        return browser.post(reverse("drives:pile_at_drive", args=[drive.pk]), {"pile": file})

    def test_leads_to_what_came_of_it_and_on_to_verifying(self, client, house, drive):
        zhou = signed_in(client, house.caseworker)
        tube = volunteer(house, drive)
        answer = self.post(zhou, drive, scans.told(tube.barcode, "LR-NOBODY22"))
        worked(Pile.objects.get())

        page = zhou.get(answer.url).content.decode()

        assert reverse("consent:verify") in page
        assert "LR-NOBODY22" in page
        assert "王**" in page
        assert zhou.get(reverse("consent:verify")).content.decode().count("consent-proof") > 0
        consents.verify(
            Consent.objects.filter(evidence=proof_of(tube), state=State.SIGNED),
            by=house.sends,
            at=timezone.now(),
        )

    def test_shows_that_it_goes_on_until_it_has_ended(self, lin, house, drive):
        answer = self.post(lin, drive, scans.told("LR-NOBODY22"))

        part = lin.get(answer.url, headers={"HX-Request": "true"})

        assert b"hx-trigger" in lin.get(answer.url).content
        assert b"<html" not in part.content

    def test_is_offered_at_the_branch_too(self, lin, house):
        url = reverse("drives:piles")
        assert lin.get(url).status_code == 200

        answer = lin.post(url, {"pile": SimpleUploadedFile("a.pdf", scans.told("LR-NOBODY22"))})

        assert answer.status_code == 302
        assert Pile.objects.get().branch == house.county

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 zip", b"<html>", b"\x89PN", b"x" * 100])
    def test_refuses_at_once_what_is_no_scan(self, lin, drive, content):
        assert self.post(lin, drive, content).status_code == 422
        assert not Pile.objects.exists()

    def test_refuses_a_file_that_is_too_large(self, lin, drive, settings):
        settings.PILE_LARGEST_MB = 0

        assert self.post(lin, drive, b"%PDF-1.7").status_code == 422

    def test_asks_for_the_right_to_bring_scans(self, client, drive):
        watcher = StaffFactory(role=Role.AUDITOR, branch=drive.branch)

        assert self.post(signed_in(client, watcher), drive, b"%PDF-").status_code == 403

    def test_is_nothing_where_donors_are_not_seen(self, client, drive):
        mei = signed_in(client, StaffFactory(role=Role.FAMILY_CARE, branch=drive.branch))

        assert mei.get(reverse("drives:piles")).status_code == 404
        assert mei.get(reverse("drives:pile_at_drive", args=[drive.pk])).status_code == 404


def opened_picture(proof):
    return Image.open(io.BytesIO(vault.open_one(proof, "content")["content"]))


def swapped(house, first, second):
    """Exchange the donors of two tubes, with the caseworker's yes."""
    asked = samples.ask_swap(
        first, second, reason="LABELS_EXCHANGED", by=house.collects, at=tubes.REGISTERED + timedelta(days=1)
    )
    approvals.decide(asked, yes=True, by=house.sends, at=tubes.REGISTERED + timedelta(days=1))
    assert {Sample.objects.get(pk=first.pk).donor_id} == {second.donor_id}
