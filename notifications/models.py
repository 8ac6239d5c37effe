"""Gather the models of the rooms for Django."""

from notifications.answers import models as answers
from notifications.channels.by_hand import models as by_hand
from notifications.channels.post import models as post
from notifications.channels.provider import models as provider
from notifications.events import models as events
from notifications.links import models as links
from notifications.outbox import models as outbox
from notifications.paging import models as paging
from notifications.plans import models as plans
from notifications.programmes import models as programmes
from notifications.recipients import models as recipients
from notifications.retention import models as retention
from notifications.wordings import models as wordings

__all__ = [
    "answers",
    "by_hand",
    "events",
    "links",
    "outbox",
    "paging",
    "plans",
    "post",
    "programmes",
    "provider",
    "recipients",
    "retention",
    "wordings",
]
