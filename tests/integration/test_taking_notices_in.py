"""Notices of the national registry come in: by hand, as a file of many, and after a donation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation import approvals, jobs, moves
from foundation.access import Role
from foundation.jobs import Job
from foundation.papers import sheets
from foundation.trail.models import TrailRow
from registry.cases import actions, incoming, notice_files
from registry.cases.models import MatchCase, NoticeFile, Patient
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}
HEADER = "Notice code,Donor GRID or barcode,Patient code,Request,Resolution,Received on"


@pytest.fixture
def zhou() -> Any:
    """Return the caseworker of a county."""
    return StaffFactory(role=Role.CASEWORKER, branch=BranchFactory())


def county(zhou: Any) -> Any:
    return zhou.roles.get().branch


def listed(zhou: Any, **more: Any) -> Donor:
    return DonorFactory(state=DonorState.LISTED, branch=county(zhou), **more)


def hand_in(client: Any, *rows: str, name: str = "notices.csv", header: str = HEADER) -> Any:
    """Hand a file in, do the work, and return the page that tells what became of it."""
    file = SimpleUploadedFile(name, "\n".join([header, *rows]).encode())
    return taken(client, file)


def taken(client: Any, file: Any) -> Any:
    answer = client.post(reverse("cases:notices"), {"sheet": file, "source": "DOMESTIC"}, headers=ENGLISH)
    if answer.status_code != 302:
        return answer
    jobs.run(Job.objects.latest("id").pk, clock=timezone.now)
    return client.get(answer.url, headers=ENGLISH)


def verdicts(answer: Any) -> dict[str, str]:
    return {one.cells[0]: one.verdict.value for one in answer.context["report"]["rows"]}


def to_mend(client: Any) -> Any:
    return client.post(reverse("cases:notices-mend", args=[NoticeFile.objects.latest("id").pk]))


class TestOneNotice:
    def test_opens_a_match_and_keeps_the_donor(self, zhou: Any, signed_in: Any) -> None:
        donor = listed(zhou)
        said = {
            "donor_number": donor.grid.lower(), "code": "n 17", "patient_code": "p-1",
            "source": "INTERNATIONAL", "request": "WORK_UP", "resolution": "10/10",
            "received_on": "2026-11-18", "requested_on": "2026-11-16",
        }  # fmt: skip

        answer = signed_in(zhou).post(reverse("cases:open"), said)

        case = MatchCase.objects.get()
        assert answer.status_code == 302
        assert (case.notice_code, case.patient.code, case.owner_id) == ("N17", "P-1", zhou.pk)
        assert case.contact_due_on == date(2026, 11, 19), "one working day after it was received"
        assert case.clock_ends_on == date(2027, 1, 29), "53 working days after the request"
        assert Donor.objects.get().state == DonorState.IN_CASE

    def test_of_a_stranger_is_refused_like_one_of_nobody(self, zhou: Any, signed_in: Any) -> None:
        elsewhere = DonorFactory(state=DonorState.LISTED)
        said = {"code": "N1", "patient_code": "P1", "source": "DOMESTIC", "request": "TYPING",
                "received_on": "2026-11-18"}  # fmt: skip
        client = signed_in(zhou)

        answers = [
            client.post(reverse("cases:open"), {**said, "donor_number": number}, headers=ENGLISH)
            for number in (elsewhere.grid, "0000ABCDEFGHJKMNP00")
        ]

        assert [one.status_code for one in answers] == [422, 422]
        assert answers[0].context["form"].errors == answers[1].context["form"].errors
        assert client.get(f"{reverse('cases:open')}?donor={elsewhere.pk}").status_code == 404
        assert not MatchCase.objects.exists()
        assert not Patient.objects.exists()

    @pytest.mark.parametrize("code", ["王丽华", "33010619990305002X", "13812345678", "P 1;", ""])
    def test_takes_no_name_and_no_own_number_for_a_code(self, zhou: Any, signed_in: Any, code: str) -> None:
        donor = listed(zhou)
        said = {"donor_number": donor.grid, "code": "N1", "patient_code": code, "source": "DOMESTIC",
                "request": "TYPING", "received_on": "2026-11-18"}  # fmt: skip
        assert signed_in(zhou).post(reverse("cases:open"), said).status_code == 422
        assert not MatchCase.objects.exists()


class TestAFile:
    def test_opens_what_is_good_and_hands_the_rest_back(self, zhou: Any, signed_in: Any) -> None:
        one, kept, foreign = listed(zhou), listed(zhou), DonorFactory(state=DonorState.LISTED)
        gone = DonorFactory(state=DonorState.WITHDRAWN, branch=county(zhou))
        rows = [
            f"N1,{one.grid},P1,高分辨,10/10,2026-11-18",
            f"N2,{kept.grid},P2,,,20261118",
            f"N3,{kept.grid},P3,,,2026-11-18",
            f"N4,{foreign.grid},P4,,,2026-11-18",
            f"N5,{gone.grid},P5,,,2026-11-18",
            "N6,,王丽华,whatever,,2099-01-01",
        ]
        client = signed_in(zhou)

        answer = hand_in(client, *rows)

        assert verdicts(answer) == {
            "N1": "OPENED", "N2": "OPENED", "N3": "WAITS", "N4": "NOT_OURS", "N5": "REFUSED", "N6": "REFUSED",
        }  # fmt: skip
        assert MatchCase.objects.count() == 3
        assert Patient.objects.count() == 3, "a refused row leaves no patient behind"
        wrong = next(row for row in answer.context["report"]["rows"] if row.cells[0] == "N6")
        assert len(wrong.sentences) == 4

        back = to_mend(client)
        cells = [row.cells for row in sheets.read(back.content, name="back.xlsx")]
        assert [row[0] for row in cells] == ["通知编号", "N4", "N5", "N6"]
        assert cells[1][1] == foreign.grid

        again = taken(client, BytesFile(back.content, "back.xlsx"))
        assert set(verdicts(again).values()) == {"NOT_OURS", "REFUSED"}, "it is handed in as it came back"

    def test_handed_in_twice_changes_nothing(self, zhou: Any, signed_in: Any) -> None:
        rows = [f"N{n},{listed(zhou).grid},P{n},,,2026-11-18" for n in range(3)]
        client = signed_in(zhou)
        hand_in(client, *rows)
        before = list(MatchCase.objects.order_by("pk").values())

        answer = hand_in(client, *rows)

        assert set(verdicts(answer).values()) == {"STANDS"}
        assert list(MatchCase.objects.order_by("pk").values()) == before

    def test_is_refused_without_headers_or_with_too_many_rows(
        self, zhou: Any, signed_in: Any, settings: Any
    ) -> None:
        client = signed_in(zhou)
        assert "No row holds the headers" in hand_in(client, "1,2,3", header="a,b,c").content.decode()
        settings.NOTICE_ROWS_MOST = 2
        donor = listed(zhou)
        page = hand_in(client, *[f"N{n},{donor.grid},P{n},,,2026-11-18" for n in range(3)])
        assert "more than 2 rows" in page.content.decode()
        assert not MatchCase.objects.exists()

    def test_hands_its_rows_to_nobody_elsewhere(self, zhou: Any, signed_in: Any) -> None:
        hand_in(signed_in(zhou), "N1,0000ABCDEFGHJKMNP00,P1,,,2026-11-18")
        other = signed_in(StaffFactory(role=Role.CASEWORKER, branch=BranchFactory()))
        assert to_mend(other).status_code == 404

    def test_looks_for_donors_no_further_than_where_one_stands(self, zhou: Any, signed_in: Any) -> None:
        here, there = county(zhou), BranchFactory()
        RoleAtFactory(staff=zhou, role=Role.CASEWORKER, branch=there)
        other = DonorFactory(state=DonorState.LISTED, branch=there)
        client = signed_in(zhou)
        client.post(reverse("desk:stand"), {"branch": here.pk})

        assert verdicts(hand_in(client, f"N1,{other.grid},P1,,,2026-11-18")) == {"N1": "NOT_OURS"}
        client.post(reverse("desk:stand"), {"branch": ""})
        assert verdicts(hand_in(client, f"N1,{other.grid},P1,,,2026-11-18")) == {"N1": "OPENED"}

    def test_tells_colleagues_how_many_and_who_handed_it_in_which(self, zhou: Any, signed_in: Any) -> None:
        own = hand_in(signed_in(zhou), "N1,0000ABCDEFGHJKMNP00,P1,,,2026-11-18")
        viewed = TrailRow.objects.filter(verb="cases.notices_viewed")
        assert viewed.count() == 1, "the look is written down, as the download is"
        colleague = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county(zhou)))

        page = colleague.get(reverse("cases:notices-file", args=[NoticeFile.objects.get().pk]))

        assert page.context["report"]["counts"] == own.context["report"]["counts"]
        assert "0000ABCDEFGHJKMNP00" not in page.content.decode()
        assert to_mend(colleague).status_code == 404
        assert viewed.count() == 1

    def test_leaves_whole_notices_where_a_worker_is_lost_and_is_told_the_same(
        self, zhou: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, take = signed_in(zhou), incoming.take_notice
        rows = [f"N{n},{listed(zhou).grid},P{n},,,2026-11-18" for n in range(3)]
        monkeypatch.setattr(incoming, "take_notice", breaks_off_after(2, take))
        with pytest.raises(KeyboardInterrupt):
            hand_in(client, *rows)
        monkeypatch.setattr(incoming, "take_notice", take)
        job = Job.objects.get()
        assert MatchCase.objects.count() == Donor.objects.filter(state=DonorState.IN_CASE).count() == 2

        jobs.run(job.pk, clock=lambda: timezone.now() + timedelta(hours=1))

        page = client.get(reverse("cases:notices-file", args=[job.about]), headers=ENGLISH)
        assert set(verdicts(page).values()) == {"OPENED"}
        assert MatchCase.objects.count() == 3
        file = NoticeFile.objects.get()
        assert file.content is None, "what was handed in is not kept longer than it is needed"
        jobs.run(job.pk, clock=lambda: timezone.now() + timedelta(hours=2))
        assert TrailRow.objects.filter(verb="cases.notices_taken").count() == 1

    def test_goes_on_after_it_was_stopped(self, zhou: Any, signed_in: Any) -> None:
        client = signed_in(zhou)
        file = SimpleUploadedFile("n.csv", f"{HEADER}\nN1,{listed(zhou).grid},P1,,,2026-11-18".encode())
        page = client.post(reverse("cases:notices"), {"sheet": file, "source": "DOMESTIC"}).url
        job = Job.objects.get()
        client.post(reverse("desk:job_stop", args=[job.pk]))
        assert "Go on with the file" in client.get(page, headers=ENGLISH).content.decode()

        client.post(reverse("cases:notices-go-on", args=[job.about]))
        jobs.run(Job.objects.latest("id").pk, clock=timezone.now)

        assert set(verdicts(client.get(page)).values()) == {"OPENED"}

    def test_is_destroyed_when_its_time_is_over(self, zhou: Any, signed_in: Any) -> None:
        hand_in(signed_in(zhou), "N1,,P1,,,2026-11-18")
        file = NoticeFile.objects.get()
        notice_files.purge(by=actor(zhou), at=file.at + timedelta(days=1))
        assert NoticeFile.objects.get().report is not None
        notice_files.purge(by=actor(zhou), at=file.at + timedelta(days=15))
        kept = NoticeFile.objects.get()
        assert (kept.key_id, kept.report, kept.name) == (None, None, None)


def breaks_off_after(many: int, take: Any) -> Any:
    """Return an act that is done so many times; then the worker is gone."""
    left = iter(range(many))

    def act(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return take(*args, **kwargs)

    return act


class TestOnceMore:
    """Who has donated is asked again only with the medical reviewer's yes, and not too early."""

    def donated(self, zhou: Any, *, days: int, **more: Any) -> MatchCase:
        donor = DonorFactory(
            state=DonorState.DONATED, branch=county(zhou), collections=more.pop("collections", 1)
        )
        return CaseFactory(
            state=CaseState.DONATED, donor=donor, donated_on=NOW.date() - timedelta(days=days), **more
        )

    @pytest.mark.parametrize(
        ("request_", "days", "patient", "what"),
        [
            ("LYMPHOCYTES", 40, "same", "opens"),
            ("LYMPHOCYTES", 20, "same", "refused"),
            ("LYMPHOCYTES", 40, "other", "refused"),
            ("SECOND", 100, "other", "opens"),
            ("SECOND", 80, "same", "refused"),
            ("TYPING", 400, "same", "refused"),
        ],
    )
    def test_keeps_to_the_time_between(
        self, zhou: Any, request_: str, days: int, patient: str, what: str
    ) -> None:
        done = self.donated(zhou, days=days)
        code = done.patient.code if patient == "same" else "P-OTHER"
        doctor = actor(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=county(zhou)))

        def take() -> Any:
            return actions.take_notice(
                done.donor, patient_code=code, notice=notice(request=request_), by=actor(zhou), at=NOW
            )

        if what == "refused":
            with pytest.raises(moves.Refused):
                take()
            return
        approvals.decide(take(), yes=True, by=doctor, at=NOW)

        case = MatchCase.objects.exclude(pk=done.pk).get()
        assert (case.state, case.request, case.reserved_from) == ("NOTIFIED", request_, "DONATED")
        assert Donor.objects.get().state == DonorState.IN_CASE

    def test_is_asked_no_third_time(self, zhou: Any) -> None:
        done = self.donated(zhou, days=400, collections=2)
        with pytest.raises(moves.Refused):
            actions.take_notice(
                done.donor, patient_code="P9", notice=notice(request="SECOND"), by=actor(zhou), at=NOW
            )

    def test_waits_for_nobody_whose_donation_came_between(self, zhou: Any) -> None:
        done = self.donated(zhou, days=1)
        manager = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county(zhou)))
        waiting = CaseFactory(
            state=CaseState.WAITING, donor=done.donor, patient=PatientFactory(branch=county(zhou))
        )
        with pytest.raises(moves.Refused):
            actions.advance(waiting, "come_up", by=manager, at=NOW)
        assert MatchCase.objects.get(pk=waiting.pk).state == CaseState.WAITING


class BytesFile(BytesIO):
    """A file in memory with a name, as the test client uploads it."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name
