"""The Celery application: tasks carry an id, are safe to run twice, and do not retry by themselves."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

app = Celery("life_relay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.TASK_ROOMS)
