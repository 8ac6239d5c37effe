"""What keeping in touch shows in, and asks of, the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation import jobs
from foundation.access import Permission
from foundation.desk import belongings, rail
from notifications.outbox import following, restored
from notifications.retention import actions, again, everybody
from notifications.retention.models import CampaignMember


def register() -> None:
    """Register the rail, the long work, and whose the rows are."""
    rail.register(
        rail.RailEntry(
            "retention",
            _("In touch"),
            "phone",
            "retention:home",
            frozenset({Permission.PROGRAMME_EDIT}),
            66,
        )
    )
    belongings.register({CampaignMember: "donor__subject"})
    restored.register("retention", again.queue)
    following.register("retention", everybody.ways)
    following.register("campaigns", actions.ways)
    jobs.register(
        actions.WRITE,
        actions.write,
        label=_("Messages of a campaign"),
        says={"queued": _("messages put into the outbox"), "people": _("people to be written to")},
    )
