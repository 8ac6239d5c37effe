"""What the drives show at the desk: the rail, and today's drive on the Today page."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consent.views import reach
from foundation import jobs
from foundation.access import Permission, Scope
from foundation.desk import administration, belongings, rail, today
from registry import signals
from registry.drives import cards, imports, indexing, piles, receivers
from registry.drives.imports import existing
from registry.drives.models import Appointment, ClosingGap, Draft, Drive, RecordsEntry, SheetEntry
from registry.samples import occasions


def register() -> None:
    """Offer the calendar in the rail, and today's drives as the first card."""
    rail.register(
        rail.RailEntry(
            "drives",
            _("Drives"),
            "calendar",
            "drives:calendar",
            frozenset({Permission.DRIVE_MANAGE, Permission.ENROL_ASSIST}),
            20,
        )
    )
    jobs.register(imports.KIND, imports.work, label=_("Import of a paper list"))
    jobs.register(piles.KIND, piles.work, label=_("Filing of a scanned pile"))
    jobs.register(existing.KIND, existing.work, label=_("Taking over a registry"))
    administration.register(
        administration.Door(
            "records",
            _("The registry a branch already has"),
            _("Take over its donors from a sheet, each in their state, and read every line back."),
            "drives:records",
            frozenset({Permission.DONOR_IMPORT}),
            65,
            "board",
        )
    )
    occasions.register("drives", occasion)
    indexing.answer_for_appointments()
    belongings.register({Appointment: "subject"})
    belongings.register(dict.fromkeys((ClosingGap, Draft, RecordsEntry, SheetEntry), "donor__subject"))
    signals.donor_merged.connect(receivers.donor_merged, dispatch_uid="drives.donor_merged")
    signals.donor_parted.connect(receivers.donor_parted, dispatch_uid="drives.donor_parted")
    reach.offer("piles", _("Scanned pile"), url_name="drives:piles", permission=Permission.CONSENT_RECORD)
    today.register(
        today.Card(
            "piles", frozenset({Permission.CONSENT_RECORD}), 41, "side", "registry/drives/today_piles.html",
            cards.piles_to_look_at,
        )
    )  # fmt: skip
    permissions = frozenset({Permission.DRIVE_MANAGE})
    today.register(
        today.Card("drive", permissions, 10, "main", "registry/drives/today.html", cards.drives_today)
    )
    today.register(
        today.Card(
            "helping", frozenset({Permission.ENROL_ASSIST}), 10, "main", "registry/drives/today_helper.html",
            cards.helping_today,
        )
    )  # fmt: skip


def occasion(scope: Scope, pk: UUID) -> occasions.Occasion | None:
    """Tell the tubes' room of a drive for which labels are printed."""
    found = Drive.objects.filter(scope.q("branch_path"), pk=pk).values_list("name", "expected").first()
    return occasions.Occasion(pk, *found) if found else None
