"""By which ways a person can be reached."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """A way to reach a person. Source: domain.md section 7, "Channels"."""

    CALL = "CALL", pgettext_lazy("way", "Call")
    VISIT = "VISIT", _("Visit")
    LETTER = "LETTER", _("Letter")
    SMS = "SMS", _("SMS")
    EMAIL = "EMAIL", pgettext_lazy("way", "E-mail")
    WECHAT = "WECHAT", _("WeChat")


# A person does these and says so; the program hands nothing over.
BY_A_PERSON = frozenset({Channel.CALL, Channel.VISIT, Channel.LETTER})
BY_MACHINE = frozenset({Channel.SMS, Channel.EMAIL, Channel.WECHAT})
