"""What the drives show at the desk: the rail, and today's drive on the Today page."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from foundation import jobs
from foundation.access import Permission, Scope
from foundation.desk import belongings, rail, today
from registry.drives import cards, imports, piles
from registry.drives.models import ClosingGap, Draft, Drive, SheetEntry
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
    occasions.register("drives", occasion)
    belongings.register(dict.fromkeys((ClosingGap, Draft, SheetEntry), "donor__subject"))
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
