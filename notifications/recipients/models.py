"""By which ways a person is not to be, or cannot be, reached."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from notifications.channel_names import Channel


class Reach(models.TextChoices):
    """Whether a way to a person works."""

    OK = "OK", pgettext_lazy("way", "Works")
    STOPPED = "STOPPED", _("They asked us to stop")
    BOUNCED = "BOUNCED", _("Comes back")
    WRONG = "WRONG", _("Is somebody else's, or there is none such")


class ContactState(SealedModel, ActedBy):
    """
    Whether one way to one person works. No row: nothing is known against it.

    A way that comes back or is wrong is so for one address, kept sealed here: another one works
    again. A stop is the person's word, whatever their address. ``by_*`` say who recorded it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="contact_states")
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=8, choices=Reach, default=Reach.OK)
    since = models.DateTimeField()
    address = SealedField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="recipients_one_state_a_way", fields=["subject", "channel"]),
            models.CheckConstraint(
                name="recipients_state_is_known", condition=models.Q(state__in=Reach.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
