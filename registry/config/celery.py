"""The Celery application: tasks carry an id, are safe to run twice, and do not retry by themselves."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

app = Celery("life_relay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.TASK_ROOMS)


@worker_init.connect
@beat_init.connect
def check_start(**_: object) -> None:
    """Refuse to work without the keys, as the web server does."""
    from foundation.desk import start  # noqa: PLC0415  models can be imported only now

    start.check()
