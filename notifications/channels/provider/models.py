"""Signs and templates at the provider: carriers deliver nothing without an approved one of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from notifications.channel_names import Channel
from notifications.channels.provider.querysets import SignQuerySet


class Standing(models.TextChoices):
    """What the provider said."""

    ASKED = "ASKED", _("Waits for the provider")
    APPROVED = "APPROVED", pgettext_lazy("provider", "Approved")
    REFUSED = "REFUSED", _("Refused by the provider")


class ProviderSign(ActedBy):
    """The sign 【签名】 before every short message of a branch and of those below it that have none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.OneToOneField("foundation.Branch", models.PROTECT, related_name="sms_sign")
    branch_path = models.CharField(max_length=32)
    words = models.CharField(max_length=20)
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.ASKED)
    changed_at = models.DateTimeField()

    objects = SignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="provider_sign_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="provider_sign_standing_is_known", condition=Q(standing__in=Standing.values)
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the sign holds, with all that is below."""
        return (self.branch_path,)


class ProviderTemplate(ActedBy):
    """The provider's number for one version of a wording in one language, by SMS or WeChat."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey("notifications.WordingVersion", models.CASCADE, related_name="templates")
    channel = models.CharField(max_length=8, choices=Channel)
    language = models.CharField(max_length=8)
    number = models.CharField(max_length=64, blank=True)
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.ASKED)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="provider_template_once", fields=["version", "channel", "language"]),
            models.CheckConstraint(
                name="provider_approved_has_a_number",
                condition=~Q(standing="APPROVED") | ~Q(number=""),
            ),
            models.CheckConstraint(
                name="provider_template_standing_is_known", condition=Q(standing__in=Standing.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"
