"""The states of a consent and of a text, and which of them open the gate."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """
    Where one consent stands.

    Source: domain.md section 6.
    """

    DRAFT = "DRAFT", _("Draft")
    PRESENTED = "PRESENTED", _("Shown")
    SIGNED = "SIGNED", _("Signed, to be verified")
    DECLINED = "DECLINED", _("Declined")
    ACTIVE = "ACTIVE", _("In force")
    RECONSENT_DUE = "RECONSENT_DUE", _("In force, new text to be asked")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    SUPERSEDED = "SUPERSEDED", _("Replaced by a newer one")
    EXPIRED = "EXPIRED", _("Expired")
    ERROR = "ERROR", _("Recorded by mistake")


IN_FORCE = frozenset({State.ACTIVE, State.RECONSENT_DUE})
STANDING = IN_FORCE | {State.SIGNED}  # what a person can withdraw
OPENS = {State.ACTIVE: IN_FORCE, State.SIGNED: STANDING}  # at least this, so any of these


class TextState(TextChoices):
    """Where one version of a text stands."""

    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("In force")
    RETIRED = "RETIRED", _("No longer signed")


class EvidenceKind(TextChoices):
    """How a person's word is proved."""

    SCREEN_SIGNATURE = "screen", _("Signed on the screen")
    PAPER = "paper", _("Signed on paper")
    WITNESSED_WORD = "witness", _("Spoken before a witness")
    PAPER_BOX = "box", _("On paper in the archive")
