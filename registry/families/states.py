"""Where a giver's place on the memorial wall stands."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WallState(TextChoices):
    """From the first words to the wall. Source: domain.md section 6, "show me before it appears" """

    DRAFT = "DRAFT", _("Being written")
    SHOWN = "SHOWN", _("Shown to the family")
    AGREED = "AGREED", _("The family agrees")
    ON_WALL = "ON_WALL", _("On the wall")
    HIDDEN = "HIDDEN", _("Taken down")
    ENDED = "ENDED", _("Ended")
