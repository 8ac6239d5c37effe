"""A house with one of everything in it, and the same people in another house beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from consent import actions as consents
from consent.models import Consent, Evidence, Text
from foundation import approvals, jobs, vault
from foundation.access import Branch, BranchKind, HandOver, Role, RoleAt, Scope, Staff, named, task_actor
from foundation.approvals import Approval
from foundation.desk import office
from foundation.jobs import Job
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import paging
from notifications.answers import actions as answers
from notifications.answers.models import Answer
from notifications.events import actions as events
from notifications.events.models import Event, Invitation
from notifications.outbox import Message, MessageState
from notifications.paging.actions import put_on_duty
from notifications.paging.models import Alarm
from notifications.paging.models import Duty as OnDuty
from notifications.paging.watching import RED_STOP
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes import actions as programmes
from notifications.programmes.models import Programme
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from notifications.retention.models import Campaign
from notifications.wordings import actions as wordings
from notifications.wordings.models import WordingBody, WordingVersion
from registry.cases import actions as matches
from registry.cases import health, notice_files, notices
from registry.cases.actions import intervening
from registry.cases.models import (
    AdverseEvent,
    Expense,
    FollowUp,
    Intervention,
    Leg,
    Letter,
    MatchCase,
    Talk,
    WinBack,
)
from registry.cases.states import CaseState
from registry.donors import actions as mending
from registry.donors.actions import call_lists as calls
from registry.donors.actions import withdrawing
from registry.donors.models import (
    Assist,
    BranchMove,
    BranchQuestion,
    Call,
    CallHelper,
    CallList,
    CallTask,
    Donor,
    Export,
    NationalFinding,
    NationalSheet,
    Verdict,
    Withdrawal,
    Word,
)
from registry.donors.states import DonorState
from registry.drives import actions as drives
from registry.drives import imports, piles
from registry.drives.actions import drafts, helpers
from registry.drives.imports import existing
from registry.drives.models import Draft, Drive, Pile, PileForm
from registry.drives.states import DriveState, Duty
from registry.families import actions as care
from registry.families.models import Complaint, Family, Giver, Member, WallPage
from registry.families.records import OnTheWall
from registry.samples import actions as samples
from registry.samples.models import Batch, Sample
from tests.factories import consent, donors, exports, families, own_forms, plans, records, retention, sheets
from tests.factories import drives as drive_factories
from tests.factories import piles as scans
from tests.factories import samples as tubes
from tests.factories.cases import CaseFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, ten in the morning
TODAY = date(2026, 11, 20)
AT_HOSPITAL = frozenset({Role.TRANSPLANT_HOSPITAL, Role.COLLECTION_HOSPITAL, Role.DONOR_HOSPITAL})


class Side:
    """A prefecture with a county, a laboratory and a hospital, and somebody in every role."""

    def __init__(self, province: Branch) -> None:
        self.province = province
        self.prefecture = BranchFactory(kind=BranchKind.PREFECTURE, parent=province)
        self.county = BranchFactory(parent=self.prefecture)
        self.laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=province)
        self.hospital = BranchFactory(kind=BranchKind.HOSPITAL, parent=province)
        self.staff = {role: StaffFactory(role=role, branch=self.branch_of(role)) for role in Role}

    def branch_of(self, role: Role) -> Branch:
        """Return where a role of the table is held."""
        if role == Role.LABORATORY:
            return self.laboratory
        if role == Role.HELPER:
            return self.county
        return self.hospital if role in AT_HOSPITAL else self.prefecture

    def by(self, role: Role) -> Actor:
        """Return the person of a role as an actor."""
        return actor(self.staff[role], at=AT)

    @cached_property
    def house(self) -> tubes.House:
        """The people whom tubes pass through."""
        return tubes.House(
            self.county,
            self.prefecture,
            self.laboratory,
            StaffFactory(role=Role.COORDINATOR, branch=self.county),
            StaffFactory(role=Role.CASEWORKER, branch=self.prefecture),
            StaffFactory(role=Role.LABORATORY, branch=self.laboratory),
        )


class World:
    """Two sides of one province. Everything is made at home; whoever is away must not see it."""

    def __init__(self) -> None:
        self.province = BranchFactory(kind=BranchKind.PROVINCE)
        self.home = Side(self.province)
        self.away = Side(self.province)
        self.top = {role: StaffFactory(role=role, branch=self.province) for role in Role}

    # people and branches
    @cached_property
    def member(self) -> Staff:
        """A member of staff."""
        return StaffFactory(branch=self.home.county)

    @cached_property
    def role(self) -> RoleAt:
        """A role of somebody."""
        return RoleAtFactory(staff=self.member, branch=self.home.county, role=Role.COMPANION)

    @cached_property
    def helper_role(self) -> RoleAt:
        """A helper's role of today."""
        return RoleAtFactory(branch=self.home.county, role=Role.HELPER, starts_on=TODAY, ends_on=TODAY)

    @cached_property
    def lent(self) -> HandOver:
        """Work that was handed over."""
        giver, taker = StaffFactory(branch=self.home.county), StaffFactory(branch=self.home.county)
        row = HandOver(
            from_staff=giver, to_staff=taker, kind="calls", item="1", starts_on=TODAY, ends_on=TODAY
        )
        row.handed_at, row.by_kind, row.by_id = AT, "staff", str(giver.pk)
        row.save(force_insert=True)
        return row

    @cached_property
    def approval(self) -> Approval:
        """A question to a second person."""
        kind = approvals.every_kind()[0].key
        return approvals.ask(kind, self.donor, by=self.home.house.collects, at=AT)

    @cached_property
    def job(self) -> Job:
        """Long work asked for at home."""
        by = actor(self.top[Role.AUDITOR], at=AT)
        return jobs.start(office.VERIFY, {}, by=by, at=AT, branch=self.home.prefecture)

    # people who registered
    @cached_property
    def donor(self) -> Donor:
        """A volunteer with consents, registered two weeks ago."""
        return tubes.volunteer(self.home.house)

    @cached_property
    def case(self) -> MatchCase:
        """A match of a donor of home whom nobody has tried to reach yet."""
        return CaseFactory(branch=self.home.county)

    @cached_property
    def wavering(self) -> Intervention:
        """What was tried for a donor who wavers; nobody knows yet what came of it."""
        by = self.home.by(Role.CASEWORKER)
        return intervening.intervene(self.case, reason="PR_FAM_PARENT", kind="FAMILY", by=by, at=AT)

    @cached_property
    def left(self) -> Donor:
        """Somebody of home who cannot be reached any more."""
        return donors.DonorFactory(state=DonorState.LOST, branch=self.home.county)

    @cached_property
    def asked_back(self) -> WinBack:
        """That they came by themselves; nobody knows yet what comes of it."""
        by = self.home.by(Role.CASEWORKER)
        return matches.try_to_win_back(self.left, way="CAME", words="来问过", by=by, at=AT)

    @cached_property
    def told(self) -> MatchCase:
        """A match whose donor knows of it, and is asked to be typed again."""
        consent.text()
        return CaseFactory(branch=self.home.county, state=CaseState.REMOBILISED)

    @cached_property
    def talk(self) -> Talk:
        """A talk with the family, offered."""
        by = self.home.by(Role.CASEWORKER)
        return matches.offer_talk(self.case, kind="FAMILY", by=by, at=AT)

    @cached_property
    def doubted(self) -> MatchCase:
        """A match whose health check waits for the medical reviewer."""
        made = CaseFactory(branch=self.home.county, state=CaseState.REMOBILISED)
        answers = {one.key: one.answers[0].key for one in health.questions(made.donor.sex)}
        answers |= {"weight_kg": "58", "height_cm": "165", "tattoo": "yes"}
        matches.record_check(made, answers, by=self.home.by(Role.CASEWORKER), at=AT)
        return made

    @cached_property
    def hospital_case(self) -> MatchCase:
        """A match before conditioning, on which the hospital of home is named for both sides."""
        hospital = self.home.hospital
        made = CaseFactory(
            branch=self.home.county,
            state=CaseState.SCHEDULED,
            transplant_hospital=hospital,
            collection_hospital=hospital,
        )
        for role in (Role.TRANSPLANT_HOSPITAL, Role.COLLECTION_HOSPITAL):
            named.add(self.home.staff[role], made)
        return made

    @cached_property
    def accompanied(self) -> MatchCase:
        """A match whose donor the companion of home goes along with."""
        case = CaseFactory(state=CaseState.SCHEDULED, branch=self.home.county, at=AT)
        named.add(self.home.staff[Role.COMPANION], case)
        return case

    @cached_property
    def leg(self) -> Leg:
        """Something to be done before that journey."""
        by = self.home.by(Role.CASEWORKER)
        return matches.add_leg(self.accompanied, when=AT, task=True, place="", words="带身份证", by=by, at=AT)

    @cached_property
    def expense(self) -> Expense:
        """Money laid out on that journey."""
        by = self.home.by(Role.CASEWORKER)
        return matches.add_expense(self.accompanied, on=TODAY, kind="TRAVEL", amount_fen=23650, by=by, at=AT)

    @cached_property
    def given(self) -> MatchCase:
        """A match that led to a donation today, with its follow-ups."""
        case = CaseFactory(state=CaseState.DONATED, branch=self.home.county, at=AT)
        matches.plan_follow_ups(case)
        return case

    @property
    def follow_up(self) -> FollowUp:
        """The first of its follow-ups."""
        return FollowUp.objects.get(case=self.given, key="d2")

    @cached_property
    def harm(self) -> AdverseEvent:
        """A serious event of that donor, not reported yet."""
        by = self.home.by(Role.CASEWORKER)
        return matches.record_adverse_event(self.given, on=TODAY, phase="FOLLOW_UP", grade=3, by=by, at=AT)

    @cached_property
    def letter(self) -> Letter:
        """A letter to that donor, screened by another."""
        writer, reader = (
            actor(StaffFactory(role=Role.CASEWORKER, branch=self.home.county)) for _ in range(2)
        )
        said = "谢谢你。"
        came = matches.receive_letter(
            self.given, direction="TO_DONOR", received_on=TODAY, words=said, by=writer, at=AT
        )
        return matches.screen_letter(came, redacted=said, by=reader, at=AT)

    @cached_property
    def gone(self) -> Donor:
        """A volunteer who withdrew."""
        donor = tubes.volunteer(self.home.house)
        withdrawing.withdraw(
            donor, by=self.home.house.collects, at=AT, word=Word.STAFF_TWO_FACTS, facts=("document", "phone")
        )
        return tubes.again(donor)

    @cached_property
    def twin(self) -> Donor:
        """Another record at home."""
        return tubes.volunteer(self.home.house)

    @cached_property
    def gone_by_the_door(self) -> Withdrawal:
        """The receipt of somebody who withdrew at home's desk."""
        donor = tubes.volunteer(self.home.house)
        by = self.home.house.collects
        return withdrawing.withdraw(
            donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=("document", "phone")
        )

    @cached_property
    def asked_merge(self) -> Approval:
        """A question whether two records are of one person."""
        manager = actor(self.top[Role.REGISTRY_MANAGER], at=AT)
        chosen = {"document": "kept"}
        return mending.ask_to_merge(
            self.donor, self.twin, chosen=chosen, both_documents=True, by=manager, at=AT
        )

    @cached_property
    def branch_move(self) -> BranchMove:
        """A donor of home who is offered to a county beside it."""
        beside = BranchFactory(parent=self.province, kind=BranchKind.PREFECTURE)
        by = self.home.house.collects
        asked = mending.move_to(self.donor, to=beside, what="SERVICE", reason="WORK", by=by, at=AT)
        return BranchMove.objects.get(pk=asked.object_id)  # type: ignore[union-attr]

    @cached_property
    def assist(self) -> Assist:
        """Help with a donor of home that a branch beside it is asked for."""
        beside = BranchFactory(kind=BranchKind.PREFECTURE, parent=self.province)
        by = self.home.house.collects
        return mending.ask_assist(
            self.donor, branch=beside, kind="VISIT", words="", until=TODAY, by=by, at=AT
        )

    @cached_property
    def question(self) -> BranchQuestion:
        """What another desk asks about a donor of home."""
        by = actor(self.top[Role.COORDINATOR], at=AT)
        return BranchQuestion.objects.create(
            donor=self.donor,
            kind="STILL_RIGHT",
            branch=self.province,
            branch_path=self.province.path,
            asked_at=AT,
            **by.columns(),
        )

    @cached_property
    def call(self) -> CallTask:
        """A call that is due."""
        typed = donors.DonorFactory(branch=self.home.county, state=DonorState.TYPED)
        return donors.CallTaskFactory(donor=typed)

    @cached_property
    def made_call(self) -> Call:
        """A call that somebody made."""
        donor = donors.DonorFactory(branch=self.home.county, state=DonorState.TYPED)
        return donors.CallFactory(donor=donor)

    @cached_property
    def call_list(self) -> CallList:
        """A list of today at the county."""
        donors.CallTaskFactory(donor=donors.DonorFactory(branch=self.home.county, state=DonorState.TYPED))
        by = self.home.by(Role.COORDINATOR)
        return calls.make_list(
            self.home.county, name="周五下午", purpose="pre-listing", people=40, on_date=TODAY, by=by, at=AT
        )

    @cached_property
    def caller(self) -> CallHelper:
        """A helper who rings from the list."""
        by = self.home.by(Role.COORDINATOR)
        return calls.make_helper(self.call_list, name="李同学", by=by, at=AT).helper

    @cached_property
    def export(self) -> Export:
        """A sheet of donors that the coordinator of home asked for."""
        return exports.asked(self.home.county, by=self.home.by(Role.COORDINATOR), at=AT)

    @cached_property
    def campaign(self) -> Campaign:
        """A campaign at home that is not begun."""
        return retention.campaign(self.home.county, by=self.home.by(Role.REGISTRY_MANAGER), at=AT)

    @cached_property
    def national_sheet(self) -> NationalSheet:
        """A sheet of the national register that waits to be compared."""
        by = self.home.by(Role.REGISTRY_MANAGER)
        return exports.handed_in(self.home.county, by=by, at=AT)

    @cached_property
    def national_finding(self) -> NationalFinding:
        """Somebody of whom only the national register knows."""
        return NationalFinding.objects.create(
            sheet=self.national_sheet, verdict=Verdict.ONLY_THERE, row=3, their_no="CN000001"
        )

    @cached_property
    def signed(self) -> list[Consent]:
        """Consents on paper, with their scan."""
        person = consent.subject(self.home.county)
        made = consent.sign(person, proof=consent.evidence.paper())
        consents.attach_scan(person, consent.jpeg(), by=consent.TAKER, at=AT)
        return made

    @property
    def consent(self) -> Consent:
        """One of them."""
        return self.signed[0]

    @property
    def evidence(self) -> Evidence:
        """Their evidence."""
        return Evidence.objects.get(pk=self.consent.evidence_id)

    @cached_property
    def unscanned(self) -> Evidence:
        """Evidence on paper whose scan is still to come."""
        person = consent.subject(self.home.county)
        made = consent.sign(person, proof=consent.evidence.paper())
        return Evidence.objects.get(pk=made[0].evidence_id)

    @cached_property
    def draft_text(self) -> Text:
        """A consent text that is being written."""
        return consents.draft_from(self.text, by=consent.TAKER, at=AT)

    @cached_property
    def text(self) -> Text:
        """The consent text in force."""
        return consent.text()

    # tubes and boxes
    @cached_property
    def box(self) -> Batch:
        """An open box with a tube in it."""
        return tubes.box(self.home.house, tubes.tube(self.home.house))

    @cached_property
    def tube_in_box(self) -> Sample:
        """The tube in the open box."""
        return Sample.objects.get(batch=self.box)

    @cached_property
    def sent(self) -> Batch:
        """A box on its way to the laboratory."""
        return tubes.sent(self.home.house, tubes.tube(self.home.house))

    @cached_property
    def received(self) -> Sample:
        """A tube that lies in the laboratory."""
        return tubes.at_laboratory(self.home.house, tubes.tube(self.home.house))

    @cached_property
    def to_destroy(self) -> Sample:
        """A tube at home whose destruction was ordered."""
        return self._ordered(tubes.tube(self.home.house))

    @cached_property
    def to_destroy_there(self) -> Sample:
        """A tube in the laboratory whose destruction was ordered."""
        return self._ordered(tubes.at_laboratory(self.home.house, tubes.tube(self.home.house)))

    def _ordered(self, sample: Sample) -> Sample:
        samples.order_destruction(sample.donor, by=self.home.house.collects, at=AT)
        return tubes.again(sample)

    # drives
    @cached_property
    def drive(self) -> Drive:
        """Today's drive at the county, on which the helper of home is named."""
        drive = drive_factories.DriveFactory(branch=self.home.county, on_date=TODAY)
        named.add(self.home.staff[Role.HELPER], drive)
        return drive

    @cached_property
    def planned(self) -> Drive:
        """A drive of next week."""
        return drive_factories.DriveFactory(
            branch=self.home.county, on_date=TODAY + timedelta(days=7), state=DriveState.PLANNED
        )

    @cached_property
    def place(self) -> Any:
        """A place where drives are held."""
        return drive_factories.PlaceFactory(branch=self.home.county)

    @cached_property
    def pile(self) -> Pile:
        """A scanned pile whose one form has no barcode."""
        content = scans.photograph(scans.Sheet(), width=600)
        by = self.home.by(Role.COORDINATOR)
        made = piles.hand_in(content, name="", branch=self.home.county, drive=self.drive, by=by, at=AT)
        job = piles.job_of(made)
        jobs.run(job.pk, clock=lambda: AT)  # type: ignore[union-attr]
        return Pile.objects.get(pk=made.pk)

    @cached_property
    def pile_form(self) -> PileForm:
        """The form of the pile, which somebody has to look at."""
        return self.pile.forms.get()

    @cached_property
    def draft(self) -> Draft:
        """A draft that somebody began."""
        return self._draft(self.home.staff[Role.COORDINATOR])

    @cached_property
    def enrolled(self) -> Draft:
        """A draft that became a donor."""
        by = self.home.by(Role.COORDINATOR)
        staff = self.home.staff[Role.COORDINATOR]
        drive_factories.enrolled(self.drive, staff=staff, by=by, at=AT)
        return Draft.objects.filter(drive=self.drive, donor__isnull=False).get()

    @cached_property
    def handed_on(self) -> Draft:
        """A draft that a helper began."""
        return self._draft(self.home.staff[Role.HELPER])

    def _draft(self, staff: Staff) -> Draft:
        from foundation.ids import uuid7  # noqa: PLC0415

        return drafts.begin(
            self.drive, draft_id=uuid7(), staff=staff, language="zh-hans", by=actor(staff, at=AT), at=AT
        )

    @cached_property
    def own_form(self) -> Draft:
        """A form that a volunteer filled alone and handed in."""
        return own_forms.handed_in(self.drive)

    @property
    def mark(self) -> str:
        """The mark on the poster of today's drive."""
        return own_forms.mark(self.drive, today=TODAY)

    @cached_property
    def giver(self) -> Giver:
        """One who gave."""
        return families.GiverFactory(branch=self.home.county)

    @cached_property
    def household(self) -> Family:
        """A household of one who gave, with a widow in it."""
        return self.relative.family

    @cached_property
    def relative(self) -> Member:
        """The widow of one who gave."""
        return families.MemberFactory(family=families.FamilyFactory(giver=self.giver))

    @cached_property
    def complaint(self) -> Complaint:
        """What a family complains of."""
        by = self.home.by(Role.FAMILY_CARE)
        return care.complain(self.household, words="信封上有字", by=by, at=AT)

    @cached_property
    def wall_page(self) -> WallPage:
        """What would stand on the memorial wall, shown to the family."""
        by = self.home.by(Role.FAMILY_CARE)
        page = care.write_wall_page(self.household, OnTheWall(name="周老师"), by=by, at=AT)
        return care.show_wall_page(page, by=by, at=AT)

    @cached_property
    def on_duty(self) -> Any:
        """Somebody on a drive's team."""
        by = self.home.by(Role.COORDINATOR)
        return drives.add_staff(self.drive, self.member, duty=Duty.LEAD, by=by, at=AT)

    @cached_property
    def helper(self) -> Any:
        """A helper with a login for the day."""
        return helpers.make(self.drive, name="李同学", by=self.home.by(Role.COORDINATOR), at=AT).helper

    @cached_property
    def appointment(self) -> Any:
        """Somebody who comes to the office."""
        by = self.home.by(Role.COORDINATOR)
        desk = drives.office_of(self.home.county, by=by, at=AT)
        starts = timezone.localtime(AT) + timedelta(hours=2)
        return drives.book(desk, name="王晓", phone="+8613800000001", starts_at=starts, by=by, at=AT)

    @cached_property
    def closing(self) -> Any:
        """A day that was counted up."""
        empty = drive_factories.DriveFactory(branch=self.home.county, on_date=TODAY)
        by = self.home.by(Role.COORDINATOR)
        return drives.close(empty, day=TODAY, counted=drives.Counted(tubes=0), by=by, at=AT)

    @cached_property
    def sheet(self) -> Any:
        """A paper list that was handed in."""
        by, content = self.home.by(Role.COORDINATOR), sheets.csv(sheets.row(1))
        return imports.hand_in(self.drive, content, name="list.csv", strict=False, by=by, at=AT)[0]

    @cached_property
    def old_records(self) -> Any:
        """The registry a branch already had, as it was handed in."""
        by, content = self.home.by(Role.REGISTRY_MANAGER), records.csv(records.row(1))
        return existing.hand_in(self.home.county, content, name="old.csv", by=by, at=AT)[0]

    @cached_property
    def notice_file(self) -> Any:
        """A file of notices that was handed in."""
        by, content = self.home.by(Role.CASEWORKER), ",".join(notices.HEADERS).encode()
        scope = Scope.of([self.home.county.path])
        return notice_files.hand_in(
            content, name="notices.csv", source="DOMESTIC", scope=scope, by=by, at=AT
        )[0]

    # words and alarms
    @cached_property
    def wording(self) -> WordingVersion:
        """Words to the bereaved that are in use."""
        return WordingFactory().versions.get()

    @cached_property
    def new_wording(self) -> WordingVersion:
        """New words that are being written."""
        by = self.home.by(Role.FAMILY_CARE)
        return wordings.draft_from(WordingFactory().versions.get(), by=by, at=AT)

    @cached_property
    def programme(self) -> Programme:
        """What families are told, in use."""
        plans.install()
        return Programme.objects.get(key="family_care", version=1)

    @cached_property
    def new_programme(self) -> Programme:
        """A new version of it that is being written."""
        return programmes.draft_from(self.programme, by=self.home.by(Role.FAMILY_CARE), at=AT)

    @cached_property
    def alarm(self) -> Alarm:
        """An alarm for which everybody of home was called."""
        people = [staff.pk for staff in self.home.staff.values()]
        return paging.page(RED_STOP, object=self.home.county, people=people, by=task_actor("tests"), at=AT)

    @cached_property
    def time_on_duty(self) -> OnDuty:
        """Somebody's time on duty."""
        by = self.home.by(Role.CASEWORKER)
        ends = AT + timedelta(hours=12)
        return put_on_duty(self.member, self.home.county, place=1, starts_at=AT, ends_at=ends, by=by, at=AT)

    # the care desk, and events
    @cached_property
    def remembered(self) -> Touchpoint:
        """A letter to the household of home that somebody is to release."""
        plan = PlanFactory(family=self.household)
        return TouchpointFactory(plan=plan, state=TouchpointState.DUE)

    @cached_property
    def kept_plan(self) -> Plan:
        """The plan of the household of home."""
        return PlanFactory(family=self.household)

    @cached_property
    def unclear(self) -> Message:
        """A message to the widow of home of which nobody knows whether it arrived."""
        return MessageFactory(
            subject=self.relative.subject, branch=self.home.county, state=MessageState.UNKNOWN, bereaved=True
        )

    @cached_property
    def event(self) -> Event:
        """A memorial at home."""
        return events.plan(
            branch=self.home.county,
            name="追思会",
            place="纪念园",
            starts_at=AT + timedelta(days=30),
            seats=40,
            seats_a_household=4,
            by=self.home.by(Role.FAMILY_CARE),
            at=AT,
        )

    @cached_property
    def invitation(self) -> Invitation:
        """The invitation of the household of home."""
        return Invitation.objects.create(
            event=self.event,
            family=self.household,
            subject=self.relative.subject,
            channel="CALL",
            invited_at=AT,
            **self.home.by(Role.FAMILY_CARE).columns(),
        )

    # what comes back, and what people do by hand
    @cached_property
    def family_answer(self) -> Answer:
        """What a widow of home wrote back."""
        MemberFactory(branch=self.home.county, about={"phone": "+8613600000099"})
        return self._answer("+8613600000099")

    @cached_property
    def donor_answer(self) -> Answer:
        """What a donor of home wrote back."""
        phone = vault.open_one(self.donor, "phone")["phone"]
        return self._answer(str(phone))

    def _answer(self, phone: str) -> Answer:
        by = task_actor("tests")
        made = answers.received("SMS", phone, "谢谢", provider_id=phone, by=by, at=AT)
        assert made is not None
        return made

    @cached_property
    def shut_way_of_relative(self) -> ContactState:
        """A way that a relative of home stopped."""
        return self._shut_way(MemberFactory(branch=self.home.county).subject)

    @cached_property
    def shut_way_of_donor(self) -> ContactState:
        """A way that a donor of home stopped."""
        return self._shut_way(self.donor.subject)

    def _shut_way(self, person: Subject) -> ContactState:
        return contact.mark(person, "SMS", Reach.STOPPED, by=task_actor("tests"), at=AT)

    @cached_property
    def call_to_family(self) -> Touchpoint:
        """A call to a household of home."""
        member = MemberFactory(branch=self.home.county)
        return self._call(PlanFactory(family=member.family))

    @cached_property
    def call_to_donor(self) -> Touchpoint:
        """A call to a donor of home that a plan asks for."""
        return self._call(PlanFactory(subject=self.donor.subject))

    def _call(self, plan: Plan) -> Touchpoint:
        step = StepFactory(programme__key=plan.programme_key, channels=["CALL"])
        return TouchpointFactory(plan=plan, step=step, state=TouchpointState.APPROVED)

    @cached_property
    def unsure(self) -> Message:
        """A message to a donor of home of which nobody knows whether it arrived."""
        return MessageFactory(subject=self.donor.subject, branch=self.home.county, state=MessageState.UNKNOWN)

    @cached_property
    def wordless(self) -> Message:
        """A message to the widow of home that is held because it has no approved words."""
        return MessageFactory(
            subject=self.relative.subject,
            branch=self.home.county,
            state=MessageState.HELD,
            why="no_wording",
            bereaved=True,
        )

    @cached_property
    def stood_still(self) -> Touchpoint:
        """A call to a donor of home that somebody held."""
        plan = PlanFactory(subject=self.donor.subject)
        step = StepFactory(programme__key=plan.programme_key, channels=["CALL"])
        return TouchpointFactory(plan=plan, step=step, state=TouchpointState.HELD)

    @cached_property
    def short_text(self) -> WordingBody:
        """A short text that is in use."""
        return WordingFactory().versions.get().bodies.get(channel="SMS", language="en")
