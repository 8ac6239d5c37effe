"""What the donors' room shows in, and asks of, the rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consent import people
from consent import signals as consent_signals
from foundation import approvals, moves, trail, vault
from foundation.access import Permission, StaffRequest, open_work
from foundation.approvals import Approval
from foundation.desk import belongings, rail, search, today
from foundation.templatetags.relay import moment
from foundation.trail import Actor
from foundation.vault import Capacity, ledger
from registry.donors import actions, cards, indexing, queries, receivers
from registry.donors.exports import registration as outgoing
from registry.donors.mending import registration as mending
from registry.donors.models import Call, CallTask, Contact, Donor, MoveNote, Withdrawal
from registry.donors.national import registration as national
from registry.donors.states import DonorState
from registry.donors.views.common import short

P = Permission
MORE_FIT = _(
    "There are more than these. Type the document or phone number, or the whole name, "
    "or choose a branch above."
)
TOO_MANY_ALIKE = _(
    "Too many people here have a name like this to look at each. Type the document or phone number, "
    "or choose a branch above."
)


def register() -> None:
    """Register rail, cards, search, approvals, open work and receivers."""
    _at_the_desk()
    _approvals()
    outgoing.register()
    national.register()
    mending.register()
    indexing.answer_for_donors()
    belongings.register({Donor: "subject"})
    belongings.register(dict.fromkeys((Contact, Call, CallTask, MoveNote, Withdrawal), "donor__subject"))
    people.register(Capacity.DONOR, queries.describe)
    open_work.register(open_work.OpenWork("donors.calls", _("Calls"), calls_of, hand_over_calls, P.CALL_MAKE))
    consent_signals.withdrawn.connect(receivers.a_consent_was_withdrawn, dispatch_uid="donors.consent")
    vault.died_reported.connect(receivers.somebody_was_reported_dead, dispatch_uid="donors.died")
    vault.erased.connect(receivers.somebody_was_erased, dispatch_uid="donors.erased")
    ledger.replayed.connect(receivers.the_ledger_says, dispatch_uid="donors.ledger")


def _at_the_desk() -> None:
    rail.register(
        rail.RailEntry("donors", _("Donors"), "person", "donors:list", frozenset({P.DONOR_VIEW}), 30)
    )
    rail.register(rail.RailEntry("calls", _("Calls"), "phone", "donors:calls", frozenset({P.CALL_MAKE}), 32))
    for key, right, order, column, context in (
        ("call_lists", P.CALL_MAKE, 18, "main", cards.lists_to_ring),
        ("calls", P.CALL_MAKE, 20, "main", cards.calls_to_make),
        ("losing", P.DONOR_LOSE, 22, "main", cards.out_of_contact),
        ("listing", P.DONOR_LIST, 25, "main", cards.waiting_to_be_listed),
        ("stops", P.DONOR_VIEW, 15, "main", cards.stops_that_failed),
        ("holds", P.DONOR_HOLD, 50, "side", cards.holds_ending),
    ):
        template = f"registry/donors/cards/{key}.html"
        today.register(today.Card(f"donors.{key}", frozenset({right}), order, column, template, context))  # type: ignore[arg-type]
    search.register(search.Provider(frozenset({P.DONOR_VIEW}), find))


def _approvals() -> None:
    approvals.register(
        approvals.Kind(
            key="donors.mark_as_error",
            label=_("Undo a mistaken act"),
            permission=P.APPROVE,
            on_yes=undo,
            describe=describe_undo,
            leads_to=page_of,
        )
    )
    approvals.register(
        approvals.Kind(
            key="donors.transfer",
            label=_("Hand a donor over to another registry"),
            permission=P.APPROVE,
            on_yes=transfer,
            describe=describe,
            leads_to=page_of,
        )
    )
    approvals.register(
        approvals.Kind(
            key="donors.relist",
            label=_("List a donor again"),
            permission=P.DONOR_LIST,
            second=P.DONOR_LIST,
            on_yes=relist,
            describe=describe,
            leads_to=page_of,
        )
    )


def find(request: StaffRequest, text: str) -> Iterable[search.Hit | search.Note]:
    """Find donors by what was typed into the search box; names are opened where one is to choose."""
    found = queries.look_up(text, scope=request.scope)
    donors = found.donors
    names = queries.masked_names(donors) if len(donors) > 1 else [short(donor) for donor in donors]
    for donor, name in zip(donors, names, strict=True):
        detail = f"{donor.get_state_display()} · {donor.service_branch.name} · {short(donor)}"
        yield search.Hit(str(name), reverse("donors:detail", args=[donor.pk]), detail)
    if found.more:
        yield search.Note(MORE_FIT if donors else TOO_MANY_ALIKE)


def describe(approval: Approval) -> str:
    """Name the donor of a question by the end of their number."""
    donor = Donor.objects.filter(pk=approval.object_id).first()
    return f"{short(donor)} · {donor.get_state_display()}" if donor else ""


def describe_undo(approval: Approval) -> str:
    """Say besides whose it is which act is to be undone: from where to where, and when."""
    step = moves.Step.objects.filter(pk=approval.facts.get("step")).first()
    if step is None:
        return describe(approval)
    states = " → ".join(str(DonorState(state).label) for state in (step.from_state, step.to_state) if state)
    return f"{describe(approval)} · {states}, {moment(step.at)}"


def page_of(approval: Approval) -> str:
    """Return the page of the donor that a question is about."""
    return reverse("donors:detail", args=[approval.object_id])


def undo(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Undo the mistaken act that two people agreed on."""
    actions.mark_as_error(_donor(approval), approval=approval, by=by, at=at)


def transfer(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Hand the donor over, as two people agreed."""
    actions.transfer(_donor(approval), approval=approval, by=by, at=at)


def relist(approval: Approval, *, by: Actor, at: datetime) -> None:
    """List the donor again, as the medical reviewer cleared and the manager agreed."""
    actions.relist(_donor(approval), approval=approval, by=by, at=at)


def calls_of(staff_id: UUID) -> Sequence[open_work.WorkItem]:
    """Return the open calls in somebody's hands."""
    held = CallTask.objects.open().filter(owner_id=staff_id).select_related("donor").order_by("due_on")
    return [
        open_work.WorkItem(
            str(task.pk),
            f"{task.get_kind_display()} · {short(task.donor)}",
            reverse("donors:call", args=[task.pk]),
        )
        for task in held
    ]


def hand_over_calls(ids: Sequence[str], to: UUID, by: Actor, at: datetime) -> None:
    """Give open calls into somebody else's hands."""
    tasks = list(CallTask.objects.open().filter(pk__in=list(ids)).select_related("donor"))
    for task in tasks:
        task.owner_id, task.call_list, task.held_by, task.held_until = to, None, None, None
        trail.record("call.handed_over", by=by, at=at, object=task.donor, task=task.pk, to=str(to))
    CallTask.objects.bulk_update(tasks, ["owner", "call_list", "held_by", "held_until"])


def _donor(approval: Approval) -> Donor:
    return Donor.objects.get(pk=approval.object_id)
