"""What this room shows in, and asks of, the rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import approvals
from foundation.access import Permission, StaffRequest
from foundation.desk import belongings, rail, search, today
from registry import signals
from registry.donors import sections, usage, words
from registry.donors.models import Donor
from registry.hla.models import StoredTyping
from registry.samples import barcodes, queries, receivers
from registry.samples.actions import swaps
from registry.samples.models import Batch, Sample
from registry.samples.states import SampleState

_SENDERS = frozenset({Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH})


def register() -> None:
    """Register the rail entry, cards, search, the donor page's section, approvals and receivers."""
    words.register({"samples.pulled": _("Your samples were taken out of boxes that had not left")})
    _at_the_desk()
    sections.register(
        sections.Section(
            key="samples",
            order=40,
            permission=Permission.DONOR_VIEW,
            template="registry/samples/section.html",
            context=section,
        )
    )
    belongings.register({Sample: "donor__subject", StoredTyping: "donor__subject"})
    approvals.register(
        approvals.Kind(
            key=swaps.SWAP,
            label=_("Exchange two tubes"),
            permission=Permission.SAMPLE_COLLECT,
            on_yes=swaps.on_yes,
            describe=swaps.describe,
        )
    )
    usage.register_neighbours("samples", neighbours)
    for name in (
        "donor_withdrawn",
        "donor_restored",
        "donor_merged",
        "donor_parted",
        "sample_stopped",
        "typing_disputed",
    ):
        signal, receiver = getattr(signals, name), getattr(receivers, name)
        signal.connect(receiver, dispatch_uid=f"samples.{name}")


def _at_the_desk() -> None:
    permissions = _SENDERS | {Permission.SAMPLE_RECEIVE}
    rail.register(rail.RailEntry("samples", _("Samples"), "tube", "samples:home", permissions, 40))
    for key, held, context in (
        ("samples.to_send", frozenset({Permission.SAMPLE_DISPATCH}), to_send),
        ("samples.to_receive", frozenset({Permission.SAMPLE_RECEIVE}), to_receive),
    ):
        template = f"registry/samples/cards/{key.split('.')[1]}.html"
        today.register(today.Card(key, held, 45, "main", template, context))
    at_laboratory = frozenset({Permission.SAMPLE_RECEIVE})
    search.register(search.Provider(at_laboratory, find_at_laboratory, takes=_("Barcode")))


def section(request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return the donor's tubes and typings; what a typing says needs its own right."""
    samples = list(Sample.objects.filter(donor=donor).select_related("batch").order_by("-id"))
    typings = queries.typings_of(donor, opened=request.holds(Permission.TYPING_VIEW))
    return {"samples": samples, "typings": typings, "donor": donor}


def to_send(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many tubes could go to the laboratory today."""
    waiting = queries.waiting_to_go(request.scope, at=request.at)
    sealed = Batch.objects.sent_from(request.scope).filter(state="SEALED").count()
    return {"waiting": waiting, "sealed": sealed} if waiting or sealed else None


def to_receive(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what waits for a laboratory: boxes, typings, tubes to destroy."""
    tubes = Sample.objects.sent_to(request.scope)
    found = {
        "boxes": Batch.objects.sent_to(request.scope).on_the_way().count(),
        "typings": tubes.filter(state=SampleState.RECEIVED).count(),
        "destroy": tubes.to_destroy(timezone.localdate(request.at)).count(),
    }
    return {**found, "waiting": sum(found.values())} if any(found.values()) else None


def find_at_laboratory(request: StaffRequest, text: str) -> Iterable[search.Hit]:
    """Find a tube of one's laboratory by its barcode."""
    try:
        code = barcodes.check(text)
    except barcodes.BarcodeProblem:
        return
    for sample in Sample.objects.sent_to(request.scope).filter(barcode=code).select_related("batch"):
        url = reverse("samples:receipt", args=[sample.batch_id])
        yield search.Hit(sample.barcode, url, sample.get_state_display())


def neighbours(donor: Donor) -> list[usage.Neighbour]:
    """Return whose tubes lay in a box with one of the donor's, by barcode."""
    return queries.beside(donor, Batch.objects.filter(samples__donor=donor))
