"""What the cases' room shows in, and asks of, the rooms below."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consent import signals as consent_signals
from foundation import approvals, jobs, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.desk import belongings
from foundation.trail import Actor
from registry import signals
from registry.cases import (
    actions,
    incoming,
    models,
    notice_files,
    receivers,
    shows,
)
from registry.cases.guards import CONDITIONING
from registry.cases.views import conditioning
from registry.donors.models import Donor

P = Permission
OF_A_CASE = (
    models.AdverseEvent, models.Attempt, models.CaseNote, models.CollectionDay, models.Exit, models.Expense,
    models.FamilyView, models.Finding, models.FollowUp, models.HandOver, models.HealthCheck,
    models.Intervention, models.Journey, models.Leg, models.Letter, models.StageConsent, models.Talk,
)  # fmt: skip


def register() -> None:
    """Register whose rows are whose, questions to a second person, and receivers."""
    shows.register()
    says = {verdict.value: verdict.label for verdict in incoming.Verdict}
    jobs.register(notice_files.KIND, notice_files.work, label=_("Taking in a file of notices"), says=says)
    belongings.register(
        {models.MatchCase: "donor__subject", models.WinBack: "donor__subject", models.Patient: "subject"}
    )
    belongings.register(dict.fromkeys(OF_A_CASE, "case__donor__subject"))
    approvals.register(
        approvals.Kind(
            key=CONDITIONING,
            label=_("Conditioning begins: confirm as the second person"),
            permission=P.CASE_DECIDE,
            second=P.CASE_DECIDE,
            on_yes=condition,
            describe=conditioning.describe,
            leads_to=conditioning.leads_to,
        )
    )
    _opening()
    signals.donor_withdrawn.connect(receivers.a_donor_withdrew, dispatch_uid="cases.withdrawn")
    consent_signals.withdrawn.connect(receivers.a_consent_was_withdrawn, dispatch_uid="cases.consent")
    signals.donor_moved.connect(receivers.a_donor_moved, dispatch_uid="cases.moved")
    signals.call_undone.connect(receivers.a_call_was_undone, dispatch_uid="cases.call_undone")
    signals.case_moved.connect(receivers.a_case_moved, dispatch_uid="cases.case_moved")
    vault.died_reported.connect(receivers.a_person_was_reported_dead, dispatch_uid="cases.died_reported")
    signals.case_donated.connect(receivers.a_case_was_donated, dispatch_uid="cases.donated")
    signals.donor_merged.connect(receivers.a_donor_was_merged, dispatch_uid="cases.merged")
    signals.donor_parted.connect(receivers.a_donor_was_parted, dispatch_uid="cases.parted")
    signals.donor_rehomed.connect(receivers.a_donor_was_rehomed, dispatch_uid="cases.rehomed")
    signals.donor_restored.connect(receivers.a_mistake_was_undone, dispatch_uid="cases.restored")


def _opening() -> None:
    """What notices need: the medical reviewer's yes to a second donation."""
    approvals.register(
        approvals.Kind(
            key=actions.AGAIN,
            label=_("Ask a donor once more who has donated before"),
            permission=P.CASE_CLEAR,
            second=P.DONOR_RELIST,
            on_yes=open_again,
            describe=describe_again,
        )
    )


def open_again(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Open the match that the medical reviewer agreed to."""
    actions.open_again(approval, by=by, at=at)


def describe_again(approval: Approval) -> str:
    """Say what is asked for, of which donor, for which patient: codes alone."""
    donor = Donor.objects.filter(pk=approval.object_id).only("grid").first()
    patient = models.Patient.objects.filter(pk=approval.facts.get("patient")).only("code").first()
    asked = models.Request(approval.facts["request"]).label
    return f"{asked} · …{donor.grid[-8:-2] if donor else ''} · {patient.code if patient else ''}"


def condition(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Pass the point of no return, as two people agreed."""
    case = models.MatchCase.objects.select_related("donor").get(pk=approval.object_id)
    actions.condition(case, approval=approval, by=by, at=at)
