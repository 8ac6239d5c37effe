"""The settings of worker and beat in a storm: those of the house, in a hurry, on the test's own servers."""

import json
import os
from datetime import timedelta

from django.utils import timezone

from registry.config.settings import *  # noqa: F403

DEBUG = False
KEPT_OPEN = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": {**json.loads(os.environ["STORM_DATABASE"]), **KEPT_OPEN}}
CELERY_BROKER_URL = os.environ["STORM_BROKER"]
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "notifications.tasks.sweep", "schedule": 2.0}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
QUIET_HOURS = (0, 24)
OUTBOX_LEASE_SECONDS = float(os.environ.get("STORM_LEASE", "8"))
OUTBOX_BACKOFF_SECONDS = 1
OUTBOX_BACKOFF_MOST = 4
OUTBOX_TRIES = 1000
# Wake-ups are lost all the time; the embedded broker cannot carry many.
HURRY = "3" if CELERY_BROKER_URL.startswith("redis") else "15"
OUTBOX_WAKE_SECONDS = float(os.environ.get("STORM_WAKE", HURRY))

BEHIND = timedelta(seconds=float(os.environ.get("STORM_BEHIND", "0")))
_now = timezone.now
timezone.now = lambda: _now() - BEHIND  # the clock of this machine was set back
