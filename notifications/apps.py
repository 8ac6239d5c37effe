"""Notifications as a Django app: what is sent to people, by which channel, and when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ROOMS: list[str] = [
    "notifications.wordings",
    "notifications.programmes",
    "notifications.plans",
    "notifications.outbox",
    "notifications.channels",
    "notifications.channels.by_hand",
    "notifications.channels.provider",
    "notifications.answers",
    "notifications.care",
    "notifications.events",
    "notifications.links",
    "notifications.retention",
    "notifications.reminders",
    "notifications.paging",
    "notifications.waiting",
]


class NotificationsConfig(AppConfig):
    """Registers what its rooms show in, and ask of, the rooms below."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Let each room register itself."""
        from foundation import rooms  # noqa: PLC0415  models can be imported only now
        from foundation.desk import health  # noqa: PLC0415
        from notifications import first_contents  # noqa: PLC0415

        rooms.register(ROOMS)
        health.register_before_people(first_contents.unapproved)
