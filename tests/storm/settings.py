"""The settings of worker and beat in a storm: those of the house, in a hurry, on the test's own servers."""

import json
import os

from registry.config.settings import *  # noqa: F403

DEBUG = False
DATABASES = {"default": {**json.loads(os.environ["STORM_DATABASE"]), "CONN_MAX_AGE": 60}}
CELERY_BROKER_URL = os.environ["STORM_BROKER"]
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "notifications.tasks.sweep", "schedule": 2.0}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
QUIET_HOURS = (0, 24)
OUTBOX_LEASE_SECONDS = float(os.environ.get("STORM_LEASE", "8"))
OUTBOX_BACKOFF_SECONDS = 1
OUTBOX_BACKOFF_MOST = 4
OUTBOX_TRIES = 1000
OUTBOX_WAKE_SECONDS = 15
