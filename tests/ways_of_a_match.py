"""
Everybody who may act on a match, and every act of theirs, in one county on days that pass.

What is done is done by the program's own actions; nothing is set past them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

from django.db import transaction
from django.utils import timezone

from consent.models import Consent
from consent.purposes import Purpose
from consent.states import IN_FORCE
from foundation import access, approvals
from foundation.access import BranchKind, Role
from foundation.approvals import Approval
from foundation.moves import Step
from foundation.trail import Actor
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import MatchCase, TalkKind
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.acts_on_a_match import A_NIGHT, ACTS, USUALLY
from tests.factories import consent as consent_factory
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

FRESH_DAYS: Final = 30  # of infection markers. Source: domain.md section 3
KINDS: Final = ("EXAMINATION", "MARKERS", "PREGNANCY")
BEGIN: Final = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
STAFF: Final = {
    "zhou": Role.CASEWORKER,
    "liu": Role.CASEWORKER,  # looks after the patient's side
    "coordinator": Role.COORDINATOR,
    "manager": Role.REGISTRY_MANAGER,
    "other": Role.REGISTRY_MANAGER,
    "doctor": Role.MEDICAL_REVIEWER,
    "companion": Role.COMPANION,
}
AT_HOSPITALS: Final = {"transplant": Role.TRANSPLANT_HOSPITAL, "collection": Role.COLLECTION_HOSPITAL}


class World:
    """A county with its people, two hospitals, three women: two on the list, one who has donated before."""

    def __init__(self) -> None:
        self.at = BEGIN
        self.county = BranchFactory()
        self.staff = {name: StaffFactory(role=role, branch=self.county) for name, role in STAFF.items()}
        self.hospitals = {name: BranchFactory(kind=BranchKind.HOSPITAL) for name in AT_HOSPITALS}
        for name, role in AT_HOSPITALS.items():
            self.staff[name] = StaffFactory(role=role, branch=self.hospitals[name])
        before = DonorFactory(
            state=DonorState.DONATED, branch=self.county, about={"sex": "F"}, collections=1,
            donated_at=BEGIN - timedelta(days=400),
        )  # fmt: skip
        listed = [
            DonorFactory(state=DonorState.LISTED, branch=self.county, about={"sex": "F"}) for _ in range(2)
        ]
        self.ids = [*(one.pk for one in listed), before.pk]
        for one in (*listed, before):
            consent_factory.sign(one.subject, by=self.by("coordinator"))
        agree_to_talk(before)

    def beside(self) -> Self:
        """Return the same world with a clock of its own."""
        twin = type(self).__new__(type(self))
        twin.__dict__ |= self.__dict__
        return twin

    @property
    def today(self) -> date:
        """The day of the present moment in the county."""
        return timezone.localdate(self.at)

    def by(self, name: str) -> Actor:
        """Return somebody as an actor."""
        return access.task_actor("cases.tend") if name == "task" else actor(self.staff[name], at=self.at)

    def donor(self, n: int) -> Donor:
        """Return the n-th donor as they are now."""
        return Donor.objects.select_related("subject").get(pk=self.ids[n % len(self.ids)])

    def cases(self) -> Any:
        """Return the matches of these donors, without one of years ago."""
        found = MatchCase.objects.filter(donor__in=self.ids, opened_at__gte=BEGIN)
        return found.select_related("donor__subject").order_by("id")

    def case(self, k: int) -> MatchCase | None:
        """Return one of the matches, the open ones first."""
        found = sorted(self.cases(), key=lambda case: (case.closed_at is not None, case.pk))
        return found[k % len(found)] if found else None

    def attempt(self, act: Callable[[datetime], Any]) -> bool:
        """
        Do something, and return whether it was taken.

        A refusal leaves everything as it was, and what changes a match leaves a line on the trail. No
        two acts are of one moment.
        """
        before, lines = photograph(), TrailRow.objects.count()
        self.at += timedelta(seconds=1)
        try:
            with transaction.atomic():
                act(self.at)
        except Exception as refused:
            if not getattr(refused, "sentences", None):
                raise
            assert photograph() == before
            return False
        assert photograph() == before or TrailRow.objects.count() > lines, "a change without a line"
        return True

    def do(self, k: int, what: str, by: str = "") -> bool:
        """Let somebody do something to the k-th match; whose act it is, unless another name is given."""
        case = self.case(k)
        if case is None:
            return False
        whose, act = ACTS[what]
        actor_of = self.by(by or whose)
        return self.attempt(lambda _at: act(self, case, actor_of))

    def ask_for(self, n: int, by: str, source: str, request: str = "TYPING") -> bool:
        """Let a notice or a search ask for the n-th donor."""
        code = "" if source == "SEARCH" else notice().code
        said = notice(source=source, code=code, request=request, requested_on=self.today)
        donor, who = self.donor(n), self.by(by)
        if source == "SEARCH":
            patient = PatientFactory(branch=self.county, hospital=self.hospitals["transplant"])
            return self.attempt(lambda at: actions.open_case(donor, patient, notice=said, by=who, at=at))
        patient_code = f"P-{said.code}"
        return self.attempt(
            lambda at: actions.take_notice(donor, patient_code=patient_code, notice=said, by=who, at=at)
        )

    def answer(self, by: str, *, yes: bool = True) -> None:
        """Let somebody answer every question that waits."""
        for question in list(Approval.objects.waiting(self.at)):
            said = {} if yes else {"answer": "unclear"}
            self.attempt(
                lambda at, q=question, said=said: approvals.decide(q, yes=yes, by=self.by(by), at=at, **said)
            )

    def walk(self, k: int, steps: int, *, without: str = "") -> None:
        """Let everybody do in order what usually follows, so many states far; one of it may be left out."""
        for _ in range(steps):
            case = self.case(k)
            if case is None:
                return
            for what in USUALLY.get(case.state, ()):
                if what == without:
                    continue
                if what == "a night passes":
                    self.at += A_NIGHT
                elif what == "the second person agrees":
                    self.answer("other")
                else:
                    self.at += timedelta(minutes=1)
                    self.do(k, what)

    def agreed(self, case: MatchCase, purpose: str) -> Consent | None:
        """Return the consent in force to a purpose for a match."""
        given = Consent.objects.filter(subject=case.donor.subject_id, matter=str(case.pk), purpose=purpose)
        return given.filter(state__in=IN_FORCE).first()


def agree_to_talk(donor: Donor) -> None:
    """Let a former donor agree to talk with others."""
    agree(CaseFactory(state="DONATED", donor=donor, at=BEGIN - timedelta(days=400)), "peer_talk")


def photograph() -> Any:
    """Return where every match and donor stands, and how many steps there are."""
    cases = list(MatchCase.objects.order_by("pk").values())
    return cases, list(Donor.objects.order_by("pk").values_list("pk", "state")), Step.objects.count()


def conditioned() -> set[Any]:
    """Return which matches passed the point of no return, and when."""
    return set(Step.objects.filter(move="condition").values_list("object_id", "at"))


def check_all_is_there(world: World, case: MatchCase) -> None:
    """Check what conditioning rests on; asked in the moment in which it was passed."""
    at = case.conditioning_at
    assert at is not None
    assert case.cleared_at, "clearance"
    newest = {kind: case.findings.filter(kind=kind).order_by("-on", "-id").first() for kind in KINDS}
    needed = KINDS if case.donor.sex == "F" else KINDS[:2]
    assert all(newest[kind] and newest[kind].fit for kind in needed), "findings"
    assert (max(case.collection_on, at.date()) - newest["MARKERS"].on).days <= FRESH_DAYS, "fresh markers"
    signed = case.stage_consents.filter(stage=3).order_by("-id")[0]
    assert signed.read_back, "said back"
    held = case.talks.filter(kind=TalkKind.INFORMATION, held_at__lte=signed.at - timedelta(hours=24))
    assert held.exists(), "a night between"
    assert Consent.objects.filter(
        subject=case.donor.subject_id, purpose=Purpose.DONATION_FINAL, matter=str(case.pk), state__in=IN_FORCE
    ).exists(), "final consent"
    assert case.hospital_message_at is not None, "hospital message"
    backup = case.backup and case.backup.state == DonorState.LISTED
    assert backup or case.backup_code or case.no_backup, "back-up"
    assert case.conditioning_on <= case.collection_on, "days"
    reached = case.attempts.filter(result="REACHED", at__gte=at - timedelta(hours=24), at__lte=at)
    assert reached.exists(), "reached"
    asked = Approval.objects.get(object_id=str(case.pk), decision="yes", decided_at=at)
    assert asked.by_id != asked.decided_by_id, "two people"


def check_the_way_there(world: World) -> None:
    """Check what conditioning rested on where the way led past it."""
    for pk, _at in conditioned():
        check_all_is_there(world, MatchCase.objects.select_related("donor").get(pk=pk))
