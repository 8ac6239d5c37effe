"""Put the desk's own places on the rail."""

from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from foundation.desk import administration, office, rail

ADMINISTRATION = frozenset(
    {
        Permission.STAFF_MANAGE,
        Permission.BRANCH_MANAGE,
        Permission.SETTINGS,
        Permission.KEYS_OPERATE,
        Permission.TRAIL_READ,
        Permission.ACCESS_READ,
        Permission.CONSENT_PUBLISH,
        Permission.PROGRAMME_EDIT,
        Permission.CARE_PLAN,
    }
)


def register() -> None:
    """Register Today and Administration, which is marked on every page behind one of its doors."""
    rail.register(rail.RailEntry("today", _("Today"), "home", "desk:today", frozenset(), 10))
    rail.register(
        rail.RailEntry(
            "administration",
            _("Administration"),
            "gear",
            "desk:administration",
            ADMINISTRATION,
            90,
            administration.url_names,
        )
    )
    office.register()
