"""The Celery application: tasks carry an id, are safe to run twice, and do not retry by themselves."""

import gc
import os

from celery import Celery, Task
from celery.signals import beat_init, task_postrun, task_prerun, worker_init, worker_process_init
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

app = Celery("life_relay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.TASK_ROOMS)


@task_prerun.connect
@task_postrun.connect
def keep_connections(sender: Task[..., object], **_: object) -> None:
    """
    Keep the database's connection between tasks as between requests: while it is young and sound.

    Celery's own way is a new connection for each task, in which every statement is planned anew.
    """
    if not sender.request.is_eager:
        close_old_connections()


@worker_init.connect
@beat_init.connect
def check_start(**_: object) -> None:
    """Refuse to work without the keys, as the web server does."""
    from foundation.desk import start  # noqa: PLC0415  models can be imported only now

    start.check()


@worker_process_init.connect
def spare_the_collector(**_: object) -> None:
    """Look no more for garbage among what was imported, which lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
