"""Keep the house: what must be swept now and then, whatever the rooms do."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.access import Staff, hand_over, links, task_actor

EMBEDDED = "sqla+sqlite:///"


@shared_task
def purge_broker() -> None:
    """Delete the rows of the embedded broker that were delivered long ago; it never does so itself."""
    if not settings.CELERY_BROKER_URL.startswith(EMBEDDED):
        return
    file = Path(settings.CELERY_BROKER_URL.removeprefix(EMBEDDED))
    before = timezone.localtime() - timedelta(hours=settings.BROKER_KEEP_HOURS)  # kombu writes local time
    with closing(sqlite3.connect(file, timeout=30)) as broker, broker:
        broker.execute(
            "DELETE FROM kombu_message WHERE visible = 0 AND timestamp < ?",
            [before.replace(tzinfo=None).isoformat(sep=" ")],
        )


@shared_task
def send_password_link(staff_id: str) -> None:
    """
    Send somebody who forgot their password a link to set a new one.

    Where the id is nobody's, or there is no address, nothing is sent.
    """
    staff = Staff.objects.filter(pk=staff_id, is_active=True).exclude(email="").first()
    if staff is None:
        return
    with translation.override(staff.language or settings.LANGUAGE_CODE):
        words = _("Open this page within a day to set a new password. It opens once.")
        body = f"{words}\n\n{links.site_address()}{links.path_for(staff)}\n"
        send_mail(_("Your login at Life Relay"), body, None, [staff.email])


@shared_task
def move_work() -> None:
    """Hand open work over where its day has come, and give back what was lent until yesterday."""
    hand_over.keep(by=task_actor("move_work"), at=timezone.now())
