"""That somebody who had left was asked whether they would come back: by whom, how, and what they said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors import reasons


class Way(models.TextChoices):
    """How somebody was asked; each but the last needs their consent to be contacted so."""

    PHONE = "PHONE", _("By telephone")
    VISIT = "VISIT", _("A visit")
    POST = "POST", _("A letter")
    SMS = "SMS", _("A text message")
    WECHAT = "WECHAT", _("By WeChat")
    EMAIL = "EMAIL", _("By e-mail")
    CAME = "CAME", _("They came to us")


class WonBack(models.TextChoices):
    """What came of it."""

    PENDING = "PENDING", _("Not yet known")
    BACK = "BACK", _("Is back")
    NOT_NOW = "NOT_NOW", _("Not at present")
    NEVER = "NEVER", _("Never again")


class WinBack(SealedModel, ActedBy):
    """
    One try to win somebody back; what was offered and said is sealed. ``by_*`` say who tried.

    ``case`` is the match with which they left, where there was one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="win_backs")
    case = models.ForeignKey(
        "registry.MatchCase", models.PROTECT, null=True, blank=True, related_name="win_backs"
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=24, choices=reasons.Reason)  # why they had left
    way = models.CharField(max_length=8, choices=Way)
    result = models.CharField(max_length=8, choices=WonBack, default=WonBack.PENDING)
    settled_at = models.DateTimeField(null=True, blank=True)
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_win_back_settled_says_when",
                condition=Q(result="PENDING", settled_at__isnull=True)
                | ~Q(result="PENDING") & Q(settled_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="cases_one_win_back_at_a_time", fields=["donor"], condition=Q(result="PENDING")
            ),
        ]
        indexes = [models.Index(name="cases_win_backs", fields=["donor", "-id"])]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"
