"""What a role will find here once its rooms are built, so that its Today page is honest until then."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from foundation.access import Role

# A room that is built takes its roles off this list.
_COMING: Final = {
    Role.TRANSPLANT_HOSPITAL: _("The match cases you are named on: requests, dates and transplant facts."),
    Role.COLLECTION_HOSPITAL: _("The donors admitted to you: examination and collection."),
    Role.DONOR_HOSPITAL: _("The page to refer a potential donor."),
    Role.ORGAN_COORDINATOR: _("Pledges, family talks and witnessing."),
}


def for_roles(roles: Iterable[str]) -> list[str]:
    """Return what is still to come for somebody who holds these roles, each thing once."""
    held = set(roles)
    return [str(words) for role, words in _COMING.items() if role in held]
