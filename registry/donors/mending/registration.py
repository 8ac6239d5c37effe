"""What mending asks of the rooms below: second people, open work, cards, whose rows are whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from consent.models import Disclosure, EvidenceRemark
from foundation import approvals
from foundation.access import Permission, StaffRequest, open_work
from foundation.approvals import Approval
from foundation.desk import belongings, today
from foundation.pages import keyset
from foundation.trail import Actor
from registry.donors import sections, usage
from registry.donors.actions import assisting, merging, moving, parting
from registry.donors.models import (
    Assist,
    BranchMove,
    BranchQuestion,
    Donor,
    IdentityChange,
    Merge,
    NationalState,
)
from registry.donors.queries import mending
from registry.donors.usage import Use
from registry.donors.views.common import short

P = Permission
SHOWN = 3


def register() -> None:
    """Register approvals, open work, cards, the section of the donor's page, and uses of typings."""
    _approvals()
    work = open_work.OpenWork(
        "donors.assists", _("Help for other branches"), assists_of, hand_over, P.DONOR_MOVE
    )
    open_work.register(work)
    today.register(
        today.Card(
            "donors.elsewhere",
            frozenset({P.DONOR_MOVE}),
            30,
            "main",
            "registry/donors/cards/elsewhere.html",
            asked_by_others,
        )
    )
    sections.register(
        sections.Section("mending", 5, P.DONOR_VIEW, "registry/donors/mending/section.html", section)
    )
    belongings.register(
        dict.fromkeys((IdentityChange, Merge, BranchMove, Assist, BranchQuestion), "donor__subject")
    )
    belongings.register({EvidenceRemark: "evidence__subject"})
    usage.register("donors.national", at_the_national_register)
    usage.register("consent.disclosures", handed_over)


def _approvals() -> None:
    kinds: tuple[tuple[str, str | Promise, Permission, Callable[..., Any], Callable[..., Any]], ...] = (
        (merging.MERGE, _("Join two records of one person"), P.DONOR_MERGE, join, describe_merge),
        (parting.PART, _("Part two records that were joined by mistake"), P.DONOR_MERGE, part, describe),
        (moving.TAKE_IN, _("Give a donor to a branch that asks"), P.DONOR_MOVE, answer_move, describe_move),
        (moving.OFFER, _("Take in a donor who is offered"), P.DONOR_MOVE, answer_move, describe_move),
    )
    for key, label, permission, on_yes, words in kinds:
        approvals.register(
            approvals.Kind(
                key=key,
                label=label,
                permission=permission,
                on_yes=on_yes,
                describe=words,
                leads_to=_LEADS.get(key, page_of),
            )
        )


def join(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Join the two records, as two people agreed."""
    merging.merge(Donor.objects.get(pk=approval.object_id), approval=approval, by=by, at=at)


def part(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Part the two records again, as two people agreed."""
    parting.part(Donor.objects.get(pk=approval.object_id), approval=approval, by=by, at=at)


def answer_move(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Let the donor go to the other branch, as both agreed."""
    moving.answer_move(approval, by=by, at=at)


def describe(approval: Approval) -> str:
    """Name the donor by the end of their number."""
    donor = Donor.objects.filter(pk=approval.object_id).first()
    return f"{short(donor)} · {donor.get_state_display()}" if donor else ""


def describe_merge(approval: Approval) -> str:
    """Name both records by the ends of their numbers."""
    pair = Donor.objects.filter(pk__in=[approval.object_id, approval.facts["other"]])
    return " + ".join(f"{short(donor)} · {donor.get_state_display()}" for donor in pair)


def describe_move(approval: Approval) -> str:
    """Say which branch asks; whom, stands on the page for those who may see it."""
    move = BranchMove.objects.select_related("from_branch", "to_branch").filter(pk=approval.object_id).first()
    if move is None:
        return ""
    asks = move.from_branch if move.offered else move.to_branch
    return f"{asks.name} · {move.get_what_display()} · {move.get_reason_display()}"


def page_of(approval: Approval) -> str:
    """Return the page of the donor that a question is about."""
    return reverse("donors:detail", args=[approval.object_id])


def pair_of(approval: Approval) -> str:
    """Return the page that lays both records side by side."""
    return reverse("donors:asked-merge", args=[approval.pk])


def move_of(approval: Approval) -> str:
    """Return the page of the move, which shows to each what they may see."""
    return reverse("donors:one-move", args=[approval.object_id])


_LEADS = {merging.MERGE: pair_of, moving.TAKE_IN: move_of, moving.OFFER: move_of}


def assists_of(staff_id: UUID) -> Sequence[open_work.WorkItem]:
    """Return what somebody helps with."""
    held = Assist.objects.filter(staff_id=staff_id, ended_at__isnull=True).select_related("from_branch")
    return [
        open_work.WorkItem(
            str(one.pk),
            f"{one.get_kind_display()} · {one.from_branch.name}",
            reverse("donors:assist", args=[one.pk]),
        )
        for one in held
    ]


def hand_over(ids: Sequence[str], to: UUID, by: Actor, at: datetime) -> None:
    """Give help into somebody else's hands."""
    for one in Assist.objects.filter(pk__in=list(ids), ended_at__isnull=True).select_related("donor"):
        assisting.hand_over_assist(one, to=to, by=by, at=at)


def asked_by_others(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what other branches ask of one's own: help, and questions."""
    day = timezone.localdate(request.at)
    mine = Q(staff__isnull=True) | Q(staff=request.staff)
    assists = Assist.objects.visible_to(request.scope).open(day).filter(mine)
    questions = BranchQuestion.objects.visible_to(request.scope).open()
    first = list(assists.select_related("from_branch").order_by("until", "id")[:SHOWN])
    asked = keyset.count(questions)
    if not first and not asked.number:
        return None
    words = asked.words if asked.number else ""
    return {"assists": first, "questions": words, "waiting": len(first) + asked.number}


def section(request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return look-alikes, help that runs and questions that wait about one donor."""
    day = timezone.localdate(request.at)
    alike = mending.look_alikes(donor, scope=request.scope)
    found = {
        "alike": [{"donor": one, "short": short(one)} for one in alike],
        "assists": list(
            donor.assists.filter(ended_at__isnull=True, until__gte=day).select_related("branch", "staff")
        ),
        "questions": list(donor.questions.filter(answer="").select_related("branch")),
        "uses": usage.of(donor) if _is_in_doubt(donor) else [],
    }
    if not any(found.values()):
        return None
    return {**found, "donor": donor, "can_merge": request.holds(P.DONOR_MERGE)}


def at_the_national_register(donor: Donor) -> list[Use]:
    """Say that the national register has somebody's typing."""
    if donor.national_state == NationalState.NONE:
        return []
    return [Use(_("The national register: {number}").format(number=donor.national_no or "…"))]


def handed_over(donor: Donor) -> list[Use]:
    """Say to whom somebody's typing was handed, by the ledger of disclosures."""
    lines = Disclosure.objects.filter(subject=donor.subject_id).order_by("-at")
    return [
        Use(
            _now("{recipient}, {day}").format(recipient=line.recipient, day=timezone.localdate(line.at)),
            reverse("consent:disclosures", args=[donor.subject_id]),
        )
        for line in lines
        if "typing" in line.fields
    ]


def _is_in_doubt(donor: Donor) -> bool:
    typings: Any = donor.typings  # of the room below, by name
    disputed = typings.filter(disputed_at__isnull=False).exists()
    return disputed and not typings.filter(disputed_at__isnull=True).exists()
