"""Lead one match along the real way: each step is the act that staff would press, on the day it would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from consent import evidence
from consent.forms import TeachBackAnswers
from consent.models import Text
from consent.purposes import Purpose
from foundation import approvals
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases import actions, health, stages
from registry.cases.actions import Notice, Session, Signed, View, people
from registry.cases.models import MatchCase, Request, Source
from registry.cases.states import THE_WAY, CaseState
from registry.config.demo.way import scribble
from registry.config.demo.world import World
from registry.donors.models import Donor

DAY: Final = timedelta(days=1)
S = CaseState
# The day of each step, counted from the notice.
DAYS: Final = {
    S.NOTIFIED: 0, S.CONTACTING: 1, S.REMOBILISED: 2, S.HR_AGREED: 5, S.HR_SAMPLED: 7, S.HR_LAB: 8,
    S.HR_MATCHED: 20, S.TC_DECISION: 21, S.WORKUP: 30, S.SCHEDULED: 37, S.CONDITIONING: 42,
    S.MOBILISING: 47, S.COLLECTING: 51, S.HANDED_OVER: 51, S.DONATED: 52,
}  # fmt: skip
BEFORE: Final = 3  # minutes between two acts of one day


def noon_of(at: datetime, now: datetime) -> datetime:
    """Return noon of a day, or two hours ago where noon is still to come."""
    noon = timezone.localtime(at).replace(hour=12, minute=0, second=0, microsecond=0)
    return min(noon, now - timedelta(hours=2))


@dataclass(slots=True)
class Along:
    """One donor, how far their match goes, and when it got there."""

    world: World
    donor: Donor
    target: CaseState
    ends: datetime
    ticks: int = 0

    @classmethod
    def of(cls, world: World, donor: Donor, target: CaseState, *, ends: datetime) -> Along:
        """Return the way of one donor to a state."""
        return cls(world, donor, target, ends)

    def open(self, number: str, source: Source) -> MatchCase:
        """Take the notice in."""
        at = self._on(S.NOTIFIED)
        notice = Notice(
            source=source,
            code=f"NT-2026-{number}",
            requested_on=timezone.localdate(at - DAY),
            request=Request.TYPING,
            resolution="HIGH",
        )
        opened = actions.take_notice(
            self.donor, patient_code=f"P-{number}", notice=notice, by=self.caseworker(at), at=at
        )
        assert isinstance(opened, MatchCase)  # noqa: S101 - a listed donor has not donated
        return opened

    def lead(self, case: MatchCase) -> None:
        """Make every step up to where the match stands."""
        steps: dict[CaseState, Callable[[MatchCase, datetime], None]] = {
            S.CONTACTING: self._try,
            S.REMOBILISED: self._tell,
            S.HR_AGREED: self._agree,
            S.HR_SAMPLED: self._sample,
            S.HR_LAB: self._send,
            S.HR_MATCHED: self._confirm,
            S.TC_DECISION: self._ask,
            S.WORKUP: self._work_up,
            S.SCHEDULED: self._schedule,
            S.CONDITIONING: self._condition,
            S.MOBILISING: self._mobilise,
            S.COLLECTING: self._collect,
            S.HANDED_OVER: self._hand_over,
            S.DONATED: self._donate,
        }
        for state in THE_WAY[1 : THE_WAY.index(self.target) + 1]:
            steps[state](case, self._on(state))

    def _on(self, state: CaseState) -> datetime:
        """Return when a step was made: the last one at the end, the others as many days before it."""
        return self.ends - (DAYS[self.target] - DAYS[state]) * DAY + self._a_moment()

    def _a_moment(self) -> timedelta:
        self.ticks += 1
        return timedelta(minutes=BEFORE * self.ticks)

    def caseworker(self, at: datetime) -> Actor:
        """Return the caseworker of the donor's prefecture."""
        return self.world.caseworker(self.donor.service_branch.code, at=at)

    def manager(self, at: datetime, login: str = "manager") -> Actor:
        """Return a manager of the province."""
        return self.world.actor(login, Permission.CASE_DECIDE, at=at)

    def _try(self, case: MatchCase, at: datetime) -> None:
        actions.call(case, result="NO_ANSWER", by=self.caseworker(at), at=at)

    def _tell(self, case: MatchCase, at: datetime) -> None:
        said = {"after_match": "go_on"}
        actions.call(case, result="REACHED", answers=said, by=self.caseworker(at), at=at)

    def _agree(self, case: MatchCase, at: datetime) -> None:
        by = self.caseworker(at)
        view = View(
            relation="PARENT",
            stance="SUPPORTS",
            told_on=timezone.localdate(at),
            name="周兰",
            words="支持，担心身体。",
        )
        actions.record_view(case, view, by=by, at=at)
        actions.record_check(case, well(self.donor.sex), by=by, at=at)
        self._sign(case, stages.TYPING, by=by, at=at)
        actions.advance(case, "agree", by=by, at=at)

    def _sample(self, case: MatchCase, at: datetime) -> None:
        actions.take_sample(case, volume_ml=Decimal(10), by=self.caseworker(at), at=at)

    def _send(self, case: MatchCase, at: datetime) -> None:
        actions.advance(case, "send_to_lab", by=self.caseworker(at), at=at)

    def _confirm(self, case: MatchCase, at: datetime) -> None:
        actions.confirm_match(case, confirmed=True, by=self.caseworker(at), at=at)

    def _ask(self, case: MatchCase, at: datetime) -> None:
        actions.advance(case, "ask_hospital", by=self.caseworker(at), at=at)

    def _work_up(self, case: MatchCase, at: datetime) -> None:
        staff = self.world.staff
        people.take(case, by=self.manager(at), at=at)
        case.refresh_from_db(fields=["owner"])
        named = people.People(
            owner=staff["manager"],
            patient_officer=staff["manager2"],
            companion=staff["companion"],
            transplant_hospital=self.world.where["HOS1"],
            collection_hospital=self.world.where["HOS2"],
            at_hospitals=[staff["transplant"], staff["collection"]],
        )
        people.name_people(case, named, by=self.manager(at), at=at)
        actions.start_work_up(case, decided=True, by=self.manager(at), at=at)

    def _schedule(self, case: MatchCase, at: datetime) -> None:
        manager = self.manager(at)
        doctor = self.world.actor("doctor", Permission.CASE_CLEAR, at=at)
        talk = actions.offer_talk(case, kind="INFORMATION", by=manager, at=at - 5 * DAY)
        actions.settle_talk(talk, held=True, by=manager, at=at - 5 * DAY + timedelta(hours=1))
        day = timezone.localdate(at - 4 * DAY)
        actions.record_finding(case, kind="EXAMINATION", on=day, fit=True, by=doctor, at=at - 3 * DAY)
        negative = dict.fromkeys(("HBV", "HCV", "HIV", "SYPHILIS", "EBV"), "NEGATIVE") | {"CMV": "POSITIVE"}
        actions.record_finding(case, kind="MARKERS", on=day, results=negative, by=doctor, at=at - 3 * DAY)
        if self.donor.sex == "F":
            actions.record_finding(case, kind="PREGNANCY", on=day, fit=True, by=doctor, at=at - 3 * DAY)
        actions.clear(case, by=doctor, at=at - 2 * DAY)
        self._sign(case, stages.FINAL, by=manager, at=at - 2 * DAY)
        self._fix_days(case, manager, at)
        actions.advance(case, "schedule", by=manager, at=at)

    def _fix_days(self, case: MatchCase, manager: Actor, at: datetime) -> None:
        start = timezone.localdate(at - DAYS[S.SCHEDULED] * DAY)
        actions.set_dates(
            case,
            product="PBSC",
            admission_on=start + DAYS[S.MOBILISING] * DAY,
            conditioning_on=start + DAYS[S.CONDITIONING] * DAY,
            collection_on=start + DAYS[S.COLLECTING] * DAY,
            by=manager,
            at=at - DAY,
        )
        words = "本库与国家库均无第二名相合者。"
        actions.name_backup(case, none="NONE_FOUND", words=words, by=manager, at=at - DAY)

    def _condition(self, case: MatchCase, at: datetime) -> None:
        case = MatchCase.objects.select_related("donor").get(pk=case.pk)
        manager, other = self.manager(at), self.manager(at, "manager2")
        assert case.conditioning_on is not None  # noqa: S101 - it was set a week ago
        actions.record_message(
            case, said_at=at - DAY, reference="移植-2026", conditioning_on=case.conditioning_on, by=other,
            at=at - DAY,
        )  # fmt: skip
        self._tell(case, at - timedelta(hours=3))
        asked = actions.ask_conditioning(case, by=manager, at=at - timedelta(hours=1))
        approvals.decide(asked, yes=True, by=other, at=at)

    def _mobilise(self, case: MatchCase, at: datetime) -> None:
        actions.advance(case, "mobilise", by=self.manager(at), at=at)

    def _collect(self, case: MatchCase, at: datetime) -> None:
        actions.advance(case, "collect", by=self.manager(at), at=at)

    def _hand_over(self, case: MatchCase, at: datetime) -> None:
        manager = self.manager(at)
        actions.record_day(
            case,
            on=timezone.localdate(at),
            volume_ml=Decimal(212),
            cd34_per_kg=Decimal("5.40"),
            by=manager,
            at=at,
        )
        actions.record_adverse_event(
            case,
            on=timezone.localdate(at),
            phase="MOBILISATION",
            grade=1,
            words="骨痛，一天后消失。",
            by=manager,
            at=at,
        )
        actions.begin_hand_over(
            case, bags=1, temperature_c=Decimal("4.5"), courier="示例冷链", left_at=at, by=manager, at=at
        )
        actions.confirm_hand_over(case, by=self.manager(at, "manager2"), at=at)
        actions.advance(case, "hand_over", by=manager, at=at)

    def _donate(self, case: MatchCase, at: datetime) -> None:
        other = self.manager(at, "manager2")  # of the patient's side
        arrived = at - timedelta(hours=6)
        actions.record_arrival(case, arrived_at=arrived, arrived_c=Decimal("5.0"), by=other, at=at)
        actions.donate(case, by=self.manager(at), at=at)

    def _sign(self, case: MatchCase, stage: int, *, by: Actor, at: datetime) -> None:
        text = Text.objects.in_force(stages.TEXTS[stage], at).get()
        slots = [slot.key for line in text.structure() for slot in line.slots]
        signed = Signed(
            text=text,
            language="zh-hans",
            given=_given(text, stage),
            declined=[],
            evidence=evidence.drawn(dict.fromkeys(slots, scribble())),
            teach_back=_asked_back(text),
        )
        session = Session(
            checklist=[item.key for item in stages.CHECKLIST[stage]],
            read_back=stage == stages.FINAL,
            witness="钱秀英" if stage == stages.FINAL else "",
        )
        actions.agree_to_stage(case, stage, signed, session, by=by, at=at)


def well(sex: str) -> dict[str, str]:
    """Return the answers of somebody who is well: the first answer of each question says so."""
    answers = {question.key: question.answers[0].key for question in health.questions(sex)}
    return {**answers, "weight_kg": "62", "height_cm": "168"}


def _asked_back(text: Text) -> TeachBackAnswers:
    """Return the right answer to each question that a text asks back."""
    questions = text.bodies.get(language="zh-hans").questions
    return TeachBackAnswers({question.key: question.right for question in questions}, explained=False)


def _given(text: Text, stage: int) -> list[Purpose]:
    asked = {purpose for line in text.structure() for slot in line.slots for purpose in slot.purposes}
    return sorted(asked & {*stages.NEEDED[stage], Purpose.LETTERS, Purpose.PEER_TALK})
