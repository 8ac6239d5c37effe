"""What must be true before a name stands on the memorial wall, each in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from consent import gate
from consent.purposes import Purpose
from foundation.moves import Guard, Move

if TYPE_CHECKING:
    from registry.families.models import WallPage

_TAKEN_BACK: Final = "NO_SECRET"  # About.NO_SECRET: the models stand on the guards


def is_kept(move: Move[WallPage]) -> bool:
    """Return whether the data of the one who gave are still there."""
    return move.object.giver.subject.key_id is not None


def is_no_secret(move: Move[WallPage]) -> bool:
    """Return whether the one who gave did not ask that nobody learns of it."""
    return move.object.giver.confidential_at is None


def nobody_objects(move: Move[WallPage]) -> bool:
    """Return whether nobody of any household of the one who gave says no."""
    against = {
        "members__wall_objections__at__isnull": False,
        "members__wall_objections__lifted_at__isnull": True,
    }
    return not move.object.giver.families.filter(**against).exists()


def somebody_consents(move: Move[WallPage]) -> bool:
    """Return whether a relative's consent to the wall is in force."""
    kept = {"members__subject__isnull": False, "members__subject__erased_at__isnull": True}
    subjects = move.object.giver.families.filter(**kept).values_list("members__subject", flat=True)
    return bool(gate.allows_many(subjects, Purpose.MEMORIAL_WALL))


def has_a_name(move: Move[WallPage]) -> bool:
    """Return whether it is written as which name somebody is remembered."""
    return move.object.name is not None


def agreed_to_these_words(move: Move[WallPage]) -> bool:
    """Return whether the family agreed after the last change."""
    page = move.object
    return page.agreed_at is not None and page.agreed_at >= page.written_at


def is_a_second_person(move: Move[WallPage]) -> bool:
    """Return whether somebody else wrote it, wrote the family's yes down, and took a no back."""
    page, by = move.object, move.actor.id
    if by in {page.written_by_id, page.agreed_by_id} or page.agreed_at is None:
        return False
    lifted = {
        "members__wall_objections__lifted_at__gte": page.agreed_at,
        "members__wall_objections__lifted_by_id": by,
    }
    no_secret = {"history__about": _TAKEN_BACK, "history__at__gte": page.agreed_at, "history__by_id": by}
    households = page.giver.families
    return not (households.filter(**lifted).exists() or households.filter(**no_secret).exists())


KEPT: Final = Guard(is_kept, _("The data of the one who gave were erased."))
NO_SECRET: Final = Guard(
    is_no_secret, _("The one who gave wished that nobody learns of it. This goes before every consent.")
)
NOBODY_OBJECTS: Final = Guard(nobody_objects, _("Somebody of the family does not want it."))
CONSENT: Final = Guard(somebody_consents, _("No relative's consent to the memorial wall is in force."))
NAME: Final = Guard(has_a_name, _("It is not written yet as which name they are remembered."))
AGREED: Final = Guard(agreed_to_these_words, _("The family has not agreed since the words were changed."))
SECOND: Final = Guard(
    is_a_second_person,
    _("Somebody else puts it up than who wrote it, wrote the family's yes down, or took a no back."),
)
